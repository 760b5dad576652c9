"""Import of what a rendezvous may have: seats, a vehicle, a zone, two at once, marks."""

from __future__ import annotations

import pytest

from chassis.ids import new_id
from chassis.testing import published
from tests.integration.rendezvous.conftest import MDS, MISMATCHES, NINE, OVERLAPS, minutes
from tests.integration.rendezvous.transfer.conftest import bring, rendezvous, told, write

SECRETARY = {"role": "secretaire", "mds": [MDS]}
URGENT = {
    "override_reason": "DANGER",
    "override_by": "cheffe",
    "override_at": "2023-01-08T09:00:00+00:00",
}


def part(personne, status="BOOKED", **changes):
    return {"personne_id": str(personne), "status": status} | changes


@pytest.fixture
def session(world, held):
    """A line of a collective rendezvous to come, of three seats."""
    world.motif(code="ATELIER", capacity=3)

    def line(*participations, **changes):
        people = {"personne_ids": [], "participations": list(participations)}
        return held(motif="ATELIER", **people | changes)

    return line


class TestCollective:
    def test_each_enrolment_is_told_to_whom_it_concerns_and_once(self, world, tmp_path, session):
        here, left = world.personne(), world.personne()
        file = write(
            tmp_path, [session(part(here, joined_by="secretariat"), part(left, "CANCELLED"))]
        )

        first, _ = bring(world, file)
        again, _ = bring(world, file)

        assert (first, again) == ({"faite(s)": 1}, {"déjà faite(s)": 1})
        facts = published(world.runtime)[-2:]
        assert [fact.name for fact in facts] == ["rendezvous_booked", "participant_joined"]
        assert [fact.data["personne_ids"] for fact in facts] == [[], [str(here)]]
        assert world.sql("SELECT personne_ids FROM rendezvous") == [here]
        assert world.sql("SELECT count(*) FROM participation WHERE joined_by = 'secretariat'") == 1
        assert world.sql(MISMATCHES) == 0

    def test_of_the_past_each_state_is_kept_and_told_to_nobody(self, world, tmp_path, past):
        world.motif(code="CAFE", capacity=3, valid_from="2020-01-01")
        before = told(world)
        came, missed = world.personne(), world.personne()
        parts = [part(came, "HONOURED"), part(missed, "MISSED", excused=True)]
        line = past() | {"motif": "CAFE", "personne_ids": [], "participations": parts}

        counts, refused = bring(world, write(tmp_path, [line]))

        assert (counts, refused) == ({"faite(s)": 1}, [])
        assert told(world) == before
        (session,) = world.client.get(f"/v1/personnes/{came}/rendezvous", **SECRETARY).json[
            "rendezvous"
        ]
        assert session["status"] == "HONOURED"
        excused = "SELECT excused FROM participation WHERE personne_id = :one"
        assert world.sql(excused, one=missed) is True

    @pytest.mark.parametrize(
        ("changes", "code", "field"),
        [
            ({"personne_ids": [str(new_id())]}, "motif-collectif", "personne_ids"),
            ({"motif": "ACCOMPAGNEMENT"}, "rendezvous-individuel", "participations"),
            ({"status": "CANCELLED"}, "invalide", "participations/0/status"),
            ({"dossier_id": str(new_id())}, "collectif-sans-rattachement", "dossier_id"),
            ({"capacity": 1}, "motif-nature", "capacity"),
            ({"participations": [part(new_id())]}, "personne-introuvable", "participations"),
            ({"participations": [{}]}, "donnees-invalides", "participations/0/personne_id"),
            ({"late_minutes": 10}, "invalide", "late_minutes"),
        ],
    )
    def test_what_is_wrong_is_named(self, world, tmp_path, session, changes, code, field):
        file = write(tmp_path, [session(part(world.personne())) | changes])

        counts, refused = bring(world, file)

        assert counts == {"refusée(s)": 1}
        assert (code, field) in {(one["code"], one["champ"]) for one in refused}
        assert rendezvous(world) == world.sql("SELECT count(*) FROM participation") == 0

    def test_one_who_cannot_sit_there_refuses_the_line_whole(self, world, tmp_path, session):
        died, taken = world.personne(), world.personne()
        world.dies(died)
        elsewhere = world.agent()
        world.open(elsewhere, "2023-01-10")
        world.book([elsewhere], [taken])
        many = [part(world.personne()) for _ in range(4)]
        lines = [session(part(died)), session(part(taken)), session(*many)]

        counts, refused = bring(world, write(tmp_path, lines))

        assert counts == {"refusée(s)": 3}
        assert [(one["code"], one["champ"]) for one in refused] == [
            ("personne-decedee", "participations"),
            ("creneau-pris", "starts_at"),
            ("complet", "participations"),
        ]
        assert rendezvous(world) == 1


