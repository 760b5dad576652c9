"""What to bring and to know: the motif's instructions on the day, to whoever may read the motif."""

from __future__ import annotations

import pytest

from tests.integration.rendezvous.conftest import MDS, NINE, minutes

DAY, LATER = "2023-01-10", "2023-02-07"
PAPERS = "Apportez une pièce d’identité."
NEW = "Apportez aussi un justificatif de domicile."


@pytest.fixture
def agent(world):
    made = world.agent()
    world.open(made, DAY, LATER)
    return made


@pytest.fixture
def motif(world):
    """One version in January, another from February on."""
    dates = {"valid_from": "2023-01-01", "valid_to": "2023-01-31"}
    world.motif(code="PAPIERS", instructions=PAPERS, **dates)
    world.motif(code="PAPIERS", instructions=NEW, valid_from="2023-02-01")
    return "PAPIERS"


def book(world, agent, personnes, motif, **changes):
    answer = world.book([agent], personnes, changes={"motif": motif} | changes)
    assert answer.status == 201, answer.json
    return answer.json


def read(world, rendezvous_id, **who):
    who = who or {"role": "secretaire", "mds": [MDS]}
    return world.client.get(f"/v1/rendezvous/{rendezvous_id}", **who).json


def states(world, *ids):
    body = {"rendezvous_ids": list(ids)}
    answer = world.client.post("/internal/rendezvous/states", json=body, role="service")
    return {one["rendezvous_id"]: one["instructions"] for one in answer.json["rendezvous"]}


class TestWhoBooksAndWhoReads:
    def test_a_booking_and_a_reading_say_those_of_the_day(self, world, agent, motif):
        soon = book(world, agent, [world.personne()], motif)
        later = book(world, agent, [world.personne()], motif, starts_at=f"{LATER}T09:00:00+01:00")

        assert (soon["instructions"], later["instructions"]) == (PAPERS, NEW)
        assert read(world, soon["rendezvous_id"])["instructions"] == PAPERS
        assert read(world, later["rendezvous_id"])["instructions"] == NEW

    def test_a_move_says_those_of_the_new_day(self, world, agent, motif):
        booked = book(world, agent, [world.personne()], motif)["rendezvous_id"]

        moved = world.act(booked, "move", {"starts_at": f"{LATER}T09:00:00+01:00"})

        assert moved.json["instructions"] == NEW
        assert read(world, booked)["instructions"] == NEW

    def test_a_version_that_ends_before_the_day_leaves_its_place_to_the_next(self, world, agent):
        world.motif(code="DATE", instructions=PAPERS)
        booked = book(
            world, agent, [world.personne()], "DATE", starts_at=f"{LATER}T09:00:00+01:00"
        )["rendezvous_id"]
        versions = world.client.get("/v1/motifs?on=2023-01-10", role="secretaire").json["motifs"]
        (found,) = (one for one in versions if one["code"] == "DATE")
        path = f"/v1/motifs/{found['motif_id']}/end"
        world.client.post(path, json={"valid_to": "2023-01-31"}, role="admin", etag='"1"')

        assert read(world, booked)["instructions"] == PAPERS
        world.motif(code="DATE", instructions=NEW, valid_from="2023-02-01")
        assert read(world, booked)["instructions"] == NEW

    def test_the_person_reads_them_alone_and_in_their_list(self, world, agent, motif):
        personne = world.personne()
        booked = book(world, agent, [personne], motif)["rendezvous_id"]
        own = {"role": "personne", "personne_id": personne}

        listed = world.client.get(f"/v1/personnes/{personne}/rendezvous", **own).json

        assert read(world, booked, **own)["instructions"] == PAPERS
        assert [one["instructions"] for one in listed["rendezvous"]] == [PAPERS]

    def test_agendas_leave_them_out(self, world, agent, motif):
        book(world, agent, [world.personne()], motif)

        who = {"role": "secretaire", "mds": [MDS]}
        path = f"/v1/agents/{agent}/agenda?from={DAY}&to={DAY}"
        agenda = world.client.get(path, **who).json

        assert "instructions" not in agenda["rendezvous"][0]


class TestDiscreet:
    def test_a_masked_one_says_nothing(self, world, agent):
        world.motif(code="DISCRET", discreet=True, instructions=PAPERS)
        personne = world.personne()
        booked = book(world, agent, [personne], "DISCRET")["rendezvous_id"]

        masked = read(world, booked)

        assert masked["masked"] is True
        assert "instructions" not in masked
        own = read(world, booked, role="personne", personne_id=personne)
        assert own["instructions"] == PAPERS

    def test_messages_are_told_nothing_of_it(self, world, agent, motif):
        world.motif(code="DISCRET", discreet=True, instructions=PAPERS)
        later = (NINE + minutes(60)).isoformat()
        hidden = book(world, agent, [world.personne()], "DISCRET")["rendezvous_id"]
        said = book(world, agent, [world.personne()], motif, starts_at=later)["rendezvous_id"]

        assert states(world, hidden, said) == {hidden: "", said: PAPERS}

    def test_nor_of_one_that_became_discreet_for_that_day(self, world, agent):
        dates = {"valid_from": "2023-01-01", "valid_to": "2023-01-31"}
        world.motif(code="CHANGE", instructions=PAPERS, **dates)
        world.motif(code="CHANGE", instructions=NEW, discreet=True, valid_from="2023-02-01")
        booked = book(world, agent, [world.personne()], "CHANGE")["rendezvous_id"]
        assert states(world, booked) == {booked: PAPERS}

        world.act(booked, "move", {"starts_at": f"{LATER}T09:00:00+01:00"})

        assert states(world, booked) == {booked: ""}
