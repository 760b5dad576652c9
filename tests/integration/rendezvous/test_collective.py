"""Collective rendezvous over HTTP: what is refused and hidden first."""

from __future__ import annotations

import pytest

from chassis.ids import new_id
from chassis.testing import published
from tests.integration.again import sent_again
from tests.integration.rendezvous.conftest import (
    FAR_MDS,
    FAR_SITE,
    MISMATCHES,
    NINE,
    minutes,
)
from tests.integration.rendezvous.session import (
    ABSENT,
    DAY,
    LATER,
    act_on,
    join,
    new_session,
    read,
    told,
    two_seats,
)


@pytest.fixture
def agent(world):
    agent_id = world.agent()
    world.open(agent_id, DAY, "2023-01-11")
    return agent_id


@pytest.fixture
def atelier(world, agent):
    """A motif of two seats, which people may take themselves, and a session of it."""
    return two_seats(world, agent)


class TestRefusals:
    def test_a_person_enrols_nobody_else(self, world, atelier):
        who = {"role": "personne", "personne_id": world.personne(), "mds": []}

        assert join(world, atelier, world.personne(), **who).status == 403
        assert join(world, atelier, who["personne_id"], **who).status == 201

    def test_a_session_for_agents_is_not_there_for_a_person(self, world, agent):
        world.motif(code="ATELIER", capacity=2)
        session, personne = new_session(world, agent), world.personne()
        who = {"role": "personne", "personne_id": personne, "mds": []}
        query = f"/v1/sessions?motif=ATELIER&from={DAY}&to={DAY}"

        hidden = join(world, session, personne, **who)

        assert (hidden.status, hidden.json["type"]) == (
            404,
            join(world, new_id(), personne, **who).json["type"],
        )
        assert world.client.get(query, **who).status == 403

    def test_a_person_neither_sets_up_moves_nor_gives_up_the_whole(self, world, agent, atelier):
        personne = world.personne()
        who = {"role": "personne", "personne_id": personne, "mds": []}
        join(world, atelier, personne)

        own = world.booking([agent], [personne], motif="ATELIER", **LATER)
        assert world.post("/v1/rendezvous", own, **who).status == 403
        for act, body in (("move", LATER), ("cancel", {})):
            refused = world.act(atelier, act, body, etag='"2"', **who)
            assert refused.json["type"].endswith("collectif-pour-tous")

    def test_someone_closed_to_the_agent_or_unknown_answers_alike(self, world, atelier):
        clerk, relative = new_id(), world.personne()
        world.protect(relative, protected=False, closed_to=[clerk])

        closed = join(world, atelier, relative, agent_id=clerk)
        unknown = join(world, atelier, new_id(), agent_id=clerk)

        assert (closed.status, closed.json["type"]) == (404, unknown.json["type"])
        assert closed.json["detail"] == unknown.json["detail"]

    def test_an_individual_one_takes_nobody_and_shows_nothing(self, world, agent, atelier):
        alone = world.book([agent], [world.personne()], changes=LATER).json["rendezvous_id"]
        stranger = {"mds": [FAR_MDS], "subject": "ailleurs"}

        assert join(world, alone, world.personne()).json["type"].endswith("rendezvous-individuel")
        assert join(world, alone, world.personne(), **stranger).status == 404

    def test_someone_who_died_or_is_elsewhere_at_that_time(self, world, atelier):
        gone, busy, other = world.personne(), world.personne(), world.agent()
        world.dies(gone)
        world.open(other, DAY)
        world.book([other], [busy])

        assert join(world, atelier, gone).json["type"].endswith("personne-decedee")
        assert join(world, atelier, busy).json["type"].endswith("personne-prise")
        assert world.sql("SELECT count(*) FROM participation") == 0

    def test_a_site_that_is_closed_meanwhile_is_no_rendezvous_of_theirs(self, world, atelier):
        closed = {"first_day": DAY, "site": FAR_SITE, "label": "Travaux"}
        assert world.post("/v1/fermetures", closed, role="admin").status == 201

        assert join(world, atelier, world.personne()).status == 201

    def test_it_is_tied_to_no_dossier(self, world, agent, atelier):
        personne = world.personne()
        tied = {"motif": "ATELIER", "dossier_id": str(world.dossier(personne))} | LATER

        assert world.book([agent], [personne], changes=tied).status == 422

    def test_a_motif_does_not_change_its_nature(self, world, atelier):
        (current,) = [
            one
            for one in world.client.get("/v1/motifs", role="admin").json["motifs"]
            if one["code"] == "ATELIER"
        ]
        path = f"/v1/motifs/{current['motif_id']}/end"
        world.post(path, {"valid_to": "2023-12-31"}, role="admin", etag='"1"')
        alone = {"code": "ATELIER", "label": "x", "kind": "AUTRE", "modality": "PRESENTIEL"}
        alone |= {"duration_minutes": 30, "valid_from": "2024-01-01"}

        refused = world.post("/v1/motifs", alone, role="admin")

        assert refused.json["type"].endswith("motif-nature")
        assert world.post("/v1/motifs", alone | {"capacity": 9}, role="admin").status == 201


