"""What becomes of a rendezvous, and who may read and act: the deny path first."""

from __future__ import annotations

from uuid import UUID

import pytest

from chassis.ids import new_id
from chassis.testing import published
from tests.integration.rendezvous.conftest import FAR_MDS, FAR_SITE, MDS, NINE, minutes

DAY = "2023-01-10"


@pytest.fixture
def agent(world):
    agent_id = world.agent()
    world.open(agent_id, DAY)
    return agent_id


@pytest.fixture
def personne(world):
    return world.personne()


@pytest.fixture
def booked(world, agent, personne):
    return world.book([agent], [personne], subject="secretariat").json["rendezvous_id"]


def last(world):
    return published(world.runtime)[-1]


class TestEnds:
    def test_nothing_is_honoured_or_missed_before_its_time(self, world, booked):
        world.at(NINE - minutes(1))

        assert world.act(booked, "honour").json["type"].endswith("pas-encore-commence")
        assert world.act(booked, "miss", {"excused": False}).status == 409

    def test_honoured_at_its_time(self, world, booked):
        world.at(NINE)

        answer = world.act(booked, "honour")

        assert (answer.status, answer.json["status"], answer.etag) == (200, "HONOURED", '"2"')
        assert last(world).routing_key == "rendezvous_honoured.v1"
        assert world.act(booked, "honour").status == 412
        assert world.act(booked, "cancel", {}, etag='"2"').status == 409

    def test_missed_excused_or_not(self, world, booked):
        world.at(NINE)

        assert world.act(booked, "miss", {}).status == 422
        assert world.act(booked, "miss", {"excused": True}).json["excused"] is True
        assert last(world).data["excused"] is True

    def test_cancelled_frees_the_place(self, world, agent, booked):
        answer = world.act(booked, "cancel", {"by": "PERSONNE", "reason": "PERSONNE_REQUEST"})

        assert answer.status == 200
        assert last(world).data["by"] == "PERSONNE"
        assert world.sql("SELECT count(*) FROM occupation") == 0
        assert world.book([agent], [world.personne()]).status == 201

    def test_nobody_cancels_in_the_name_of_the_system(self, world, booked):
        assert world.act(booked, "cancel", {"by": "SYSTEME"}).status == 422

    def test_a_death_cancels_what_is_to_come_only(self, world, agent, personne, booked):
        later = {"starts_at": (NINE + minutes(60)).isoformat()}
        world.book([agent], [world.personne(), personne], changes=later)
        world.at(NINE + minutes(10))

        world.dies(personne)

        assert world.sql("SELECT count(*) FROM rendezvous WHERE status = 'BOOKED'") == 1
        assert last(world).routing_key == "rendezvous_cancelled.v1"
        assert last(world).data["by"] == "SYSTEME"
        assert last(world).data["reason"] == "PERSONNE_DECEASED"
        assert world.sql("SELECT cancelled_by FROM rendezvous WHERE status = 'CANCELLED'")


class TestPersonne:
    """A person has their own rendezvous and nobody else's."""

    @pytest.fixture
    def own(self, world, agent, personne):
        world.motif(code="EN-LIGNE", bookable_by_personne=True)
        answer = self.book(world, agent, personne)
        assert answer.status == 201
        return answer.json["rendezvous_id"]

    def book(self, world, agent, personne, **changes):
        body = world.booking([agent], [personne], motif="EN-LIGNE", **changes)
        return world.post("/v1/rendezvous", body, role="personne", personne_id=personne)

    def test_others_are_not_there(self, world, own):
        stranger = {"role": "personne", "personne_id": world.personne(), "etag": '"1"'}

        assert world.client.get(f"/v1/rendezvous/{own}", **stranger).status == 404
        assert world.act(own, "cancel", {}, mds=[], **stranger).status == 404
        assert world.act(own, "honour", mds=[], **stranger).status == 403

    def test_the_list_of_another_is_not_there(self, world, personne, own):
        path = f"/v1/personnes/{personne}/rendezvous"

        assert world.client.get(path, role="personne", personne_id=new_id()).status == 404
        mine = world.client.get(path, role="personne", personne_id=personne).json
        assert [line["rendezvous_id"] for line in mine["rendezvous"]] == [own]

    def test_cannot_book_a_motif_of_agents_nor_for_another(self, world, agent, personne, own):
        who = {"role": "personne", "personne_id": personne}

        assert world.book([agent], [personne], **who).status == 403
        other = world.booking([agent], [world.personne()], motif="EN-LIGNE")
        assert world.post("/v1/rendezvous", other, **who).status == 403
        assert self.book(world, agent, personne, outside_opening=True).status == 403

    @pytest.mark.parametrize("link", ["dossier_id", "orientation_id"])
    def test_ties_it_to_no_dossier_nor_orientation(self, world, agent, personne, own, link):
        starts = (NINE + minutes(60)).isoformat()
        named = {"dossier_id": world.dossier(personne), "orientation_id": new_id()}[link]

        answer = self.book(world, agent, personne, starts_at=starts, **{link: str(named)})

        assert answer.status == 403
        assert self.book(world, agent, personne, starts_at=starts).status == 201

    def test_cancels_within_the_delay_only(self, world, personne, own):
        who = {"role": "personne", "personne_id": personne, "mds": []}
        world.at(NINE - minutes(119))
        late = world.act(own, "cancel", {}, **who)
        world.at(NINE - minutes(120))

        assert late.json["type"].endswith("annulation-tardive")
        answer = world.act(own, "cancel", {"by": "AGENT", "reason": "ERROR"}, **who)
        assert (answer.json["cancelled_by"], answer.json["cancel_reason"]) == (
            "PERSONNE",
            "PERSONNE_REQUEST",
        )

    def test_keeps_one_place_at_a_time(self, world, agent, personne, own):
        def hold(starts):
            body = world.booking([agent], [], motif="EN-LIGNE", starts_at=starts.isoformat())
            del body["personne_ids"]
            return world.post("/v1/holds", body, role="personne", personne_id=personne)

        assert hold(NINE + minutes(60)).status == 201
        assert hold(NINE + minutes(120)).status == 201
        assert world.sql("SELECT count(*) FROM hold WHERE status = 'OPEN'") == 1

    def test_confirms_what_it_holds(self, world, agent, personne, own):
        body = world.booking(
            [agent], [], motif="EN-LIGNE", starts_at=(NINE + minutes(60)).isoformat()
        )
        del body["personne_ids"]
        who = {"role": "personne", "personne_id": personne}
        held = world.post("/v1/holds", body, **who).json

        confirmed = {"hold_id": held["hold_id"], "personne_ids": [str(personne)]}
        assert world.post("/v1/rendezvous", confirmed, **who).status == 201


