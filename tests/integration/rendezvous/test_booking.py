"""Booking, holding, moving over HTTP: refusals first."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from chassis.ids import new_id
from chassis.testing import published, run_due
from tests.integration.rendezvous.conftest import (
    FAR_MDS,
    FAR_SITE,
    MDS,
    NINE,
    SITE,
    minutes,
)

DAY = "2023-01-10"


@pytest.fixture
def agent(world):
    agent_id = world.agent()
    assert world.open(agent_id, DAY, "2023-01-11").status == 201
    return agent_id


@pytest.fixture
def personne(world):
    return world.personne()


class TestRefusals:
    def test_without_token_or_role(self, world, agent, personne):
        assert world.book([agent], [personne], role=None).status == 401
        assert world.book([agent], [personne], role="finance").status == 403

    def test_a_missing_field_is_named(self, world, agent, personne):
        body = world.booking([agent], [personne])
        del body["site"]

        answer = world.post("/v1/rendezvous", body, role="secretaire")

        assert answer.status == 422
        assert answer.json["errors"] == [
            {"pointer": "/site", "detail": "Champ obligatoire sans hold_id."}
        ]

    def test_outside_an_opening_with_alternatives(self, world, agent, personne):
        lunch = {"starts_at": "2023-01-10T12:30:00+01:00"}

        answer = world.book([agent], [personne], changes=lunch)

        assert answer.status == 409
        assert answer.json["type"].endswith("hors-ouverture")
        assert len(answer.json["alternatives"]) >= 3

    def test_an_agent_may_insist_and_it_is_recorded(self, world, agent, personne):
        lunch = {"starts_at": "2023-01-10T12:30:00+01:00", "outside_opening": True}

        answer = world.book([agent], [personne], changes=lunch)

        assert answer.status == 201
        assert answer.json["outside_opening"] is True

    def test_during_an_absence_even_when_insisting(self, world, agent, personne):
        away = {"agent_id": str(agent), "day": DAY, "from": "09:00", "to": "10:00"}
        assert world.post("/v1/absences", away, role="admin").status == 201

        answer = world.book([agent], [personne], changes={"outside_opening": True})

        assert answer.status == 409
        assert answer.json["type"].endswith("agent-absent")

    def test_a_closed_site(self, world, agent, personne):
        world.site("FERME", MDS, is_open=False)

        assert world.book([agent], [personne], changes={"site": "FERME"}).status == 422

    def test_a_personne_nobody_knows(self, world, agent):
        answer = world.book([agent], [new_id()])

        assert answer.status == 404
        assert answer.json["type"].endswith("personne-introuvable")

    def test_when_accueil_is_away_it_fails_closed(self, world, agent):
        world.runtime.neighbours.down.add("accueil")

        assert world.book([agent], [new_id()]).status == 503
        assert world.sql("SELECT count(*) FROM rendezvous") == 0

    def test_a_personne_accueil_knows_to_be_dead(self, world, agent):
        personne_id = new_id()
        world.answer_of_accueil(personne_id, deceased=True)

        assert world.book([agent], [personne_id]).status == 409

    def test_a_personne_who_has_died(self, world, agent, personne):
        world.dies(personne)

        answer = world.book([agent], [personne])

        assert answer.status == 409
        assert answer.json["type"].endswith("personne-decedee")

    def test_the_same_person_twice_at_one_time(self, world, agent, personne):
        other = world.agent()
        world.open(other, DAY)
        assert world.book([agent], [personne]).status == 201

        answer = world.book([other], [personne], changes={"starts_at": "2023-01-10T09:30+01:00"})

        assert answer.status == 409
        assert answer.json["detail"].startswith("La personne a déjà")
        starts = [a["starts_at"] for a in answer.json["alternatives"]]
        assert starts[0] == "2023-01-10T08:45:00+00:00"


class TestBooking:
    def test_tells_one_fact_with_all_common_fields(self, world, agent, personne):
        links = {"dossier_id": str(world.dossier(personne)), "orientation_id": str(new_id())}

        answer = world.book([agent], [personne], changes=links)

        assert answer.status == 201
        assert answer.etag == '"1"'
        (event,) = published(world.runtime)
        assert event.routing_key == "rendezvous_booked.v1"
        assert event.data == links | {
            "rendezvous_id": answer.json["rendezvous_id"],
            "personne_ids": [str(personne)],
            "mds": MDS,
            "site": SITE,
            "agent_ids": [str(agent)],
            "motif": "ACCOMPAGNEMENT",
            "modality": "PRESENTIEL",
            "discreet": False,
            "starts_at": "2023-01-10T08:00:00Z",
            "ends_at": "2023-01-10T08:45:00Z",
        }

    def test_the_second_click_answers_the_same_and_books_once(self, world, agent, personne):
        first = world.book([agent], [personne], key="le-meme-clic")
        second = world.book([agent], [personne], key="le-meme-clic")

        assert (first.status, second.status) == (201, 201)
        assert first.json == second.json
        assert world.sql("SELECT count(*) FROM rendezvous") == 1
        assert len(published(world.runtime)) == 1

    def test_buffers_are_the_agents_not_the_persons(self, world, agent, personne):
        assert world.book([agent], [personne]).status == 201
        ten_to = {"starts_at": (NINE + minutes(45)).isoformat()}
        other = world.agent()
        world.open(other, DAY)

        assert world.book([agent], [world.personne()], changes=ten_to).status == 409
        assert world.book([other], [personne], changes=ten_to).status == 201

    def test_a_binome_takes_both_agents(self, world, agent, personne):
        second = world.agent("EDUCATEUR")
        world.open(second, DAY)
        assert world.book([agent, second], [personne]).status == 201

        assert world.book([agent], [world.personne()]).status == 409
        assert world.sql("SELECT count(*) FROM occupation WHERE kind = 'agent'") == 2

    def test_a_room_holds_one_rendezvous_at_a_time(self, world, agent, personne):
        room = world.post("/v1/rooms", {"site": SITE, "name": "Bureau 3"}, role="admin").json
        other = world.agent()
        world.open(other, DAY)
        in_room = {"room_id": room["room_id"]}
        assert world.book([agent], [personne], changes=in_room).status == 201

        answer = world.book([other], [world.personne()], changes=in_room)

        assert answer.status == 409
        assert answer.json["detail"].startswith("La salle est prise")

    def test_a_first_reception_may_be_anonymous(self, world, agent):
        world.motif(code="PREMIER", kind="PREMIER_ACCUEIL")

        assert world.book([agent], []).status == 422
        assert world.book([agent], [], changes={"motif": "PREMIER"}).status == 201

    def test_learns_an_agent_and_a_personne_from_accueil(self, world):
        agent_id, personne_id = new_id(), new_id()
        answers = world.runtime.neighbours.answers
        answers["accueil", f"/internal/agents/{agent_id}"] = {
            "profession": "ASS",
            "mds": MDS,
            "site": SITE,
            "plateforme": False,
            "volant": False,
            "active": True,
        }
        world.answer_of_accueil(personne_id)

        answer = world.book([agent_id], [personne_id], changes={"outside_opening": True})

        assert answer.status == 201
        assert world.sql("SELECT count(*) FROM personne") == 1

    def test_urgency_passes_over_the_delay_and_is_recorded(self, world, agent, personne):
        world.motif(code="LENT", min_notice_minutes=10_000)
        slow = {"motif": "LENT"}

        assert world.book([agent], [personne], changes=slow).status == 409
        answer = world.book([agent], [personne], changes=slow | {"outside_delay": True})
        assert answer.json["outside_delay"] is True


class TestDossier:
    """What is held is written in the dossier it names, by dsu: it must be the person's."""

    def test_of_another_or_of_nobody_is_refused_alike(self, world, agent, personne):
        others = world.dossier(world.personne())

        for dossier_id in (others, new_id()):
            answer = world.book([agent], [personne], changes={"dossier_id": str(dossier_id)})
            assert answer.status == 422
            assert answer.json["type"].endswith("dossier-inadapte")
            assert answer.json["errors"][0]["pointer"] == "/dossier_id"

    def test_of_one_of_those_received(self, world, agent, personne):
        dossier_id = str(world.dossier(personne, world.personne()))

        answer = world.book(
            [agent], [world.personne(), personne], changes={"dossier_id": dossier_id}
        )

        assert (answer.status, answer.json["dossier_id"]) == (201, dossier_id)

    def test_whose_fact_is_late_is_asked_of_dsu_once(self, world, agent, personne):
        dossier_id = new_id()
        named = {"dossier_id": str(dossier_id)}
        world.answer_of_dsu(dossier_id, personne)

        assert world.book([agent], [personne], changes=named).status == 201

        world.runtime.neighbours.down.add("dsu")
        later = named | {"starts_at": (NINE + minutes(60)).isoformat()}
        assert world.book([agent], [personne], changes=later).status == 201

    def test_known_before_its_personnes_were_kept_is_asked_of_dsu(self, world, agent, personne):
        dossier_id = world.dossier(world.personne())
        with world.runtime.engine.begin() as connection:
            connection.execute(sa.text("UPDATE dossier SET personne_ids = NULL"))
        world.answer_of_dsu(dossier_id, personne)

        named = {"dossier_id": str(dossier_id)}
        assert world.book([agent], [personne], changes=named).status == 201

    def test_nobody_can_tell_of_books_nothing(self, world, agent, personne):
        world.runtime.neighbours.down.add("dsu")

        answer = world.book([agent], [personne], changes={"dossier_id": str(new_id())})

        assert answer.status == 503
        assert world.sql("SELECT count(*) FROM rendezvous") == 0


