"""The waiting list of a collective motif: a seat is waited for, offered, and taken once."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from chassis.ids import new_id
from chassis.testing import run_due
from tests.integration.again import sent_again
from tests.integration.rendezvous.conftest import FAR_MDS, FAR_SITE, MDS, MISMATCHES, NINE, minutes
from tests.integration.rendezvous.line import (
    DAY,
    EXPIRES,
    NEXT,
    SECRETARY,
    answer,
    cancel,
    entry,
    facts,
    offers,
    register,
    wait,
)
from tests.integration.rendezvous.session import LATER, act_on, join, new_session, read

KEPT = "SELECT count(*) FROM hold WHERE status = 'OPEN'"


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
    world.motif(code="ATELIER", capacity=2, bookable_by_personne=True, cancel_notice_minutes=120)
    return new_session(world, agent, *people)


def wait_for(world, session=None, personne=None, **changes):
    """The id of an entry for a seat: of one session, else of any."""
    where = {"session_id": session} if session else {}
    return wait(world, personne, motif="ATELIER", **where | changes)["attente_id"]


def give_up(world, session, personne):
    assert act_on(world, session, personne, "cancel", {}).status == 200
    run_due(world.runtime)


def offered(world):
    """{entry: offer} of what is open."""
    return {attente_id: offer_id for offer_id, attente_id in offers(world)}


def outcomes(world):
    return [fact.data["outcome"] for fact in facts(world, "offer_closed")]


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
        monkeypatch.setattr("services.rendezvous.usecases.offering_seats._MOST", 1)
        for _ in range(3):
            wait_for(world, half_days=["MONDAY_AM"])
        waiting = wait_for(world, full)

        give_up(world, full, people[0])

        assert list(offered(world)) == [waiting]

    def test_when_nobody_waits_nothing_is_planned(self, world, full, people):
        act_on(world, full, people[0], "cancel", {})

        assert world.sql("SELECT count(*) FROM due WHERE kind = 'seat_freed'") == 0


class TestAnswering:
    @pytest.fixture
    def waiting(self, world, full, people):
        """Somebody to whom a seat is offered, and their entry."""
        personne = world.personne()
        waiting = wait_for(world, full, personne)
        give_up(world, full, people[0])
        return personne, waiting

    def test_accepting_takes_the_seat_and_ends_the_wait(self, world, full, waiting):
        personne, entry_id = waiting
        me = {"role": "personne", "personne_id": personne, "mds": []}

        done = answer(world, offered(world)[entry_id], "accept", **me)

        assert done.status == 200, done.json
        assert (done.json["rendezvous_id"], done.json["session_id"]) == (full, full)
        assert str(personne) in read(world, full).json["personne_ids"]
        joined = facts(world, "participant_joined")[-1]
        assert joined.data["personne_ids"] == [str(personne)]
        assert entry(world, entry_id) == "PLACED"
        assert outcomes(world) == ["ACCEPTED"]
        assert world.sql(KEPT) == world.sql(MISMATCHES) == 0
        run_due(world.runtime)
        assert outcomes(world) == ["ACCEPTED"]

    def test_twice_answers_the_same(self, world, waiting):
        offer = offered(world)[waiting[1]]

        assert sent_again(world.runtime, lambda: answer(world, offer, "accept")) == 200
        assert world.sql("SELECT count(*) FROM participation WHERE status = 'BOOKED'") == 2

    @pytest.mark.parametrize("act", ["decline", "expire", "withdraw", "death"])
    def test_what_is_not_taken_is_for_the_next_in_line(self, world, full, waiting, act):
        personne, first = waiting
        second = wait_for(world, full)

        if act == "decline":
            answer(world, offered(world)[first], "decline")
        elif act == "expire":
            world.at(EXPIRES)
        elif act == "withdraw":
            world.client.post(f"/v1/attentes/{first}/withdraw", **SECRETARY)
        else:
            world.dies(personne)
        run_due(world.runtime)

        assert list(offered(world)) == [second]

    def test_then_the_seat_is_anybodys(self, world, full, waiting):
        answer(world, offered(world)[waiting[1]], "decline")
        run_due(world.runtime)

        assert offers(world) == []
        assert join(world, full, world.personne()).status == 201

    def test_a_seat_kept_too_long_frees_itself(self, world, full, waiting):
        """Whatever became of the work that was due."""
        world.at(EXPIRES + minutes(15) - timedelta(microseconds=1))
        assert join(world, full, world.personne()).status == 409
        world.at(EXPIRES + minutes(15))

        assert join(world, full, world.personne()).status == 201

    def test_who_is_busy_meanwhile_is_told_and_offered_others(self, world, agent, full, waiting):
        personne, entry_id = waiting
        other = new_session(world, agent, **LATER)
        busy = world.book([world.agent()], [personne], changes={"outside_opening": True})
        assert busy.status == 201

        refused = answer(world, offered(world)[entry_id], "accept")

        assert refused.json["type"].endswith("personne-prise")
        assert [one["rendezvous_id"] for one in refused.json["alternatives"]] == [other]
        assert entry(world, entry_id) == "WAITING"

    def test_by_nobody_whose_file_is_closed_to_them(self, world, waiting):
        personne, entry_id = waiting
        offer, relative = offered(world)[entry_id], world.agent()
        world.protect(personne, protected=False, closed_to=[relative])
        who = {"role": "travailleur_social", "agent_id": relative}

        assert answer(world, offer, "accept", **who).status == 404

    def test_who_has_joined_otherwise_waits_no_more(self, world, agent, full, waiting):
        personne, entry_id = waiting
        second, other = wait_for(world, full), new_session(world, agent, **LATER)

        assert join(world, other, personne).status == 201
        run_due(world.runtime)

        assert entry(world, entry_id, "reason") == "BOOKED_MEANWHILE"
        assert second in offered(world)


def drop_the_look_at_seats(uow):
    """As if another worker had looked before what was offered of the old time was closed."""
    uow.run("DELETE FROM due WHERE kind = 'seat_freed' AND done_at IS NULL", ())


class TestTheSessionChanges:
    def test_cancelled_it_ends_what_was_offered_and_who_waited_for_it_alone(
        self, world, full, people
    ):
        any_session, this_one = wait_for(world), wait_for(world, full)
        give_up(world, full, people[0])
        assert list(offered(world)) == [any_session]

        cancel(world, full, etag='"2"')

        assert outcomes(world) == ["CLOSED"]
        assert (entry(world, any_session), entry(world, any_session, "passes")) == ("WAITING", 0)
        assert entry(world, this_one, "reason") == "RENDEZVOUS_OVER"
        assert world.sql(KEPT) == 0

    def test_moved_it_is_offered_anew(self, world, full, people):
        waiting = wait_for(world, full)
        give_up(world, full, people[0])
        old = offered(world)[waiting]

        moved = world.act(full, "move", {"starts_at": f"{NEXT}T10:00:00+01:00"}, etag='"2"')
        late = answer(world, old, "accept")
        world.runtime.transaction(drop_the_look_at_seats)
        run_due(world.runtime)

        assert moved.status == 200, moved.json
        assert late.json["type"].endswith("offre-close")
        assert outcomes(world) == ["CLOSED"]
        assert list(offered(world)) == [waiting]
        assert facts(world, "creneau_offered")[-1].data["starts_at"] == "2023-01-11T09:00:00Z"


def test_the_columns_of_both_are_found_by_an_index(world):
    """Beside bookings, those are few: no booking reads more for them."""
    plan = sa.text("EXPLAIN SELECT FROM hold WHERE status = 'OPEN' AND session_id = :id")
    with world.runtime.engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
        lines = connection.execute(plan, {"id": new_id()}).scalars().all()

    assert any("ix_hold_session_id" in line for line in lines)