class TestAgents:
    def test_another_mds_does_not_see_it(self, world, booked):
        path = f"/v1/rendezvous/{booked}"
        stranger = {"role": "secretaire", "mds": [FAR_MDS]}

        assert world.client.get(path, **stranger).status == 404
        assert world.client.get(path, role="travailleur_social", agent_id=new_id()).status == 404
        assert world.client.get(path, role="secretaire", mds=[MDS]).status == 200

    def test_without_a_claim_the_mds_is_that_of_the_post_today(self, world, booked):
        colleague, far = world.agent(), world.agent(mds=FAR_MDS)
        path = f"/v1/rendezvous/{booked}"

        assert world.client.get(path, role="secretaire", agent_id=far).status == 404
        assert world.client.get(path, role="secretaire", agent_id=colleague).status == 200

    def test_the_referent_of_the_dossier_sees_it_until_it_closes(self, world, agent, personne):
        referent, dossier_id = world.agent(mds=FAR_MDS), new_id()
        world.answer_of_dsu(dossier_id, personne)
        booked = world.book([agent], [personne], changes={"dossier_id": str(dossier_id)})
        path = f"/v1/rendezvous/{booked.json['rendezvous_id']}"
        who = {"role": "travailleur_social", "agent_id": referent}

        assert world.client.get(path, **who).status == 404
        world.tell_dossier(dossier_id, "dossier_opened", personne, referent_agent_id=referent)
        assert world.client.get(path, **who).status == 200
        world.tell_dossier(dossier_id, "dossier_closed", personne, closed_on=DAY)
        assert world.client.get(path, **who).status == 404

    def agenda(self, world, agent, **who):
        path = f"/v1/agents/{agent}/agenda?from={DAY}&to={DAY}"
        return world.client.get(path, **{"role": "secretaire", "mds": [MDS]} | who)

    def test_an_agenda_of_another_mds_is_not_there(self, world, agent, booked):
        assert self.agenda(world, agent, mds=[FAR_MDS]).status == 404
        assert self.agenda(world, agent, role="direction").status == 403
        found = self.agenda(world, agent).json
        assert [line["rendezvous_id"] for line in found["rendezvous"]] == [booked]
        assert len(found["openings"]) == 2

    def test_a_volants_agenda_shows_an_mds_only_its_own(self, world):
        volant = world.agent(volant=True, mds=FAR_MDS)
        world.open(volant, DAY, site=FAR_SITE)
        world.open(volant, "2023-01-11")
        far = world.book([volant], [world.personne()], changes={"site": FAR_SITE})
        assert far.status == 201

        found = self.agenda(world, volant).json

        assert found["rendezvous"] == []

    @pytest.mark.parametrize("why", ["discreet", "protected"])
    def test_lists_show_less_to_others_than_the_agents_concerned(self, world, agent, why):
        personne = world.personne()
        if why == "discreet":
            world.motif(code="DISCRET", discreet=True)
        else:
            world.protect(personne)
        motif = "DISCRET" if why == "discreet" else "ACCOMPAGNEMENT"
        world.book([agent], [personne], changes={"motif": motif})

        (seen,) = self.agenda(world, agent).json["rendezvous"]
        (own,) = self.agenda(world, agent, role="travailleur_social", agent_id=agent, mds=[]).json[
            "rendezvous"
        ]

        assert seen["masked"] is True
        assert "personne_ids" not in seen
        assert "motif" not in seen
        assert own["masked"] is False
        assert own["personne_ids"] == [str(personne)]

    def test_the_list_of_a_personne_is_paged(self, world, agent, personne):
        times = [NINE + minutes(60 * n) for n in range(3)]
        for starts in times:
            world.book([agent], [personne], changes={"starts_at": starts.isoformat()})
        path = f"/v1/personnes/{personne}/rendezvous?limit=2"
        who = {"role": "secretaire", "mds": [MDS]}

        first = world.client.get(path, **who).json
        second = world.client.get(f"{path}&cursor={first['next']}", **who).json

        seen = [r["starts_at"] for r in first["rendezvous"] + second["rendezvous"]]
        assert seen == sorted(seen, reverse=True)
        assert len(seen) == 3
        assert second["next"] is None


class TestInternal:
    def test_is_for_services_only(self, world, booked):
        path = f"/internal/rendezvous/{booked}"

        assert world.client.get(path, role="secretaire", mds=[MDS]).status == 403
        state = world.client.get(path, role="service").json
        assert (state["status"], state["version"]) == ("BOOKED", 1)

    def test_states_of_those_that_exist(self, world, booked):
        body = {"rendezvous_ids": [booked, str(new_id())]}

        found = world.client.post("/internal/rendezvous/states", json=body, role="service").json

        assert [UUID(one["rendezvous_id"]) for one in found["rendezvous"]] == [UUID(booked)]
