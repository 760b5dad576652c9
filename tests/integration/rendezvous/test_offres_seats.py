"""Seats offered: accepted, left to the next in line, of a session that changes meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chassis.testing import run_due
from tests.integration.again import sent_again
from tests.integration.rendezvous.conftest import MISMATCHES, minutes
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
)
from tests.integration.rendezvous.session import (
    LATER,
    give_up,
    join,
    new_session,
    offered,
    outcomes,
    read,
    two_seats,
    wait_for,
)

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
    return two_seats(world, agent, *people)


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

    @pytest.mark.parametrize("is_self", [True, False])
    def test_joining_is_accepting(self, world, full, waiting, is_self):
        personne, entry_id = waiting
        me = {"role": "personne", "personne_id": personne, "mds": []} if is_self else {}
        offer = offered(world)[entry_id]

        joined = join(world, full, personne, **me)

        assert joined.status == 201, joined.json
        assert (entry(world, entry_id), outcomes(world)) == ("PLACED", ["ACCEPTED"])
        assert str(entry(world, entry_id, "obtained_id")) == full
        assert answer(world, offer, "accept").json["rendezvous_id"] == full
        assert world.sql(KEPT) == world.sql(MISMATCHES) == 0
        run_due(world.runtime)
        assert outcomes(world) == ["ACCEPTED"]
        assert join(world, full, world.personne()).json["type"].endswith("complet")

    def test_joining_too_late_is_joining_like_anybody(self, world, full, waiting):
        personne, entry_id = waiting
        world.at(EXPIRES)

        assert join(world, full, personne).json["type"].endswith("complet")
        assert entry(world, entry_id) == "WAITING"

    def test_a_seat_that_is_kept_is_not_left(self, world, full, waiting):
        listed = world.client.get(
            f"/v1/sessions?motif=ATELIER&from={DAY}&to={DAY}", **SECRETARY
        ).json["sessions"]

        assert [one["seats_left"] for one in listed] == [0]
        assert read(world, full).json["seats_left"] == 0
        world.at(EXPIRES + minutes(15))
        assert read(world, full).json["seats_left"] == 1

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
