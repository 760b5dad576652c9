"""Seats asked for, offered, accepted and given up by many at once: none is given two times."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from chassis.testing import run_due
from tests.integration.rendezvous.conftest import MISMATCHES, OVERLAPS
from tests.integration.rendezvous.line import DAY, NEXT, SECRETARY, answer, facts, offers, wait
from tests.integration.rendezvous.session import act_on, join, new_session
from tests.integration.rendezvous.storm import crowded, deadlocks

OVERBOOKED = "SELECT count(*) FROM rendezvous WHERE cardinality(personne_ids) > capacity"
#: Seats taken or kept beyond those there are.
OVERGIVEN = """
    SELECT count(*) FROM rendezvous r WHERE capacity > 1 AND capacity <
        cardinality(personne_ids)
        + (SELECT count(*) FROM hold WHERE session_id = r.id AND status = 'OPEN')
"""


@pytest.fixture
def crowd(world):
    with crowded(world, 20) as crowd:
        yield crowd


@pytest.fixture
def agent(crowd):
    agent_id = crowd.agent()
    crowd.open(agent_id, DAY, NEXT)
    return agent_id


def test_twenty_accept_one_seat_and_one_has_it(crowd, agent):
    crowd.motif(code="ATELIER", capacity=2, offers_at_once=20)
    people = [crowd.personne(), crowd.personne()]
    session = new_session(crowd, agent, *people)
    line = [wait(crowd, motif="ATELIER")["attente_id"] for _ in range(21)]
    act_on(crowd, session, people[0], "cancel", {})
    run_due(crowd.runtime)
    offered = [offer_id for offer_id, _ in offers(crowd)]
    assert [attente_id for _, attente_id in offers(crowd)] == line[:20]
    before, together = deadlocks(crowd), Barrier(20)

    def accept(offer_id):
        together.wait()
        return answer(crowd, offer_id, "accept")

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(accept, offered))

    assert Counter(one.status for one in answers) == {200: 1, 409: 19}
    refused = [one.json["type"] for one in answers if one.status == 409]
    assert all(kind.endswith("offre-prise") for kind in refused)
    outcomes = Counter(fact.data["outcome"] for fact in facts(crowd, "offer_closed"))
    assert outcomes == {"ACCEPTED": 1, "TAKEN": 19}
    assert crowd.sql("SELECT max(passes) FROM attente") == 0
    assert crowd.sql(OVERBOOKED) == crowd.sql(OVERGIVEN) == crowd.sql(MISMATCHES) == 0
    assert deadlocks(crowd) == before


def test_joining_leaving_accepting_dying_and_matching_at_once(crowd, agent):
    """Whoever comes first, no seat is given two times, and nobody waits in a circle."""
    crowd.motif(code="ATELIER", capacity=4, offers_at_once=2)
    seated = [crowd.personne() for _ in range(8)]
    sessions = [
        new_session(crowd, agent, *seated[:4]),
        new_session(crowd, agent, *seated[4:], starts_at=f"{NEXT}T10:00:00+01:00"),
    ]
    waiting = [crowd.personne() for _ in range(12)]
    for place, personne in enumerate(waiting):
        where = {"session_id": sessions[place % 2]} if place % 3 else {}
        wait(crowd, personne, motif="ATELIER", **where)
    newcomers = [crowd.personne() for _ in range(8)]
    before, together = deadlocks(crowd), Barrier(12)

    def work(index):
        together.wait()
        seen = []
        for turn in range(4):
            session = sessions[(index + turn) % 2]
            if index % 3 == 0 and index < 8 and turn == 0:
                mine = sessions[index // 4]
                seen.append(act_on(crowd, mine, seated[index], "cancel", {}).status)
            elif index == 5 and turn == 1:
                crowd.dies(seated[1])
            elif index == 7 and turn == 1:
                crowd.dies(waiting[3])
            elif index % 3 == 1:
                seen.append(join(crowd, session, newcomers[index % 8]).status)
            else:
                seen += [answer(crowd, offer_id, "accept").status for offer_id, _ in offers(crowd)]
            run_due(crowd.runtime)
        return seen

    with ThreadPoolExecutor(12) as pool:
        statuses = {status for seen in pool.map(work, range(12)) for status in seen}

    assert statuses <= {200, 201, 404, 409}, statuses
    run_due(crowd.runtime)
    assert crowd.sql(OVERBOOKED) == crowd.sql(OVERGIVEN) == 0
    assert crowd.sql(OVERLAPS) == crowd.sql(MISMATCHES) == 0
    assert crowd.sql("SELECT count(*) FROM due WHERE done_at IS NULL AND attempts > 0") == 0
    assert deadlocks(crowd) == before
    free = crowd.client.get(f"/v1/sessions?motif=ATELIER&from={DAY}&to={NEXT}", **SECRETARY)
    assert all(one["seats_left"] >= 0 for one in free.json["sessions"])