class TestWhoSeesWhom:
    def test_a_person_never_learns_who_else_takes_part(self, world, atelier):
        me, other = world.personne(), world.personne()
        join(world, atelier, me)
        join(world, atelier, other)
        who = {"role": "personne", "personne_id": me, "mds": []}

        one = read(world, atelier, **who)
        listed = world.client.get(f"/v1/personnes/{me}/rendezvous", **who)
        own = act_on(world, atelier, me, "cancel", {}, **who)

        assert one.json["personne_ids"] == [str(me)]
        assert [p["personne_id"] for p in one.json["participants"]] == [str(me)]
        assert act_on(world, atelier, other, "cancel", {}, **who).status == 404
        assert all(str(other) not in a.body.decode() for a in (one, listed, own))

    def test_one_protected_is_hidden_alone(self, world, agent, atelier):
        hidden, other = world.personne(), world.personne()
        join(world, atelier, hidden)
        join(world, atelier, other)
        world.protect(hidden)
        colleague = {"agent_id": new_id()}

        seen = read(world, atelier, **colleague)

        assert seen.json["personne_ids"] == [str(other)]
        assert seen.json["seats_left"] == 0
        assert act_on(world, atelier, hidden, "cancel", {}, **colleague).status == 404
        holder = {"role": "travailleur_social", "agent_id": agent}
        assert len(read(world, atelier, **holder).json["personne_ids"]) == 2

    def test_one_closed_to_its_agent_is_hidden_from_them_alone(self, world, agent, atelier):
        relative, other = world.personne(), world.personne()
        join(world, atelier, relative)
        join(world, atelier, other)
        world.protect(relative, protected=False, closed_to=[agent])
        holder = {"role": "travailleur_social", "agent_id": agent}

        assert read(world, atelier, **holder).json["personne_ids"] == [str(other)]
        world.at(NINE)
        assert act_on(world, atelier, relative, "honour", **holder).status == 404
        assert act_on(world, atelier, other, "honour", **holder).status == 200


class TestWhatIsTold:
    def test_each_is_told_alone_and_the_whole_to_all(self, world, agent, atelier):
        anna, boris = sorted([world.personne(), world.personne()])
        join(world, atelier, anna)
        join(world, atelier, boris)
        moved = world.act(atelier, "move", LATER, etag='"3"')
        assert moved.status == 200, moved.json
        act_on(world, atelier, anna, "cancel", {"by": "PERSONNE", "reason": "PERSONNE_REQUEST"})
        world.act(atelier, "cancel", {}, etag='"5"')

        assert told(world) == [
            ("rendezvous_booked", []),
            ("participant_joined", [str(anna)]),
            ("participant_joined", [str(boris)]),
            ("rendezvous_moved", [str(anna), str(boris)]),
            ("participant_left", [str(anna)]),
            ("rendezvous_cancelled", [str(boris)]),
        ]
        left = published(world.runtime)[4]
        assert (left.data["by"], left.aggregate_version) == ("PERSONNE", 5)
        assert world.sql("SELECT count(*) FROM occupation") == 0

    def test_a_death_takes_that_one_alone(self, world, atelier):
        gone, other = world.personne(), world.personne()
        join(world, atelier, gone)
        join(world, atelier, other)

        world.dies(gone)

        assert told(world)[-1] == ("participant_left", [str(gone)])
        seen = read(world, atelier).json
        assert (seen["status"], seen["personne_ids"]) == ("BOOKED", [str(other)])
        assert world.sql(MISMATCHES) == 0

    def test_it_is_held_once_whoever_came(self, world, agent, atelier):
        came, missed = world.personne(), world.personne()
        join(world, atelier, came)
        join(world, atelier, missed)
        assert act_on(world, atelier, missed, "miss", ABSENT).status == 409
        world.at(NINE)
        assert act_on(world, atelier, missed, "miss", ABSENT).status == 200

        held = world.act(atelier, "honour", etag='"4"')

        states = {p["personne_id"]: p["status"] for p in held.json["participants"]}
        assert states == {str(came): "HONOURED", str(missed): "MISSED"}
        assert told(world)[-1] == ("rendezvous_honoured", [str(came)])
        activity = world.client.get(f"/v1/activity?from={DAY}&to={DAY}", role="direction").json[
            "rows"
        ]
        assert [(row["status"], row["count"]) for row in activity] == [("HONOURED", 1)]

    @pytest.mark.parametrize(("act", "body"), [("cancel", {}), ("honour", None), ("miss", ABSENT)])
    def test_an_act_on_one_sent_again_is_done_once(self, world, atelier, act, body):
        personne = world.personne()
        join(world, atelier, personne)
        world.at(NINE)

        again = sent_again(world.runtime, lambda: act_on(world, atelier, personne, act, body))

        assert again == 409

    def test_a_person_gives_their_seat_up_within_the_delay(self, world, atelier):
        personne = world.personne()
        join(world, atelier, personne)
        who = {"role": "personne", "personne_id": personne, "mds": []}
        world.at(NINE - minutes(119))

        assert act_on(world, atelier, personne, "cancel", {}, **who).status == 409
        world.at(NINE - minutes(120))
        seat = act_on(world, atelier, personne, "cancel", {}, **who).json
        assert seat["participation"]["cancelled_by"] == "PERSONNE"


def test_a_collective_one_that_starts_with_people_seats_them(world, agent):
    world.motif(code="ATELIER", capacity=2)
    personnes = [world.personne(), world.personne()]

    session = new_session(world, agent, *personnes)

    assert read(world, session).json["seats_left"] == 0
    assert world.sql("SELECT count(*) FROM participation WHERE status = 'BOOKED'") == 2
    assert world.sql(MISMATCHES) == 0
