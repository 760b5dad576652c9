"""The waiting list of a collective motif: who may wait for a seat, and what is offered."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from chassis.ids import new_id
from chassis.testing import run_due
from tests.integration.rendezvous.conftest import FAR_MDS, FAR_SITE, MDS, NINE
from tests.integration.rendezvous.line import (
    DAY,
    NEXT,
    SECRETARY,
    entry,
    facts,
    offers,
    register,
)
from tests.integration.rendezvous.session import (
    LATER,
    act_on,
    give_up,
    join,
    new_session,
    offered,
    two_seats,
    wait_for,
)


@pytest.fixture
def agent(world):
    agent_id = world.agent()
    world.open(agent_id, DAY, NEXT)
    return agent_id


@pytest.fixture
def people(world):
    return [world.personne(), world.personne()]


@pytest.fixture
def full(world, agent, people):
    """A session of two seats, both taken by `people`."""
    return two_seats(world, agent, *people)


class TestRegistering:
    def test_is_refused_to_a_person_when_the_motif_is_for_agents(self, world, agent):
        world.motif(code="ATELIER", capacity=2)
        session, personne = new_session(world, agent), world.personne()
        me = {"role": "personne", "personne_id": personne, "mds": []}
        wish = {"personne_ids": [str(personne)], "motif": "ATELIER", "until_on": "2023-01-31"}

        anywhere = world.post("/v1/attentes", wish | {"mds": MDS}, **me)
        there = world.post("/v1/attentes", wish | {"session_id": session}, **me)
        unknown = world.post("/v1/attentes", wish | {"session_id": str(new_id())}, **me)

        assert anywhere.status == 403
        assert (there.status, there.json["type"]) == (404, unknown.json["type"])

    def test_a_person_waits_for_themselves(self, world, full):
        personne = world.personne()
        me = {"role": "personne", "personne_id": personne, "mds": []}
        wish = {"motif": "ATELIER", "until_on": "2023-01-31", "session_id": full}

        other = world.post("/v1/attentes", wish | {"personne_ids": [str(world.personne())]}, **me)
        own = world.post("/v1/attentes", wish | {"personne_ids": [str(personne)]}, **me)

        assert (other.status, own.status) == (403, 201)
        assert (own.json["session_id"], own.json["mds"]) == (full, MDS)

    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"motif": "ACCOMPAGNEMENT"}, "rendezvous-inadapte"),
            ({"until_on": "2023-01-09"}, "periode-refusee"),
            ({"half_days": ["TUESDAY_PM"]}, "periode-refusee"),
            ({"site": FAR_SITE}, "donnees-invalides"),
            ({"orientation_id": str(new_id())}, "collectif-sans-rattachement"),
        ],
    )
    def test_what_cannot_be_is_refused(self, world, full, changes, refusal):
        wish = {"motif": "ATELIER", "session_id": full} | changes

        refused = register(world, world.personne(), **wish)

        assert refused.status == 422, refused.json
        assert refused.json["type"].endswith(refusal)

    def test_one_seat_for_one_person(self, world, full):
        two = [str(world.personne()), str(world.personne())]

        refused = register(world, None, motif="ATELIER", personne_ids=two)

        assert refused.json["type"].endswith("une-place-par-personne")

    def test_a_session_is_not_had_earlier(self, world, full, people):
        refused = register(world, people[0], motif="ATELIER", rendezvous_id=full)

        assert refused.status == 422
        assert refused.json["type"].endswith("rendezvous-inadapte")

    def test_nor_one_that_is_individual_past_or_joined(self, world, agent, full, people):
        alone = world.book([agent], [world.personne()], changes=LATER).json["rendezvous_id"]

        individual = register(world, world.personne(), motif="ATELIER", session_id=alone)
        joined = register(world, people[0], motif="ATELIER", session_id=full)
        world.at(NINE)
        begun = register(world, world.personne(), motif="ATELIER", session_id=full)

        assert individual.json["type"].endswith("rendezvous-individuel")
        assert joined.json["type"].endswith("deja-inscrit")
        assert begun.json["type"].endswith("rendezvous-inadapte")

    def test_a_full_session_says_how_to_wait(self, world, full):
        personne = world.personne()

        refused = join(world, full, personne)

        assert refused.status == 409
        assert refused.json["type"].endswith(":complet")
        assert "attente" in refused.json["detail"]
        assert refused.json["attente"] == {"motif": "ATELIER", "session_id": full}
        assert register(world, personne, **refused.json["attente"]).status == 201

    def test_one_seat_given_up_a_moment_before_is_offered_at_once(self, world, full, people):
        give_up(world, full, people[0])

        waiting = wait_for(world, full)
        run_due(world.runtime)

        assert list(offered(world)) == [waiting]


class TestWhatIsOffered:
    def test_a_seat_given_up_to_the_first_in_line(self, world, full, people):
        personne = world.personne()
        first, second = wait_for(world, personne=personne), wait_for(world, full)

        give_up(world, full, people[0])

        assert list(offered(world)) == [first]
        (told,) = facts(world, "creneau_offered")
        assert told.data["personne_ids"] == [str(personne)]
        assert told.data["starts_at"] == "2023-01-10T08:00:00Z"
        assert told.data["expires_at"] == "2023-01-09T12:00:00Z"
        assert entry(world, second) == "WAITING"

    def test_notifications_is_told_of_it_as_of_a_time(self, world, full, people):
        wait_for(world, full)
        give_up(world, full, people[0])
        ((offer, _),) = offers(world)

        asked = {"offer_ids": [offer]}
        found = world.client.post("/internal/offers/states", asked, role="service").json["offers"]

        assert [(one["status"], one["starts_at"]) for one in found] == [("OPEN", NINE.isoformat())]

    def test_urgent_first_whoever_waits_for_that_session_or_any(self, world, full, people):
        wait_for(world, full)
        urgent = wait_for(world, priority="URGENT", priority_reason="DEADLINE")

        give_up(world, full, people[0])

        assert list(offered(world)) == [urgent]

    def test_nobody_else_has_it_meanwhile(self, world, full, people):
        wait_for(world, full)
        give_up(world, full, people[0])

        refused = join(world, full, world.personne())

        assert refused.json["type"].endswith(":complet")
        query = f"/v1/sessions?motif=ATELIER&from={DAY}&to={DAY}"
        (session,) = world.client.get(query, **SECRETARY).json["sessions"]
        assert session["seats_left"] == 0

    def test_nor_is_it_another_session_to_choose(self, world, agent, full, people):
        other = new_session(world, agent, *(world.personne() for _ in range(2)), **LATER)
        wait_for(world, full)
        give_up(world, full, people[0])

        assert join(world, other, world.personne()).json["alternatives"] == []

    def test_the_seats_of_a_new_session(self, world, agent, full):
        line = [wait_for(world) for _ in range(3)]

        new_session(world, agent, **LATER)
        run_due(world.runtime)

        assert list(offered(world)) == line[:2]

    def test_the_seat_of_someone_who_died(self, world, full, people):
        waiting = wait_for(world, full)

        world.dies(people[0])
        run_due(world.runtime)

        assert list(offered(world)) == [waiting]

    def test_the_seats_that_a_move_adds(self, world, full):
        """The motif has more of them from the next day on."""
        motifs = world.client.get("/v1/motifs", role="admin").json["motifs"]
        (current,) = [one["motif_id"] for one in motifs if one["code"] == "ATELIER"]
        last = {"valid_to": DAY}
        world.post(f"/v1/motifs/{current}/end", last, role="admin", etag='"1"')
        world.motif(code="ATELIER", capacity=3, valid_from=NEXT)
        waiting = wait_for(world, full)

        moved = world.act(full, "move", {"starts_at": f"{NEXT}T09:00:00+01:00"}, etag='"1"')
        run_due(world.runtime)

        assert moved.status == 200, moved.json
        assert list(offered(world)) == [waiting]

    @pytest.mark.parametrize(
        ("changes", "is_offered"),
        [
            ({}, True),
            ({"site": FAR_SITE}, False),
            ({"mds": FAR_MDS}, False),
            ({"from_on": NEXT}, False),
            ({"until_on": "2023-01-09"}, False),
            ({"half_days": ["TUESDAY_AM"]}, True),
            ({"half_days": ["TUESDAY_PM"]}, False),
        ],
    )
    def test_where_and_when_it_suits(self, world, full, people, changes, is_offered):
        wait_for(world, **changes)

        give_up(world, full, people[0])

        assert bool(offers(world)) == is_offered

    def test_with_the_agent_asked_for(self, world, agent, full, people):
        wait_for(world, agent_id=str(world.agent()))
        own = wait_for(world, agent_id=str(agent))

        give_up(world, full, people[0])

        assert list(offered(world)) == [own]

    def test_not_to_who_is_busy_then_nor_to_who_has_a_seat(self, world, full, people):
        busy = world.personne()
        wait_for(world, personne=busy)
        assert world.book([world.agent()], [busy], changes={"outside_opening": True}).status == 201
        wait_for(world, personne=people[1])
        third = wait_for(world, full)

        give_up(world, full, people[0])

        assert list(offered(world)) == [third]

    def test_nobody_is_too_far_down_the_line(self, world, full, people, monkeypatch):
        monkeypatch.setattr("services.rendezvous.usecases.waiting.offering_seats._MOST", 1)
        for _ in range(3):
            wait_for(world, half_days=["MONDAY_AM"])
        waiting = wait_for(world, full)

        give_up(world, full, people[0])

        assert list(offered(world)) == [waiting]

    def test_when_nobody_waits_nothing_is_planned(self, world, full, people):
        act_on(world, full, people[0], "cancel", {})

        assert world.sql("SELECT count(*) FROM due WHERE kind = 'seat_freed'") == 0


def test_the_seats_kept_are_found_by_an_index(world):
    """Among the holds of every booking, they are few."""
    plan = sa.text("EXPLAIN SELECT FROM hold WHERE session_id = :id")
    with world.runtime.engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
        lines = connection.execute(plan, {"id": new_id()}).scalars().all()

    assert any("ix_hold_session_id" in line for line in lines)
