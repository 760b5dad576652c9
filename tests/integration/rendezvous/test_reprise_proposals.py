"""What is proposed for a rendezvous whose agent is absent, and why."""

from __future__ import annotations

from datetime import timedelta

from chassis.testing import run_due
from tests.integration.rendezvous.conftest import (
    FAR_SITE,
    NINE,
    WEEK,
)
from tests.integration.rendezvous.reprises import (
    HEAD,
    SECRETARY,
    affected,
    away,
    book,
    colleague,
    decision,
    launch,
    proposals,
    read,
    states,
    substitutes,
)


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
