"""A protected personne's demande: its instructor, a rank for its act, nobody else of the MDS."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from chassis.ids import new_id
from chassis.testing import Answer

from .conftest import MDS, Office
from .test_protection import tell, told

pytestmark = pytest.mark.usefixtures("common")


def protect(office: Office, personne_id: UUID, *opened_to: UUID) -> None:
    """accueil tells a protected file, and to whom it is open."""
    tell(office, personne_id, "personne_registered")
    lists = {"opened_agent_ids": list(opened_to), "closed_agent_ids": []}
    tell(office, personne_id, "protection_changed", version=2, protected=True, **lists)


def look(office: Office, demande: Answer, path: str = "", **who: Any) -> Answer:
    """Somebody of the MDS looks at a demande."""
    options = {"role": "travailleur_social", "agent_id": new_id(), "mds": [MDS]} | who
    return office.client.get(f"/v1/demandes/{demande.json['demande_id']}{path}", **options)


def journal(office: Office, demande: Answer) -> list[tuple[str, str]]:
    """(roles, act) of each sight on record."""
    answer = look(office, demande, "/readings", role="dpo", mds=[])
    return [(reading["roles"], reading["what"]) for reading in answer.json["readings"]]


def listed(office: Office, **who: Any) -> list[str]:
    """The ids of the demandes somebody's list shows."""
    found = office.client.get("/v1/demandes", **{"mds": [MDS]} | who).json["demandes"]
    return [one["demande_id"] for one in found]


@pytest.fixture
def victim(office: Office) -> UUID:
    """Somebody whose file is open to the instructor alone."""
    personne_id = new_id()
    protect(office, personne_id, office.instructor)
    return personne_id


@pytest.fixture
def demande(office: Office, victim: UUID) -> Answer:
    """Filed and instructed by the only agent accueil opens the file to."""
    body = office.filing(demandeur_id=str(victim))
    filed = office.post("/v1/demandes", body, role="travailleur_social", agent_id=office.instructor)
    return office.instruct(filed)


class TestFiling:
    @pytest.mark.parametrize("role", ["secretaire", "travailleur_social"])
    @pytest.mark.parametrize("place", ["demandeur_id", "foyer_ids"])
    def test_is_refused_as_for_nobody_to_whom_the_file_is_not_open(
        self, office: Office, victim: UUID, role: str, place: str
    ) -> None:
        def file_for(personne_id: UUID) -> Answer:
            named = [str(personne_id)] if place == "foyer_ids" else str(personne_id)
            body = office.filing(**{place: named})
            if place == "foyer_ids":
                office.knows(body["demandeur_id"])
            return office.post("/v1/demandes", body, role=role, agent_id=new_id())

        assert told(file_for(victim)) == told(file_for(new_id()))
        assert file_for(victim).status == 404

    def test_is_for_whom_it_is_open_to_and_for_a_responsable(
        self, office: Office, victim: UUID
    ) -> None:
        body = office.filing(demandeur_id=str(victim))

        opened = office.post("/v1/demandes", body, role="secretaire", agent_id=office.instructor)
        by_rank = office.post("/v1/demandes", body, role="responsable", agent_id=new_id())

        assert (opened.status, by_rank.status) == (201, 201)


