"""Sessions of the commissions: on record before anything is decided in their name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from chassis.ids import new_id

from .conftest import MDS, Office

pytestmark = pytest.mark.usefixtures("common")


class TestRegister:
    @pytest.mark.parametrize("role", ["responsable", "travailleur_social", "finance", "admin"])
    def test_only_the_direction_does(self, office: Office, role: str) -> None:
        assert office.post("/v1/seances", {}, role=role).status == 403

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"session_on": "2023-03-07"}, "/session_on"),
            ({"agent_ids": []}, "/agent_ids"),
            ({"demande_ids": [str(new_id())]}, "/demande_ids/0"),
        ],
    )
    def test_what_does_not_hold_is_refused(
        self, office: Office, change: dict[str, Any], pointer: str
    ) -> None:
        answer = office.register(**change)

        assert answer.json["type"].endswith(":seance-incoherente")
        assert answer.json["errors"][0]["pointer"] == pointer

    def test_a_member_is_an_agent_of_the_annuaire(self, office: Office) -> None:
        stranger = str(new_id())
        body = {"instance": "FAJ", "session_on": "2023-03-06", "reference": "PV-1"}

        unknown = office.post("/v1/seances", body | {"agent_ids": [stranger]}, role="direction")
        fake: Any = office.runtime.neighbours
        fake.down.add("accueil")
        unsaid = office.post("/v1/seances", body | {"agent_ids": [stranger]}, role="direction")

        assert unknown.json["errors"][0]["pointer"] == "/agent_ids/0"
        assert unsaid.status == 503

    def test_a_file_of_another_body_or_filed_since_is_not_on_its_agenda(
        self, office: Office
    ) -> None:
        secours = office.file().json["demande_id"]

        other = office.register(instance="FAJ", demande_ids=[secours])
        early = office.register(session_on="2023-03-05", demande_ids=[secours])

        for answer in (other, early):
            assert answer.json["errors"][0]["pointer"] == "/demande_ids/0"

    def test_is_read_by_who_decides_and_registered_once(self, office: Office) -> None:
        demande = office.instructed()
        first = office.register(reference="2023-05", demande_ids=[demande.json["demande_id"]])
        path = f"/v1/seances/{first.json['seance_id']}"

        again = office.register(reference="2023-05")

        assert again.json["type"].endswith(":seance-deja-enregistree")
        assert office.client.get(path, role="responsable").json == first.json
        listed = office.client.get("/v1/seances", role="direction").json["seances"]
        assert [seance["reference"] for seance in listed] == ["2023-05"]
        assert office.client.get(path, role="secretaire").status == 403
        assert office.client.get(f"/v1/seances/{new_id()}", role="direction").status == 404

    def test_its_agenda_grows_and_nothing_is_taken_off(self, office: Office) -> None:
        first, second = office.instructed(), office.instructed()
        seance_id = office.session(first)

        grown = office.post(
            f"/v1/seances/{seance_id}/agenda",
            {"demande_ids": [second.json["demande_id"], first.json["demande_id"]]},
            role="direction",
        )

        ids = [demande.json["demande_id"] for demande in (first, second)]
        assert grown.json["demande_ids"] == ids
        assert office.decide(second, seance_id=seance_id).status == 200


class TestDecision:
    def test_a_session_nobody_registered_decides_nothing(self, office: Office) -> None:
        demande = office.instructed(requested_cents=9_000_000)

        answer = office.decide(demande, seance_id=str(new_id()))

        assert answer.status == 422
        assert answer.json["type"].endswith(":commission-incorrecte")
        assert office.read(demande).json["status"] == "INSTRUCTED"

    def test_a_session_that_saw_another_file_decides_nothing_of_this_one(
        self, office: Office
    ) -> None:
        demande, other = office.instructed(requested_cents=90_000), office.instructed()

        answer = office.decide(demande, seance_id=office.session(other))

        assert answer.json["type"].endswith(":commission-incorrecte")

    def test_keeps_the_session_it_was_taken_in(self, office: Office) -> None:
        demande = office.instructed(requested_cents=90_000)
        assert office.decide(demande).json["type"].endswith(":commission-requise")
        seance_id = office.session(demande, reference="2023-05")

        granted = office.decide(demande, seance_id=seance_id)

        (decision,) = office.decisions(granted)
        kept = ("path", "seance_id", "instance", "session_on", "session_reference", "act")
        assert tuple(decision[name] for name in kept) == (
            "COMMISSION",
            seance_id,
            "CENTRALISEE",
            "2023-03-06",
            "2023-05",
            "DECISION",
        )

    def test_is_recorded_by_who_sat(self, office: Office) -> None:
        demande = office.instructed(requested_cents=90_000)
        seance_id = office.session(demande)

        absent = office.decide(demande, seance_id=seance_id, agent_id=new_id())

        assert absent.status == 403
        assert absent.json["type"].endswith(":hors-de-la-seance")

    def test_without_a_quorum_is_refused(self, office: Office) -> None:
        demande = office.instructed(requested_cents=90_000)
        seance_id = office.session(demande, agent_ids=[office.decider, office.instructor, new_id()])

        answer = office.decide(demande, seance_id=seance_id)

        assert answer.json["type"].endswith(":quorum-non-atteint")
        assert (answer.json["quorum"], answer.json["presents"]) == (3, 2)


class TestAvis:
    @pytest.fixture
    def young(self, office: Office) -> str:
        office.open_enveloppe(10_000_000, ["FAJ"])
        personne_id = new_id()
        office.born(personne_id, "2003-01-01")
        return str(personne_id)

    def test_does_not_extend_the_delegation_of_who_decides(
        self, office: Office, young: str
    ) -> None:
        demande = office.instructed("FAJ", demandeur_id=young, requested_cents=70_000)
        seance_id = office.session(demande, instance="FAJ")

        alone = office.decide(demande, seance_id=seance_id)
        granted = office.decide(demande, seance_id=seance_id, role="direction")

        assert alone.status == 403
        assert alone.json["type"].endswith(":delegation-depassee")
        (decision,) = office.decisions(granted)
        assert (decision["path"], decision["act"]) == ("DELEGATION", "AVIS")
        assert decision["seance_id"] == seance_id

    def test_opens_the_way_when_a_limit_is_exceeded(self, office: Office, young: str) -> None:
        wealthy = {"resources_cents": 900_000}
        demande = office.instruct(office.file("FAJ", demandeur_id=young), situation=wealthy)
        assert office.decide(demande).json["type"].endswith(":commission-requise")

        granted = office.decide(demande, seance_id=office.session(demande, instance="FAJ"))

        assert granted.json["status"] == "GRANTED"


class TestTheDatabase:
    def test_refuses_a_decision_in_the_name_of_a_session_that_did_not_see_the_file(
        self, office: Office
    ) -> None:
        office.granted()
        other = office.session(office.instructed())
        cheat = f"UPDATE decision SET path = 'COMMISSION', seance_id = '{UUID(other)}'"

        with (
            pytest.raises(sa.exc.IntegrityError, match="fk_decision_seance_id_demande_id"),
            office.runtime.engine.begin() as connection,
        ):
            connection.exec_driver_sql(cheat)

    def test_refuses_a_commission_without_a_session(self, office: Office) -> None:
        office.granted()

        with (
            pytest.raises(sa.exc.IntegrityError, match="ck_decision_seance"),
            office.runtime.engine.begin() as connection,
        ):
            connection.exec_driver_sql("UPDATE decision SET path = 'COMMISSION'")

    @pytest.mark.parametrize(
        "statement", ["UPDATE seance SET bodies = '{X}'", "DELETE FROM seance"]
    )
    def test_refuses_to_rewrite_a_session(self, office: Office, statement: str) -> None:
        office.session(office.instructed())

        with (
            pytest.raises(sa.exc.DBAPIError, match=r"permission denied|append-only"),
            office.runtime.engine.begin() as connection,
        ):
            connection.exec_driver_sql(statement)


def test_a_session_of_yesterday_may_be_registered_today(office: Office) -> None:
    demande = office.instructed(requested_cents=90_000)
    office.at(datetime(2023, 3, 8, 9, tzinfo=UTC))

    granted = office.decide(demande, seance_id=office.session(demande, session_on="2023-03-07"))

    assert granted.json["status"] == "GRANTED"
    assert granted.json["mds"] == MDS
