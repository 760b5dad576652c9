"""An agent left an MDS, or is to: those of the MDS take up what they still hold there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from chassis.ids import new_id
from chassis.testing import run_due
from tests.integration.rendezvous.conftest import FAR_MDS, FAR_SITE, MDS, MISMATCHES, NINE
from tests.integration.rendezvous.reprises import (
    HEAD,
    SECRETARY,
    book,
    colleague,
    decide,
    decision,
    progress,
    read,
    states,
    told,
)

FAR_HEAD = {"role": "responsable", "mds": [FAR_MDS], "subject": "responsable de Caussade"}
TEN = (NINE + timedelta(hours=1)).isoformat()
LATER = datetime.fromisoformat("2023-01-16T08:00:00+00:00")


def leave(world, agent, day="2023-01-09", **post):
    """accueil says that they have no post from that day on; or another one."""
    world.agent(agent_id=agent, effective_on=day, **post or {"active": False})


def path(agent, what="affected", mds=MDS):
    return f"/v1/mds/{mds}/departs/{agent}/{what}"


def affected(world, agent, **who):
    answer = world.client.get(path(agent), **HEAD | who)
    assert answer.status == 200, answer.json
    return answer.json["affected"]


def launch(world, agent, *decisions, auto=False, of=MDS, **who):
    body = {"decisions": list(decisions), "auto": auto}
    return world.post(path(agent, "reprise", of), body, **HEAD | who)


def departs(world, **who):
    answer = world.client.get(f"/v1/mds/{MDS}/departs", **HEAD | who)
    assert answer.status == 200, answer.json
    return [(one["agent_id"], one["affected"]) for one in answer.json["departs"]]


@pytest.fixture
def gone(world, absent):
    """An agent who left with one rendezvous of Montauban ahead."""
    book(world, [absent])
    leave(world, absent)
    return absent


class TestWhoMay:
    def test_another_mds_is_told_that_nothing_is_there(self, world, gone):
        unknown = world.client.get(path(new_id()), **HEAD)
        for far, mds in ((FAR_HEAD, MDS), (FAR_HEAD, FAR_MDS), (HEAD, FAR_MDS)):
            refused = world.client.get(path(gone, mds=mds), **far)
            assert (refused.status, refused.json["type"]) == (404, unknown.json["type"])
            assert launch(world, gone, auto=True, of=mds, **far).status == 404
        assert world.client.get(f"/v1/mds/{MDS}/departs", **FAR_HEAD).status == 404
        assert world.sql("SELECT count(*) FROM reprise") == 0

        reprise = launch(world, gone, auto=True).json["reprise_id"]
        assert world.client.get(f"/v1/reprises/{reprise}", **FAR_HEAD).status == 404
        assert decide(world, reprise, auto=True, **FAR_HEAD).status == 404

    def test_neither_a_colleague_nor_the_agent(self, world, gone):
        for agent in (gone, world.agent()):
            who = {"role": "travailleur_social", "agent_id": agent, "subject": "agent"}
            assert world.client.get(path(gone), **HEAD | who).status == 403
            assert launch(world, gone, auto=True, **who).status == 403

    def test_of_who_stays_there_is_nothing(self, world, absent):
        book(world, [absent])

        assert world.client.get(path(absent), **HEAD).status == 404
        assert launch(world, absent, auto=True).status == 404
        assert departs(world) == []

    def test_the_secretaries_and_the_responsables_of_the_mds(self, world, gone):
        for who in (HEAD, SECRETARY):
            assert departs(world, **who) == [(str(gone), 1)]
            assert len(affected(world, gone, **who)) == 1


class TestWhoLeft:
    def test_is_replaced_moved_or_given_up_and_people_are_told_once(self, world, absent):
        other = colleague(world)
        starts = [(NINE + timedelta(hours=hour)).isoformat() for hour in range(3)]
        kept, moved, given_up = (
            book(world, [absent], changes={"starts_at": start}) for start in starts
        )
        leave(world, absent)

        wishes = [
            decision(kept, "REASSIGN", agent_id=other),
            decision(moved, "MOVE", agent_id=other, starts_at=LATER.isoformat()),
            decision(given_up, "CANCEL"),
        ]
        launched = launch(world, absent, *wishes)
        run_due(world.runtime)

        assert launched.status == 201, launched.json
        assert (launched.json["absence_id"], launched.json["mds_left"]) == (None, MDS)
        assert states(world, launched.json["reprise_id"]) == {"DONE": 3}
        assert read(world, kept)["agent_ids"] == [str(other)]
        assert read(world, moved)["starts_at"] == LATER.isoformat()
        assert read(world, given_up)["cancel_reason"] == "AGENT_ABSENT"
        assert [len(told(world, one)) for one in (kept, moved, given_up)] == [1, 1, 1]
        assert (world.sql(MISMATCHES), departs(world)) == (0, [])

    def test_is_proposed_those_who_are_free_and_never_themselves(self, world, gone):
        other = colleague(world)

        (one,) = affected(world, gone)

        assert [(p["act"], p["rule"]) for p in one["proposals"]] == [
            ("REASSIGN", "SAME_SITE"),
            *[("MOVE", "SUBSTITUTE_LATER")] * 3,
            ("CANCEL", "CANCELLATION"),
        ]
        assert {p["agent_id"] for p in one["proposals"][:4]} == {str(other)}

    def test_for_another_mds_keeps_what_they_hold_there(self, world, absent):
        other = colleague(world)
        here = book(world, [absent])
        leave(world, absent, mds=FAR_MDS, site=FAR_SITE)
        world.open(absent, "2023-01-17", site=FAR_SITE)
        place = {"site": FAR_SITE, "starts_at": "2023-01-17T09:00:00+01:00"}
        there = book(world, [absent], changes=place, mds=[FAR_MDS])

        launch(world, absent, auto=True)
        run_due(world.runtime)

        assert read(world, here)["agent_ids"] == [str(other)]
        assert read(world, there, **FAR_HEAD)["agent_ids"] == [str(absent)]
        assert launch(world, absent, decision(there, "CANCEL")).status == 201
        assert read(world, there, **FAR_HEAD)["status"] == "BOOKED"

    def test_later_is_taken_up_before(self, world, absent):
        book(world, [absent])
        after = book(world, [absent], changes={"starts_at": LATER.isoformat()})
        leave(world, absent, "2023-01-16")

        assert [one["rendezvous"]["rendezvous_id"] for one in affected(world, absent)] == [after]
        assert departs(world) == [(str(absent), 1)]

    def test_and_what_shows_up_later_goes_into_the_same_reprise(self, world, gone):
        first = launch(world, gone, auto=True)
        again = launch(world, gone, auto=True)
        assert again.json["reprise_id"] == first.json["reprise_id"]
        run_due(world.runtime)

        held = world.sql("SELECT id::text FROM rendezvous")
        refused = decide(world, first.json["reprise_id"], decision(held, "CANCEL"))
        assert refused.status == 422, "it is done already"

    def test_what_was_refused_is_decided_again(self, world, gone):
        busy, free = colleague(world), colleague(world)
        held = world.sql("SELECT id::text FROM rendezvous")
        book(world, [busy])
        reprise = launch(world, gone, decision(held, "REASSIGN", agent_id=busy)).json["reprise_id"]
        run_due(world.runtime)
        assert states(world, reprise) == {"REFUSED": 1}

        better = decision(held, "REASSIGN", agent_id=free)
        assert decide(world, reprise, better, **HEAD).status == 200
        run_due(world.runtime)

        assert states(world, reprise) == {"DONE": 1}

    def test_a_file_hidden_from_who_decides_stays_a_busy_time(self, world, absent):
        personne = world.personne()
        book(world, [absent], [personne])
        world.protect(personne)
        leave(world, absent)

        (one,) = affected(world, absent, **SECRETARY)
        assert (one["actionable"], one["proposals"]) == (False, [])
        assert launch(world, absent, auto=True, **SECRETARY).json["todo"] == 0


class TestMeanwhile:
    def test_who_comes_back_before_its_turn_keeps_it_and_it_can_be_decided_again(self, world, gone):
        colleague(world)
        held = world.sql("SELECT id::text FROM rendezvous")
        reprise = launch(world, gone, auto=True).json["reprise_id"]
        leave(world, gone, active=True)

        run_due(world.runtime)

        (line,) = progress(world, reprise)["lines"]
        assert (line["state"], line["refusal"]) == ("REFUSED", "hors-reprise")
        assert read(world, held)["agent_ids"] == [str(gone)]
        assert decide(world, reprise, auto=True, **HEAD).json["type"].endswith("reprise-arretee")

        leave(world, gone)
        assert decide(world, reprise, auto=True, **HEAD).status == 200
        run_due(world.runtime)
        assert states(world, reprise) == {"DONE": 1}

    def test_two_who_launch_have_one_reprise(self, world, absent):
        for start in (NINE.isoformat(), TEN):
            book(world, [absent], changes={"starts_at": start})
        leave(world, absent)
        together = Barrier(6)

        def one(place):
            together.wait()
            return launch(world, absent, auto=True, subject=f"responsable-{place}")

        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(one, range(6)))

        assert {answer.status for answer in answers} == {201}
        assert len({answer.json["reprise_id"] for answer in answers}) == 1
        assert world.sql("SELECT count(*) FROM reprise_line") == 2
