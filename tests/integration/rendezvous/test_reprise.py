"""An agent is absent: what is affected, proposed, decided and done, once, whatever happens."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa

from chassis import due
from chassis.ids import new_id
from chassis.testing import published, run_due
from tests.integration.rendezvous.conftest import (
    BUFFERED_OVERLAPS,
    FAR_MDS,
    FAR_SITE,
    MDS,
    MISMATCHES,
    NINE,
    OVERLAPS,
)

WEEK = ("2023-01-10", "2023-01-11", "2023-01-12", "2023-01-13", "2023-01-16")
NEXT_WEEK = ("2023-01-23", "2023-01-24", "2023-01-25")
#: From Tuesday to the Monday after, a whole Paris day at both ends.
AWAY = {"starts_at": "2023-01-09T23:00:00Z", "ends_at": "2023-01-16T23:00:00Z"}
SECRETARY = {"role": "secretaire", "mds": [MDS], "subject": "secretariat"}
HEAD = {"role": "responsable", "mds": [MDS], "subject": "responsable"}
HOURS = (9, 10, 11, 14, 15, 16)


@pytest.fixture
def absent(world):
    """An agent who receives this week and the one after next."""
    agent = world.agent()
    world.open(agent, *WEEK, *NEXT_WEEK)
    return agent


def colleague(world, profession="ASS", days=WEEK, **post):
    agent = world.agent(profession, **post)
    world.open(agent, *days)
    return agent


def book(world, agents, personnes=None, **options):
    answer = world.book(agents, personnes or [world.personne()], **options)
    assert answer.status == 201, answer.json
    return answer.json["rendezvous_id"]


def away(world, agent, **options):
    body = {"agent_id": str(agent)} | AWAY
    answer = world.post("/v1/absences", body, **SECRETARY | options)
    assert answer.status == 201, answer.json
    return answer.json["absence"]["absence_id"]


def affected(world, absence, **who):
    answer = world.client.get(f"/v1/absences/{absence}/affected", **SECRETARY | who)
    assert answer.status == 200, answer.json
    return answer.json["affected"]


def proposals(world, absence, **who):
    (one,) = affected(world, absence, **who)
    return one["proposals"]


def substitutes(world, absence, **who):
    found = proposals(world, absence, **who)
    return [(p["rule"], p["agent_id"]) for p in found if p["act"] == "REASSIGN"]


def launch(world, absence, *decisions, auto=False, **who):
    body = {"decisions": list(decisions), "auto": auto}
    return world.post(f"/v1/absences/{absence}/reprise", body, **SECRETARY | who)


def decide(world, reprise, *decisions, auto=False, **who):
    body = {"decisions": list(decisions), "auto": auto}
    return world.post(f"/v1/reprises/{reprise}/decisions", body, **SECRETARY | who)


def decision(rendezvous, act, **more):
    return {"rendezvous_id": str(rendezvous), "act": act, **{k: str(v) for k, v in more.items()}}


def progress(world, reprise, **who):
    answer = world.client.get(f"/v1/reprises/{reprise}", **SECRETARY | who)
    assert answer.status == 200, answer.json
    return answer.json


def problem(answer):
    """All that a refusal says but its number."""
    return {name: said for name, said in answer.json.items() if name != "correlation_id"}


def states(world, reprise):
    return Counter(line["state"] for line in progress(world, reprise)["lines"])


def read(world, rendezvous, **who):
    return world.client.get(f"/v1/rendezvous/{rendezvous}", **SECRETARY | who).json


def told(world, rendezvous=None):
    """(fact, start) of what was told since it was booked."""
    return [
        (event.name, event.data.get("starts_at"))
        for event in published(world.runtime)
        if event.name != "rendezvous_booked"
        and (rendezvous is None or str(event.aggregate_id) == rendezvous)
    ]


class TestWhoMayTakeUp:
    @pytest.fixture
    def absence(self, world, absent):
        book(world, [absent])
        return away(world, absent)

    def test_another_mds_is_told_that_nothing_is_there(self, world, absence):
        far = {"role": "responsable", "mds": [FAR_MDS]}
        path = f"/v1/absences/{absence}/affected"
        refused = world.client.get(path, **far)
        unknown = world.client.get(f"/v1/absences/{new_id()}/affected", **far)
        assert refused.status == unknown.status == 404
        assert refused.json["type"] == unknown.json["type"]

        assert launch(world, absence, auto=True, **far).status == 404
        reprise = launch(world, absence, auto=True).json["reprise_id"]
        assert world.client.get(f"/v1/reprises/{reprise}", **far).status == 404
        assert decide(world, reprise, auto=True, **far).status == 404

    def test_the_agent_reads_what_it_falls_on_and_leaves_the_rest_to_others(
        self, world, absent, absence
    ):
        own = {"role": "travailleur_social", "mds": [MDS], "agent_id": absent}

        assert len(affected(world, absence, **own)) == 1
        assert launch(world, absence, auto=True, **own).status == 403
        reprise = launch(world, absence, auto=True).json["reprise_id"]
        assert progress(world, reprise, **own)["todo"] == 1

    def test_a_colleague_does_not_even_read_it(self, world, absence):
        other = {"role": "travailleur_social", "mds": [MDS], "agent_id": world.agent()}

        path = f"/v1/absences/{absence}/affected"
        assert world.client.get(path, **other).status == 404

    def test_an_absence_of_nobodys_is_not_taken_up(self, world):
        assert launch(world, new_id(), auto=True).status == 404
        assert decide(world, new_id(), auto=True).status == 404

    def test_what_means_nothing_is_named(self, world, absent, absence):
        (one,) = affected(world, absence)
        booked = one["rendezvous"]["rendezvous_id"]

        for wrong in (
            [],
            [decision(booked, "LEAVE"), decision(booked, "CANCEL")],
            [decision(booked, "REASSIGN")],
            [decision(booked, "MOVE", agent_id=absent)],
            [decision(booked, "CANCEL", agent_id=absent)],
            [decision(new_id(), "CANCEL")],
        ):
            assert launch(world, absence, *wrong).status == 422, wrong
        assert world.sql("SELECT count(*) FROM reprise") == 0


class TestProposals:
    def test_near_then_volant_then_other_times_then_cancellation(self, world, absent):
        volant = colleague(world, volant=True)
        near = colleague(world)
        sector = colleague(world, site="MONTAUBAN-EST")
        colleague(world, "CESF")
        world.agent()  # has no opening
        book(world, [absent])

        found = proposals(world, away(world, absent))

        assert [(p["act"], p["rule"]) for p in found] == [
            ("REASSIGN", "SAME_SITE"),
            ("REASSIGN", "SAME_SECTOR"),
            ("REASSIGN", "VOLANT"),
            ("MOVE", "SUBSTITUTE_LATER"),
            ("MOVE", "SUBSTITUTE_LATER"),
            ("MOVE", "SUBSTITUTE_LATER"),
            ("CANCEL", "CANCELLATION"),
        ]
        assert [p["agent_id"] for p in found[:3]] == [str(near), str(sector), str(volant)]
        assert {p["starts_at"] for p in found[:3]} == {NINE.isoformat()}
        assert found[0]["why"].startswith("Même site et même profession")

    def test_the_least_loaded_of_the_week_comes_first_then_the_lowest_id(self, world, absent):
        one, two = colleague(world), colleague(world)
        book(world, [absent])
        absence = away(world, absent)
        assert substitutes(world, absence) == [("SAME_SITE", str(one)), ("SAME_SITE", str(two))]

        book(world, [one], changes={"starts_at": (NINE + timedelta(days=2)).isoformat()})

        assert substitutes(world, absence) == [("SAME_SITE", str(two)), ("SAME_SITE", str(one))]
        assert [p["load_minutes"] for p in proposals(world, absence)[:2]] == [0, 45]

    def test_who_is_taken_absent_or_open_elsewhere_is_not_proposed(self, world, absent):
        busy, ill, elsewhere = colleague(world), colleague(world), world.agent()
        world.open(elsewhere, *WEEK, site=FAR_SITE)
        book(world, [busy])
        away(world, ill)
        book(world, [absent])

        assert substitutes(world, away(world, absent)) == []

    def test_nobody_to_whom_the_file_is_closed_or_hidden(self, world, absent):
        relative, other = colleague(world), colleague(world)
        personne = world.personne()
        book(world, [absent], [personne])
        absence = away(world, absent)

        head = HEAD | {"agent_id": world.agent("RESPONSABLE")}
        world.protect(personne, protected=False, closed_to=[relative])
        assert substitutes(world, absence, **head) == [("SAME_SITE", str(other))]
        world.protect(personne, opened_to=[other])
        assert substitutes(world, absence, **head) == [("SAME_SITE", str(other))]
        world.protect(personne)
        assert substitutes(world, absence, **head) == []

    def test_the_referent_first_whatever_their_profession(self, world, absent):
        referent = colleague(world, "CESF")
        near = colleague(world)
        personne = world.personne()
        dossier = world.dossier(personne, referent=referent)
        book(world, [absent], [personne], changes={"dossier_id": str(dossier)})

        assert substitutes(world, away(world, absent)) == [
            ("REFERENT", str(referent)),
            ("SAME_SITE", str(near)),
        ]

    def test_the_absent_referents_own_times_come_before_those_of_others(self, world, absent):
        colleague(world)
        personne = world.personne()
        dossier = world.dossier(personne, referent=absent)
        book(world, [absent], [personne], changes={"dossier_id": str(dossier)})

        found = [p for p in proposals(world, away(world, absent)) if p["act"] == "MOVE"]

        assert {p["rule"] for p in found} == {"SAME_AGENT_LATER"}
        assert [p["starts_at"][:13] for p in found] == ["2023-01-23T08"] * 3
        assert {p["agent_id"] for p in found} == {None}

    def test_an_hour_that_has_begun_is_moved_or_given_up(self, world, absent):
        colleague(world)
        book(world, [absent])
        absence = away(world, absent)
        world.at(NINE + timedelta(minutes=10))

        assert [p["act"] for p in proposals(world, absence)] == ["MOVE"] * 3 + ["CANCEL"]

    def test_what_has_begun_is_not_left_to_the_rule(self, world, absent):
        begun = book(world, [absent])
        absence = away(world, absent)
        world.at(NINE + timedelta(minutes=10))

        launched = launch(world, absence, auto=True)
        run_due(world.runtime)

        assert launched.json["undecided"] == 1
        assert read(world, begun)["status"] == "BOOKED"

    def test_an_urgent_one_keeps_its_hour_and_what_was_recorded(self, world, absent):
        other, personne = colleague(world), world.personne()
        book(world, [other], [personne])
        third = colleague(world)
        urgent = book(
            world,
            [absent],
            [personne],
            changes={"override_person_overlap": {"reason": "DANGER"}},
            role="responsable",
            subject="cheffe",
        )
        absence = away(world, absent)

        assert ("SAME_SITE", str(third)) in substitutes(world, absence)
        launch(world, absence, auto=True)
        run_due(world.runtime)

        moved = read(world, urgent)
        assert moved["agent_ids"] == [str(third)]
        assert (moved["override_reason"], moved["override_by"]) == ("DANGER", "cheffe")

    def test_every_one_of_them_is_accepted(self, world, absent):
        colleague(world)
        absence, reprise = None, None
        for place in range(5):
            booked = book(world, [absent]) if absence is None else None
            absence = absence or away(world, absent)
            (one,) = affected(world, absence)
            booked = booked or one["rendezvous"]["rendezvous_id"]
            chosen = one["proposals"][place]
            taken = decision(booked, chosen["act"])
            if chosen["agent_id"]:
                taken["agent_id"] = chosen["agent_id"]
            if chosen["act"] == "MOVE":
                taken["starts_at"] = chosen["starts_at"]
            reprise = launch(world, absence, taken).json["reprise_id"]
            run_due(world.runtime)
            assert states(world, reprise) == {"DONE": 1}, chosen
            world.client.delete(f"/v1/absences/{absence}", **SECRETARY)
            current = read(world, booked)
            if current["status"] == "BOOKED":
                etag = f'"{current["version"]}"'
                world.act(booked, "cancel", {}, etag=etag)
            absence = None


class TestADecision:
    def test_keeps_the_hour_changes_it_gives_it_up_or_leaves_it(self, world, absent):
        other = colleague(world)
        starts = [NINE + timedelta(hours=h) for h in range(3)]
        starts.append(NINE + timedelta(days=1))
        kept, moved, given_up, left = (
            book(world, [absent], changes={"starts_at": at.isoformat()}) for at in starts
        )
        absence = away(world, absent)
        later = datetime.fromisoformat("2023-01-23T08:00:00+00:00")

        answer = launch(
            world,
            absence,
            decision(kept, "REASSIGN", agent_id=other),
            decision(moved, "MOVE", starts_at=later.isoformat()),
            decision(given_up, "CANCEL"),
            decision(left, "LEAVE"),
        )
        assert answer.status == 201
        assert (answer.json["todo"], answer.json["left"]) == (3, 1)
        run_due(world.runtime)

        after = progress(world, answer.json["reprise_id"])
        assert (after["done"], after["left"], after["undecided"]) == (3, 1, 0)
        assert read(world, kept)["agent_ids"] == [str(other)]
        assert read(world, kept)["starts_at"] == NINE.isoformat()
        assert read(world, moved)["starts_at"] == later.isoformat()
        assert read(world, moved)["agent_ids"] == [str(absent)]
        assert read(world, given_up)["cancel_reason"] == "AGENT_ABSENT"
        assert read(world, left)["version"] == 1
        assert [told(world, one) for one in (kept, moved, given_up, left)] == [
            [("rendezvous_moved", "2023-01-10T08:00:00Z")],
            [("rendezvous_moved", "2023-01-23T08:00:00Z")],
            [("rendezvous_cancelled", "2023-01-10T10:00:00Z")],
            [],
        ]
        assert [one["state"] for one in affected(world, absence)] == ["LEFT"]

    def test_of_a_binome_changes_one_seat_and_tells_the_same_hour(self, world, absent):
        partner, other = colleague(world, "EDUCATEUR"), colleague(world)
        booked = book(world, [absent, partner])
        absence = away(world, absent)
        assert substitutes(world, absence) == [("SAME_SITE", str(other))]

        launch(world, absence, auto=True)
        run_due(world.runtime)

        assert read(world, booked)["agent_ids"] == [str(other), str(partner)]
        assert told(world, booked) == [("rendezvous_moved", "2023-01-10T08:00:00Z")]
        assert world.sql(MISMATCHES) == 0

    def test_within_the_notice_of_the_motif_keeps_the_hour_all_the_same(self, world, absent):
        world.motif(code="PREVU", min_notice_minutes=60 * 48)
        other = colleague(world)
        thursday = NINE + timedelta(days=2)
        place = {"motif": "PREVU", "starts_at": thursday.isoformat()}
        booked = book(world, [absent], changes=place)
        absence = away(world, absent)
        world.at(thursday - timedelta(hours=2))

        assert substitutes(world, absence) == [("SAME_SITE", str(other))]
        launch(world, absence, auto=True)
        run_due(world.runtime)
        assert read(world, booked)["agent_ids"] == [str(other)]

    def test_on_what_changed_meanwhile_touches_nothing_and_can_be_taken_again(self, world, absent):
        colleague(world)
        booked = book(world, [absent])
        absence = away(world, absent)
        reprise = launch(world, absence, decision(booked, "CANCEL")).json["reprise_id"]
        ten = (NINE + timedelta(hours=1)).isoformat()
        other = str(colleague(world))
        moved = world.act(booked, "move", {"starts_at": ten, "agent_ids": [other]})
        assert moved.status == 200, moved.json

        run_due(world.runtime)

        (line,) = progress(world, reprise)["lines"]
        assert (line["state"], line["refusal"]) == ("REFUSED", "version-depassee")
        assert read(world, booked)["status"] == "BOOKED"
        again = decide(world, reprise, decision(booked, "CANCEL"))
        assert again.status == 422, "it is no longer the absent agent's"

    @pytest.mark.parametrize("act", ["cancel", "honour", "miss"])
    def test_does_nothing_to_what_is_over(self, world, absent, act):
        booked = book(world, [absent])
        absence = away(world, absent)
        reprise = launch(world, absence, decision(booked, "CANCEL")).json["reprise_id"]
        world.at(NINE)
        body = {"cancel": {}, "honour": None, "miss": {"excused": True}}[act]
        assert world.act(booked, act, body).status == 200
        before = told(world, booked)

        run_due(world.runtime)

        assert states(world, reprise) == {"REFUSED": 1}
        assert told(world, booked) == before

    def test_that_was_refused_is_taken_again_and_what_was_done_is_not(self, world, absent):
        busy, free = colleague(world), colleague(world)
        booked = book(world, [absent])
        absence = away(world, absent)
        book(world, [busy])
        wish = decision(booked, "REASSIGN", agent_id=busy)
        reprise = launch(world, absence, wish).json["reprise_id"]
        run_due(world.runtime)
        (one,) = affected(world, absence)
        assert (one["state"], one["refusal"]) == ("REFUSED", "creneau-pris")

        better = decision(booked, "REASSIGN", agent_id=free)
        assert decide(world, reprise, better).status == 200
        assert decide(world, reprise, better).json["type"].endswith("reprise-deja-decidee")
        run_due(world.runtime)

        assert states(world, reprise) == {"DONE": 1}
        assert read(world, booked)["agent_ids"] == [str(free)]
        assert decide(world, reprise, better).status == 422

    def test_the_rule_takes_again_what_was_refused_and_what_nobody_named(self, world, absent):
        colleague(world)
        busy = colleague(world)
        starts = [NINE + timedelta(hours=h) for h in range(3)]
        refused, left, new = (
            book(world, [absent], changes={"starts_at": at.isoformat()}) for at in starts
        )
        absence = away(world, absent)
        book(world, [busy])
        reprise = launch(
            world, absence, decision(refused, "REASSIGN", agent_id=busy), decision(left, "LEAVE")
        ).json["reprise_id"]
        run_due(world.runtime)
        assert progress(world, reprise)["undecided"] == 1

        decide(world, reprise, auto=True)
        run_due(world.runtime)

        assert states(world, reprise) == {"DONE": 2, "LEFT": 1}
        assert read(world, left)["agent_ids"] == [str(absent)]
        assert read(world, new)["agent_ids"] != [str(absent)]

    def test_the_second_click_answers_the_first(self, world, absent):
        booked = book(world, [absent])
        absence = away(world, absent)
        once = {"key": "reprise-du-lundi"}

        first = launch(world, absence, decision(booked, "CANCEL"), **once)
        second = launch(world, absence, decision(booked, "CANCEL"), **once)

        assert (first.status, second.status) == (201, 201)
        assert first.json == second.json


class TestWhatIsHidden:
    def test_a_protected_file_is_a_mere_busy_time_that_only_its_readers_act_on(self, world, absent):
        other = colleague(world)
        personne = world.personne()
        booked = book(world, [absent], [personne])
        world.protect(personne, opened_to=[other])
        absence = away(world, absent)

        (one,) = affected(world, absence)
        assert (one["actionable"], one["proposals"]) == (False, [])
        assert one["rendezvous"]["masked"]
        assert "personne_ids" not in one["rendezvous"]
        refused = launch(world, absence, decision(booked, "CANCEL"))
        unknown = launch(world, absence, decision(new_id(), "CANCEL"))
        assert problem(refused) == problem(unknown)
        reprise = launch(world, absence, auto=True).json
        assert (reprise["todo"], reprise["undecided"]) == (0, 1)

        decide(world, reprise["reprise_id"], auto=True, **HEAD)
        run_due(world.runtime)
        assert read(world, booked, **HEAD)["agent_ids"] == [str(other)]

    def test_a_file_closed_to_who_decides_is_not_theirs_to_take_up(self, world, absent):
        colleague(world)
        head = world.agent("RESPONSABLE")
        personne = world.personne()
        book(world, [absent], [personne])
        world.protect(personne, protected=False, closed_to=[head])
        absence = away(world, absent)
        who = HEAD | {"agent_id": head}

        (one,) = affected(world, absence, **who)
        assert (one["actionable"], one["rendezvous"]["masked"]) == (False, True)
        assert launch(world, absence, auto=True, **who).json["todo"] == 0

    def test_a_file_hidden_after_the_decision_is_not_touched(self, world, absent):
        colleague(world)
        personne = world.personne()
        booked = book(world, [absent], [personne])
        absence = away(world, absent)
        reprise = launch(world, absence, auto=True).json["reprise_id"]
        world.protect(personne)

        run_due(world.runtime)

        (line,) = progress(world, reprise)["lines"]
        assert (line["state"], line["refusal"]) == ("REFUSED", "rendezvous-introuvable")
        assert read(world, booked, **HEAD)["agent_ids"] == [str(absent)]

    def test_a_discreet_one_is_moved_without_learning_more(self, world, absent):
        world.motif(code="DISCRET", discreet=True)
        referent, personne = colleague(world), world.personne()
        dossier = world.dossier(personne, referent=referent)
        wish = {"motif": "DISCRET", "dossier_id": str(dossier)}
        booked = book(world, [absent], [personne], changes=wish)
        absence = away(world, absent)

        (one,) = affected(world, absence)
        shown = {"rendezvous_id", "status", "mds", "site", "agent_ids", "room_id", "starts_at"}
        shown |= {"ends_at", "outside_opening", "outside_delay", "version", "masked"}
        assert set(one["rendezvous"]) <= shown
        assert one["actionable"]
        assert "REFERENT" not in {p["rule"] for p in one["proposals"]}

        answer = launch(world, absence, decision(booked, "REASSIGN", agent_id=referent))
        run_due(world.runtime)
        assert states(world, answer.json["reprise_id"]) == {"DONE": 1}

    def test_of_a_volant_each_mds_takes_up_its_own(self, world):
        volant = world.agent(volant=True)
        world.open(volant, WEEK[0])
        world.open(volant, WEEK[1], site=FAR_SITE)
        here = book(world, [volant])
        tomorrow = {"site": FAR_SITE, "starts_at": (NINE + timedelta(days=1)).isoformat()}
        there = book(world, [volant], changes=tomorrow, subject="ailleurs", mds=[FAR_MDS])
        far = {"role": "secretaire", "mds": [FAR_MDS], "subject": "secretariat de Caussade"}
        absence = away(world, volant)

        assert [one["rendezvous"]["rendezvous_id"] for one in affected(world, absence)] == [here]
        assert launch(world, absence, decision(there, "CANCEL")).status == 422
        reprise = launch(world, absence, decision(here, "CANCEL")).json
        assert reprise["undecided"] == 0

        seen = launch(world, absence, decision(there, "CANCEL"), **far).json
        assert (seen["reprise_id"], seen["lines"]) == (reprise["reprise_id"], [])
        assert seen["undecided"] == 1
        decided = decide(world, seen["reprise_id"], decision(there, "CANCEL"), **far).json
        assert [line["rendezvous_id"] for line in decided["lines"]] == [there]


class TestTheAbsence:
    def test_is_told_without_its_cause_and_so_is_its_end(self, world, absent):
        book(world, [absent])
        body = {"agent_id": str(absent), "kind": "WORK"} | AWAY
        absence = world.post("/v1/absences", body, **SECRETARY).json["absence"]["absence_id"]
        world.client.delete(f"/v1/absences/{absence}", **SECRETARY)

        recorded, cancelled = published(world.runtime)[-2:]
        common = {
            "absence_id": absence,
            "agent_id": str(absent),
            "mds": MDS,
            "starts_at": "2023-01-09T23:00:00Z",
            "ends_at": "2023-01-16T23:00:00Z",
        }
        assert (recorded.name, recorded.data) == ("absence_recorded", common | {"affected": 1})
        assert (cancelled.name, cancelled.data) == ("absence_cancelled", common)

    def test_lifted_stops_what_waits_and_undoes_nothing(self, world, absent):
        colleague(world)
        done = book(world, [absent])
        eleven = (NINE + timedelta(hours=2)).isoformat()
        waits = book(world, [absent], changes={"starts_at": eleven})
        absence = away(world, absent)
        reprise = launch(world, absence, decision(done, "CANCEL")).json["reprise_id"]
        run_due(world.runtime)
        decide(world, reprise, decision(waits, "CANCEL"))

        assert world.client.delete(f"/v1/absences/{absence}", **SECRETARY).status == 204
        run_due(world.runtime)

        after = progress(world, reprise)
        assert (after["done"], after["stopped"], after["todo"]) == (1, 1, 0)
        assert after["stopped_at"] is not None
        assert read(world, waits)["version"] == 1
        refused = decide(world, reprise, decision(waits, "CANCEL"))
        assert refused.json["type"].endswith("reprise-arretee")
        assert world.client.get(f"/v1/absences/{absence}/affected", **SECRETARY).status == 404
        assert world.sql("SELECT count(*) FROM due WHERE done_at IS NULL") == 0


class Killed(BaseException):
    """The process dies: nothing catches it."""


@contextmanager
def dying_at_fact(engine, number):
    """The process dies with all but the facts of its so-many-eth rendezvous written."""
    seen = Counter()

    def execute(_connection, _cursor, statement, *_):
        seen["facts"] += "INSERT INTO outbox" in statement
        if seen["facts"] == number:
            raise Killed

    sa.event.listen(engine, "before_cursor_execute", execute)
    try:
        yield
    finally:
        sa.event.remove(engine, "before_cursor_execute", execute)


def after_the_lease(world):
    """The due work of a worker that died is anybody's again."""
    with world.runtime.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE due SET retry_at = now() - interval '1 s' WHERE done_at IS NULL")
        )