class TestHolds:
    @pytest.fixture
    def held(self, world, agent):
        body = world.booking([agent], [])
        del body["personne_ids"]
        answer = world.post("/v1/holds", body, role="secretaire", subject="lea")
        assert answer.status == 201
        return answer.json

    def confirm(self, world, held, personne, **options):
        body = {"hold_id": held["hold_id"], "personne_ids": [str(personne)]}
        who = {"role": "secretaire", "subject": "lea"}
        return world.post("/v1/rendezvous", body, **who | options)

    def test_someone_elses_hold_is_unknown(self, world, held, personne):
        assert self.confirm(world, held, personne, subject="max").status == 404
        path = f"/v1/holds/{held['hold_id']}"
        assert world.client.delete(path, role="secretaire", subject="max").status == 404

    def test_keeps_the_place_from_others(self, world, agent, held, personne):
        assert world.book([agent], [personne]).status == 409

    def test_becomes_a_rendezvous_once(self, world, held, personne):
        first = self.confirm(world, held, personne)
        second = self.confirm(world, held, personne)

        assert (first.status, second.status) == (201, 409)
        assert second.json["type"].endswith("reservation-expiree")
        assert world.sql("SELECT count(*) FROM occupation WHERE hold_id IS NOT NULL") == 0
        due = "SELECT count(*) FROM due WHERE done_at IS NULL AND kind = 'hold_expiry'"
        assert world.sql(due) == 0

    def test_expires_after_five_minutes(self, world, agent, held, personne):
        world.at(world.runtime.clock() + minutes(5))

        assert run_due(world.runtime) == 1
        assert self.confirm(world, held, personne).status == 409
        assert world.book([agent], [personne]).status == 201

    def test_past_its_time_it_stands_in_nobodys_way_even_unswept(
        self, world, agent, held, personne
    ):
        world.at(world.runtime.clock() + minutes(5))

        assert world.book([agent], [personne]).status == 201
        assert run_due(world.runtime) == 1
        assert world.sql("SELECT count(*) FROM occupation WHERE kind = 'agent'") == 1

    def test_one_that_was_used_does_not_expire(self, world, held, personne):
        assert self.confirm(world, held, personne).status == 201
        world.at(world.runtime.clock() + minutes(5))

        run_due(world.runtime)

        assert world.sql("SELECT status FROM hold") == "USED"
        assert world.sql("SELECT count(*) FROM occupation") == 2

    def test_can_be_given_back(self, world, agent, held, personne):
        path = f"/v1/holds/{held['hold_id']}"

        assert world.client.delete(path, role="secretaire", subject="lea").status == 204
        assert world.book([agent], [personne]).status == 201