class TestIndividual:
    @pytest.mark.parametrize(
        ("changes", "code", "field"),
        [
            ({"vehicle_id": str(new_id())}, "vehicule-inconnu", "vehicle_id"),
            ({"zone": "VALLEE"}, "zone-inconnue", "zone"),
            ({"motif": "VISITE", "zone": "AILLEURS"}, "zone-inconnue", "zone"),
            ({"motif": "BINOME"}, "binome-requis", "agent_ids"),
            ({"override_reason": "DANGER"}, "donnees-invalides", "override_reason"),
            ({"late_minutes": 10}, "invalide", "late_minutes"),
            ({"booked_by": "Mme Dupont"}, "donnees-invalides", "booked_by"),
            ({"travel_minutes": 999}, "donnees-invalides", "travel_minutes"),
            ({"ends_at": "2023-01-12T08:00Z"}, "donnees-invalides", "ends_at"),
        ],
    )
    def test_what_is_wrong_is_named(self, world, tmp_path, held, changes, code, field):
        world.motif(code="VISITE", modality="VAD")
        world.motif(code="BINOME", min_agents=2)

        counts, (refused,) = bring(world, write(tmp_path, [held(**changes)]))

        assert counts == {"refusée(s)": 1}
        assert (refused["code"], refused["champ"]) == (code, field)
        assert "Dupont" not in str(refused)

    def test_two_at_once_are_taken_whichever_comes_first_and_no_third(
        self, world, tmp_path, held, agent
    ):
        world.open(second := world.agent(), "2023-01-10")
        personne = [str(world.personne())]
        urgent = held(personne_ids=personne, agent_ids=[str(second)], **URGENT)
        lines = [held(personne_ids=personne), urgent]

        counts, refused = bring(world, write(tmp_path, lines))

        assert (counts, refused) == ({"faite(s)": 2}, [])
        world.open(third := world.agent(), "2023-01-10")
        assert world.book([third], personne).status == 409
        assert (
            world.sql("SELECT override_by FROM rendezvous WHERE override_by IS NOT NULL")
            == "cheffe"
        )
        counts, refused = bring(world, write(tmp_path, [held(**URGENT)], "agent.jsonl"))
        assert [one["code"] for one in refused] == ["creneau-pris"]  # the agent's is never passed

    def test_a_visit_keeps_the_travel_it_was_booked_with(self, world, tmp_path, held, agent):
        world.motif(code="VISITE", modality="VAD")
        world.zone("VALLEE", 20)
        start = (NINE + minutes(60)).isoformat()
        line = held(motif="VISITE", zone="VALLEE", travel_minutes=35, starts_at=start)

        bring(world, write(tmp_path, [line]))

        assert world.sql("SELECT travel_minutes FROM rendezvous") == 35
        before = world.book([agent], [world.personne()])
        assert before.status == 409  # ends 15 minutes before, buffer included: 35 are needed
        assert world.sql(OVERLAPS) == 0

    def test_one_who_waited_for_it_waits_no_more(self, world, tmp_path, held):
        personne = world.personne()
        waiting = {
            "motif": "ACCOMPAGNEMENT",
            "mds": MDS,
            "personne_ids": [str(personne)],
            "until_on": "2023-03-31",
        }
        assert world.post("/v1/attentes", waiting, **SECRETARY).status == 201

        bring(world, write(tmp_path, [held(personne_ids=[str(personne)])]))

        assert world.sql("SELECT count(*) FROM due WHERE kind = 'attente_review'") == 1
