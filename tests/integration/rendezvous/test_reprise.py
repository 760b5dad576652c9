"""The rendezvous of an absence are decided of and done, once, whatever happens."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from chassis.ids import new_id
from chassis.testing import run_due
from tests.integration.rendezvous.conftest import (
    FAR_MDS,
    FAR_SITE,
    MDS,
    MISMATCHES,
    NINE,
    WEEK,
)
from tests.integration.rendezvous.reprises import (
    HEAD,
    affected,
    away,
    book,
    colleague,
    decide,
    decision,
    launch,
    problem,
    progress,
    read,
    states,
    substitutes,
    told,
)


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