class TestMoves:
    @pytest.fixture
    def booked(self, world, agent, personne):
        return world.book([agent], [personne]).json["rendezvous_id"]

    def test_an_older_reading_is_refused(self, world, booked):
        later = {"starts_at": (NINE + timedelta(hours=1)).isoformat()}
        assert world.act(booked, "move", later).status == 200

        assert world.act(booked, "move", later).status == 412
        assert world.act(booked, "move", later, etag=None).status == 428

    def test_keeps_the_id_and_frees_the_old_place(self, world, agent, booked):
        later = {"starts_at": (NINE + timedelta(hours=1)).isoformat()}

        answer = world.act(booked, "move", later)

        assert answer.status == 200
        assert answer.etag == '"2"'
        assert answer.json["rendezvous_id"] == booked
        assert world.book([agent], [world.personne()]).status == 201
        moved = published(world.runtime)[1]
        assert moved.routing_key == "rendezvous_moved.v1"
        assert moved.aggregate_version == 2
        assert moved.data["previous_starts_at"] == "2023-01-10T08:00:00Z"

    def test_may_overlap_its_own_old_place(self, world, booked):
        half = {"starts_at": (NINE + minutes(30)).isoformat()}

        assert world.act(booked, "move", half).status == 200

    def test_onto_a_taken_place_keeps_the_old_one(self, world, agent, booked):
        later = {"starts_at": (NINE + timedelta(hours=1)).isoformat()}
        world.book([agent], [world.personne()], changes=later)

        answer = world.act(booked, "move", later)

        assert answer.status == 409
        assert len(answer.json["alternatives"]) >= 3
        assert (
            world.client.get(f"/v1/rendezvous/{booked}", role="secretaire", mds=[MDS])
            .json["starts_at"]
            .startswith("2023-01-10T08:00")
        )
        assert world.book([agent], [world.personne()]).status == 409

    def test_to_another_agent_and_site(self, world, agent, booked):
        other = world.agent(mds=FAR_MDS, site=FAR_SITE)
        world.open(other, DAY, site=FAR_SITE)
        there = {"starts_at": NINE.isoformat(), "agent_ids": [str(other)], "site": FAR_SITE}

        answer = world.act(booked, "move", there)

        assert (answer.status, answer.json["mds"]) == (200, FAR_MDS)
        assert world.book([agent], [world.personne()]).status == 201