class TestThirtyAtOnce:
    @pytest.fixture
    def thirty(self, world, absent):
        """A full week of an absent agent."""
        starts = [
            datetime.fromisoformat(f"{day}T{hour:02}:00:00+01:00") for day in WEEK for hour in HOURS
        ]
        return [book(world, [absent], changes={"starts_at": at.isoformat()}) for at in starts]

    @pytest.mark.parametrize("dies_at", [1, 12, 30])
    def test_killed_in_the_middle_is_resumed_and_does_nothing_twice(
        self, world, absent, thirty, dies_at
    ):
        crew = [colleague(world), colleague(world), colleague(world, volant=True)]
        absence = away(world, absent)
        reprise = launch(world, absence, auto=True).json["reprise_id"]

        with dying_at_fact(world.runtime.engine, dies_at), pytest.raises(Killed):
            due.run_due(world.runtime)
        assert states(world, reprise) == Counter({"DONE": dies_at - 1, "TODO": 31 - dies_at})
        assert run_due(world.runtime) == 0, "what was lent waits for the lease"
        after_the_lease(world)
        run_due(world.runtime)

        assert states(world, reprise) == {"DONE": 30}
        moved = Counter(e.aggregate_id for e in published(world.runtime) if "moved" in e.name)
        assert Counter(moved.values()) == {1: 30}
        assert world.sql("SELECT count(*) FROM rendezvous WHERE version <> 2") == 0
        assert world.sql("SELECT count(*) FROM due WHERE done_at IS NULL") == 0
        assert [world.sql(check) for check in (OVERLAPS, BUFFERED_OVERLAPS, MISMATCHES)] == [0] * 3
        held = Counter(read(world, one)["agent_ids"][0] for one in thirty)
        assert held == {str(crew[0]): 15, str(crew[1]): 15}

    def test_the_list_has_pages_and_every_one_of_them_once(self, world, absent, thirty):
        absence = away(world, absent)
        seen, cursor = [], ""
        while cursor is not None:
            path = f"/v1/absences/{absence}/affected?limit=13{cursor}"
            answer = world.client.get(path, **SECRETARY).json
            seen += [one["rendezvous"]["rendezvous_id"] for one in answer["affected"]]
            cursor = f"&cursor={answer['next']}" if answer.get("next") else None

        assert seen == thirty

    def test_two_workers_share_the_lines(self, world, absent, thirty):
        colleague(world)
        reprise = launch(world, away(world, absent), auto=True).json["reprise_id"]
        with world.runtime.engine.begin() as connection:
            connection.execute(sa.text("UPDATE due SET retry_at = now() - interval '1 s'"))

        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda _: due.run_due(world.runtime, limit=10), range(3)))
        run_due(world.runtime)

        assert states(world, reprise) == {"DONE": 30}
        assert world.sql("SELECT count(*) FROM rendezvous WHERE version <> 2") == 0