class TestSight:
    @pytest.mark.parametrize(
        ("role", "path"),
        [
            ("secretaire", ""),
            ("secretaire", "/payments"),
            ("travailleur_social", ""),
            ("travailleur_social", "/instruction"),
            ("travailleur_social", "/decisions"),
        ],
    )
    def test_is_not_there_for_the_rest_of_the_mds(
        self, office: Office, demande: Answer, role: str, path: str
    ) -> None:
        seen = look(office, demande, path, role=role)

        nothing = office.client.get(
            f"/v1/demandes/{new_id()}{path}", role=role, agent_id=new_id(), mds=[MDS]
        )
        assert told(seen) == told(nothing)
        assert listed(office, role=role, agent_id=new_id()) == []

    def test_is_its_instructors_without_a_word(self, office: Office, demande: Answer) -> None:
        who = {"role": "travailleur_social", "agent_id": office.instructor}

        assert look(office, demande, "/instruction", **who).json["social_note"]
        assert listed(office, **who) == [demande.json["demande_id"]]
        assert journal(office, demande) == []

    @pytest.mark.parametrize(
        ("role", "paths"),
        [
            ("responsable", {"": "READ", "/instruction": "READ_INSTRUCTION"}),
            ("direction", {"": "READ", "/decisions": "READ_DECISIONS"}),
            ("finance", {"": "READ", "/payments": "READ_PAYMENTS"}),
        ],
    )
    def test_by_rank_is_on_record_each_time(
        self, office: Office, demande: Answer, role: str, paths: dict[str, str]
    ) -> None:
        for path in paths:
            assert look(office, demande, path, role=role).status == 200
        assert listed(office, role=role, agent_id=new_id()) == [demande.json["demande_id"]]

        acts = [*paths.values(), "LIST"]
        assert journal(office, demande) == [(role, act) for act in acts]

    def test_of_another_demande_is_not(self, office: Office) -> None:
        plain = office.instructed()

        assert look(office, plain, role="responsable").status == 200
        assert look(office, plain).status == 200
        assert journal(office, plain) == []

    def test_is_lost_by_who_filed_once_the_file_is_protected(self, office: Office) -> None:
        personne_id, secretary = new_id(), new_id()
        office.knows(str(personne_id))
        body = office.filing(demandeur_id=str(personne_id))
        filed = office.post("/v1/demandes", body, role="secretaire", agent_id=secretary)
        who = {"role": "secretaire", "agent_id": secretary}
        assert look(office, filed, **who).status == 200

        protect(office, personne_id)

        assert look(office, filed, **who).status == 404


class TestActs:
    def test_whoever_accueil_opens_the_file_to_is_the_first_to_instruct_and_the_only_one(
        self, office: Office, victim: UUID
    ) -> None:
        first, second = office.instructor, new_id()
        lists = {"opened_agent_ids": [first, second], "closed_agent_ids": []}
        tell(office, victim, "protection_changed", version=3, protected=True, **lists)
        filed = office.post(
            "/v1/demandes",
            office.filing(demandeur_id=str(victim)),
            role="responsable",
            agent_id=new_id(),
        )
        assert look(office, filed, agent_id=second).status == 200

        instructed = office.instruct(filed)

        assert instructed.status == 200
        assert look(office, filed, agent_id=first).status == 200
        assert look(office, filed, agent_id=second).status == 404

    def test_each_act_by_rank_is_on_record(self, office: Office, demande: Answer) -> None:
        granted = office.decide(demande)
        paid = office.pay(granted, "MDT-1")

        assert (granted.status, paid.status) == (200, 201)
        assert journal(office, demande) == [("responsable", "DECIDE"), ("finance", "PAY")]

    def test_nobody_else_instructs_or_stops_it(self, office: Office, demande: Answer) -> None:
        stop = f"/v1/demandes/{demande.json['demande_id']}/withdraw"
        who = {"role": "secretaire", "agent_id": new_id(), "etag": demande.etag}
        assert office.post(stop, {"reason": "PERSONNE_RENONCE"}, **who).status == 404

        office.instructor = new_id()
        assert office.instruct(demande).status == 404


class TestJournal:
    @pytest.mark.parametrize("role", ["responsable", "direction", "travailleur_social", "admin"])
    def test_is_for_the_dpo_alone(self, office: Office, demande: Answer, role: str) -> None:
        assert look(office, demande, "/readings", role=role).status == 403

    def test_of_no_demande_is_not_there(self, office: Office) -> None:
        answer = office.client.get(f"/v1/demandes/{new_id()}/readings", role="dpo")

        assert answer.status == 404

    def test_comes_page_after_page(self, office: Office, demande: Answer) -> None:
        for _ in range(3):
            look(office, demande, role="responsable")

        first = look(office, demande, "/readings?limit=2", role="dpo").json
        rest = look(office, demande, f"/readings?limit=2&cursor={first['next']}", role="dpo").json

        assert [len(page["readings"]) for page in (first, rest)] == [2, 1]
        assert rest["next"] is None

    @pytest.mark.parametrize(
        "statement", ["UPDATE reading SET what = 'PAY'", "DELETE FROM reading"]
    )
    def test_is_never_rewritten(self, office: Office, demande: Answer, statement: str) -> None:
        look(office, demande, role="responsable")

        with (
            pytest.raises(sa.exc.DBAPIError, match=r"permission denied|append-only"),
            office.runtime.engine.begin() as connection,
        ):
            connection.exec_driver_sql(statement)
