"""What must never happen, under real concurrency: two rendezvous at once, a deadlock."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa

from chassis.testing import published
from tests.integration.rendezvous.conftest import (
    BUFFERED_OVERLAPS,
    MDS,
    MISMATCHES,
    NINE,
    OVERLAPS,
    minutes,
)
from tests.integration.rendezvous.storm import crowded, deadlocks

DAYS = ("2023-01-10", "2023-01-11", "2023-01-12")


@pytest.fixture
def crowd(world):
    """The same world behind a pool that waits, as a queue of requests does."""
    with crowded(world, 20) as crowd:
        yield crowd


def test_a_hundred_bookings_of_one_slot_make_one_rendezvous(crowd):
    agent = crowd.agent()
    crowd.open(agent, *DAYS)
    personnes = [crowd.personne() for _ in range(100)]
    before = deadlocks(crowd)
    together = Barrier(100)

    def book(personne):
        together.wait()
        return crowd.book([agent], [personne])

    with ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(book, personnes))

    assert Counter(answer.status for answer in answers) == {201: 1, 409: 99}
    refused = [answer.json for answer in answers if answer.status == 409]
    assert all(problem["type"].endswith("creneau-pris") for problem in refused)
    assert all(len(problem["alternatives"]) >= 3 for problem in refused)
    assert deadlocks(crowd) == before
    assert crowd.sql("SELECT count(*) FROM rendezvous") == 1
    assert len(published(crowd.runtime)) == 1


def test_every_alternative_offered_can_be_booked(crowd):
    agent = crowd.agent()
    crowd.open(agent, *DAYS)
    crowd.book([agent], [crowd.personne()])

    refused = crowd.book([agent], [crowd.personne()])

    for one in refused.json["alternatives"][:1]:
        again = crowd.book([agent], [crowd.personne()], changes={"starts_at": one["starts_at"]})
        assert again.status == 201


def test_crossing_binomes_and_moves_never_overlap_nor_deadlock(crowd):
    agents = [crowd.agent() for _ in range(6)]
    for agent in agents:
        crowd.open(agent, *DAYS)
    personnes = [crowd.personne() for _ in range(12)]
    before = deadlocks(crowd)

    with ThreadPoolExecutor(12) as pool:
        outcomes = Counter(
            status
            for statuses in pool.map(
                lambda seed: _busy_clerk(crowd, agents, personnes, seed), range(12)
            )
            for status in statuses
        )

    assert crowd.sql(OVERLAPS) == 0
    assert crowd.sql(BUFFERED_OVERLAPS) == 0
    assert crowd.sql(MISMATCHES) == 0
    assert deadlocks(crowd) == before
    assert set(outcomes) <= {200, 201, 409, 412}, outcomes
    assert outcomes[201] > 30
    assert outcomes[200] > 5
    assert outcomes[409] > 30


def _busy_clerk(crowd, agents, personnes, seed):
    """Book, move and cancel at random among the same few; answers the statuses seen."""
    chance = random.Random(seed)
    mine, seen = [], []
    for _ in range(30):
        starts = NINE + timedelta(days=chance.randrange(3)) + minutes(15 * chance.randrange(30))
        team = chance.sample(agents, chance.choice([1, 2, 2, 3]))
        place = {"starts_at": starts.isoformat(), "outside_opening": True}
        if mine and chance.random() < 0.4:
            held = chance.choice(mine)
            act = chance.choice(["move", "move", "cancel"])
            moved = place | {"agent_ids": [str(agent) for agent in team]}
            answer = crowd.act(held[0], act, moved if act == "move" else {}, etag=held[1])
            if answer.status == 200:
                mine.remove(held)
            if answer.status == 200 and act == "move":
                mine.append((held[0], answer.etag))
        else:
            people = chance.sample(personnes, chance.choice([1, 1, 2]))
            answer = crowd.book(team, people, changes=place)
            if answer.status == 201:
                mine.append((answer.json["rendezvous_id"], answer.etag))
        seen.append(answer.status)
    return seen


def test_the_database_refuses_an_overlap_without_any_check_in_python(crowd):
    agent = crowd.agent()
    crowd.open(agent, *DAYS)
    booked = crowd.book([agent], [crowd.personne()]).json["rendezvous_id"]
    double = sa.text(
        "INSERT INTO occupation (resource_id, during, kind, rendezvous_id)"
        " SELECT resource_id, during, kind, rendezvous_id FROM occupation"
        " WHERE rendezvous_id = :id AND kind = :kind"
    )

    for kind in ("agent", "personne"):
        with (
            pytest.raises(sa.exc.IntegrityError, match="ex_occupation_one_at_a_time"),
            crowd.runtime.engine.begin() as connection,
        ):
            connection.execute(double, {"id": booked, "kind": kind})


def test_a_death_and_a_booking_at_once_leave_nothing_booked(crowd):
    agent = crowd.agent()
    crowd.open(agent, *DAYS)
    for _ in range(5):
        personne = crowd.personne()
        with ThreadPoolExecutor(2) as pool:
            booking = pool.submit(crowd.book, [agent], [personne])
            pool.submit(crowd.dies, personne).result()
            assert booking.result().status in (201, 409)

        left = "SELECT count(*) FROM rendezvous WHERE status = 'BOOKED'"
        assert crowd.sql(left) == 0


def test_the_hot_path_is_lean(world):
    agent = world.agent()
    world.open(agent, *DAYS)
    personne = world.personne()
    statements = []
    sa.event.listen(
        world.runtime.engine,
        "before_cursor_execute",
        lambda _c, _cur, statement, *_: statements.append(statement),
    )

    booked = world.book([agent], [personne], subject="secretariat").json["rendezvous_id"]
    assert len(statements) == 5, statements

    world.at(NINE)
    statements.clear()
    honoured = world.act(booked, "honour", mds=[MDS])
    assert honoured.status == 200
    assert len(statements) == 3, statements