class TestTwoAtOnce:
    def test_two_who_launch_have_one_reprise(self, world, absent):
        for hour in range(3):
            at = (NINE + timedelta(hours=hour)).isoformat()
            book(world, [absent], changes={"starts_at": at})
        absence = away(world, absent)
        together = Barrier(8)

        def one(place):
            together.wait()
            return launch(world, absence, auto=True, **HEAD | {"subject": f"responsable-{place}"})

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(one, range(8)))

        assert {answer.status for answer in answers} == {201}
        assert len({answer.json["reprise_id"] for answer in answers}) == 1
        assert world.sql("SELECT count(*) FROM reprise") == 1
        assert world.sql("SELECT count(*) FROM reprise_line") == 3

    def test_a_volant_is_never_given_to_two_at_the_same_hour(self, world):
        volant = colleague(world, volant=True)
        absences = []
        for _ in range(4):
            agent = colleague(world)
            for hour in range(3):
                at = (NINE + timedelta(hours=hour)).isoformat()
                book(world, [agent], changes={"starts_at": at})
            absences.append(agent)
        absences = [away(world, agent) for agent in absences]
        reprises = [launch(world, one, auto=True).json["reprise_id"] for one in absences]

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: due.run_due(world.runtime, limit=3), range(4)))
        run_due(world.runtime)

        assert sum((states(world, one) for one in reprises), Counter()) == {"DONE": 12}
        assert [world.sql(check) for check in (OVERLAPS, BUFFERED_OVERLAPS, MISMATCHES)] == [0] * 3
        kept = "SELECT count(*) FROM rendezvous WHERE agent_ids = ARRAY[:volant]::uuid[]"
        at_the_hour = f"{kept} AND starts_at IN (:a, :b, :c) AND status = 'BOOKED'"
        hours = {name: NINE + timedelta(hours=h) for h, name in enumerate("abc")}
        assert world.sql(at_the_hour, volant=volant, **hours) == 3

    def test_the_same_substitute_named_by_two_goes_to_one(self, world):
        volant = colleague(world, volant=True)
        agents = [colleague(world), colleague(world)]
        booked = [book(world, [agent]) for agent in agents]
        reprises = [
            launch(world, away(world, agent), decision(one, "REASSIGN", agent_id=volant)).json[
                "reprise_id"
            ]
            for agent, one in zip(agents, booked, strict=True)
        ]

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _: due.run_due(world.runtime, limit=1), range(2)))
        run_due(world.runtime)

        assert sum((states(world, one) for one in reprises), Counter()) == {
            "DONE": 1,
            "REFUSED": 1,
        }
        assert world.sql(BUFFERED_OVERLAPS) == 0

    def test_a_binome_whose_two_agents_are_absent_is_given_up_once(self, world):
        both = [colleague(world), colleague(world)]
        colleague(world)
        booked = book(world, both)
        absences = [away(world, agent) for agent in both]
        reprises = [launch(world, one, auto=True).json["reprise_id"] for one in absences]

        run_due(world.runtime)

        assert [states(world, one) for one in reprises] == [{"DONE": 1}, {"REFUSED": 1}]
        assert [fact for fact, _ in told(world, booked)] == ["rendezvous_cancelled"]
        assert world.sql(MISMATCHES) == 0
