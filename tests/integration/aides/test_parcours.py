"""A demande from filing to payment, and every hand that may not touch it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from chassis.ids import new_id
from chassis.testing import published

from .conftest import MDS, Office

pytestmark = pytest.mark.usefixtures("common")


class TestWhoMayDecide:
    def test_who_instructed_does_not(self, office: Office) -> None:
        demande = office.instructed()

        refused = office.decide(demande, agent_id=office.instructor)

        assert refused.status == 403
        assert refused.json["type"].endswith(":instructeur-ne-decide-pas")
        assert office.read(demande).json["status"] == "INSTRUCTED"

    def test_who_instructed_in_an_earlier_round_does_not_either(self, office: Office) -> None:
        first = office.instructor
        adjourned = office.decide(office.instructed(), "ADJOURNED")
        office.instructor = new_id()
        again = office.instruct(adjourned)

        assert office.decide(again, agent_id=first).status == 403
        assert office.decide(again).status == 200

    @pytest.mark.parametrize("role", ["secretaire", "travailleur_social", "finance", "dpo"])
    def test_other_roles_do_not(self, office: Office, role: str) -> None:
        assert office.decide(office.instructed(), role=role).status == 403

    def test_a_decider_without_an_agent_id_does_not(self, office: Office) -> None:
        assert office.decide(office.instructed(), agent_id=None).status == 403

    def test_beyond_its_delegation_a_role_does_not(self, office: Office) -> None:
        demande = office.instructed(requested_cents=55000)

        refused = office.decide(demande)

        assert refused.status == 403
        assert refused.json["delegation_cents"] == 50000
        assert office.decide(demande, role="direction").status == 200


class TestWhoMayRead:
    def test_another_mds_is_told_nothing(self, office: Office) -> None:
        demande_id = office.instructed().json["demande_id"]

        for path in ("", "/instruction", "/decisions", "/payments"):
            answer = office.client.get(
                f"/v1/demandes/{demande_id}{path}", role="responsable", mds=["MDS-CAUSSADE"]
            )
            assert answer.status == 404

    def test_a_token_without_mds_reads_nothing_but_its_own_files(self, office: Office) -> None:
        demande_id = office.instructed().json["demande_id"]
        path, role = f"/v1/demandes/{demande_id}", "travailleur_social"

        assert office.client.get(path, role=role, agent_id=new_id()).status == 404
        assert office.client.get(path, role=role, agent_id=office.instructor).status == 200

    @pytest.mark.parametrize("role", ["finance", "secretaire", "dpo", "admin"])
    def test_the_social_note_is_for_those_who_examine(self, office: Office, role: str) -> None:
        demande_id = office.instructed().json["demande_id"]

        answer = office.client.get(f"/v1/demandes/{demande_id}/instruction", role=role, mds=[MDS])

        assert answer.status == 403

    def test_the_list_shows_the_mds_of_the_caller(self, office: Office) -> None:
        mine = office.file().json["demande_id"]
        office.has_site("CAUSSADE", "MDS-CAUSSADE")
        office.file(mds="MDS-CAUSSADE", site="CAUSSADE")
        path = "/v1/demandes?limit=1"

        own = office.client.get(path, role="secretaire", mds=[MDS]).json
        none = office.client.get(path, role="secretaire").json
        everything = office.client.get(path, role="direction").json
        rest = office.client.get(f"{path}&cursor={everything['next']}", role="direction").json

        assert [d["demande_id"] for d in own["demandes"]] == [mine]
        assert none == {"demandes": [], "next": None}
        assert (len(rest["demandes"]), rest["next"]) == (1, None)


class TestAFileFromEndToEnd:
    def test_is_filed_instructed_granted_and_paid(self, office: Office, common: UUID) -> None:
        personne_id, dossier_id, orientation_id = new_id(), new_id(), new_id()
        office.tell_dossier(dossier_id, "dossier_opened", personne_id)
        filed = office.file(
            demandeur_id=str(personne_id),
            dossier_id=str(dossier_id),
            orientation_id=str(orientation_id),
        )
        granted = office.decide(office.instruct(filed))

        paid = office.pay(granted, "MDT-1")

        assert paid.status == 201
        assert office.read(filed).json["status"] == "PAID"
        facts = published(office.runtime)
        assert [fact.name for fact in facts] == ["demande_filed", "demande_decided", "aide_paid"]
        assert [fact.aggregate_version for fact in facts] == [1, 2, 3]
        assert facts[0].data["orientation_id"] == str(orientation_id)
        assert facts[1].data | {"demande_id": ""} == {
            "demande_id": "",
            "demandeur_id": filed.json["personne_ids"][0],
            "personne_ids": filed.json["personne_ids"],
            "mds": MDS,
            "site": "MONTAUBAN-CENTRE",
            "nature": "SECOURS",
            "dossier_id": str(dossier_id),
            "outcome": "GRANTED",
            "amount_cents": 20000,
            "decided_on": "2023-03-06",
        }
        assert office.ledger(common) == [("OPEN", 1_000_000), ("COMMIT", -20000), ("PAY", 0)]

    def test_keeps_an_explanation_for_every_rule_and_the_ways_of_appeal(
        self, office: Office
    ) -> None:
        (decision,) = office.decisions(office.granted("AM"))

        rules = [line["rule"] for line in decision["explanation"]]
        assert rules[-2:] == ["ENVELOPPE", "DELEGATION"]
        assert len(rules) == len(set(rules)) == 11
        assert all(line["sentence"] and line["reglement"] for line in decision["explanation"])
        assert decision["voies"]["prior_appeal"] == "OBLIGATOIRE"

    def test_tells_no_reason_and_no_text(self, office: Office) -> None:
        demande = office.instructed(reason="ATTENTE_DROIT", partner="CAF")
        office.decide(demande, "REFUSED", text="Secret de famille.")

        told = [fact.to_bytes().decode() for fact in published(office.runtime)]

        assert len(told) == 2
        for word in ("ATTENTE", "CAF", "Secret", "EVALUATION", "Note"):
            assert not any(word in text for text in told)

    def test_texts_and_budget_are_unreadable_in_the_database(self, office: Office) -> None:
        office.decide(office.instructed(), "REFUSED", text="Secret de famille.")

        with office.runtime.engine.connect() as connection:
            demande = connection.exec_driver_sql("SELECT * FROM demande").mappings().one()
            decision = connection.exec_driver_sql("SELECT * FROM decision").mappings().one()

        stored = repr(
            [
                bytes(v) if isinstance(v, memoryview) else v
                for row in (demande, decision)
                for v in row.values()
            ]
        )
        assert "Secret" not in stored
        assert "Note d" not in stored
        assert "resources_cents" not in stored
        assert "reste à vivre" not in stored

    def test_a_second_click_changes_nothing(self, office: Office, common: UUID) -> None:
        demande, key = office.instructed(), str(new_id())
        path = f"/v1/demandes/{demande.json['demande_id']}/decision"
        body = {"outcome": "GRANTED", "amount_cents": 20000}

        def click() -> Any:
            return office.post(
                path, body, role="responsable", agent_id=office.decider, key=key, etag=demande.etag
            )

        first, second = click(), click()

        assert first.json == second.json
        assert office.enveloppe(common)["committed_cents"] == 20000

    def test_a_decision_on_an_older_reading_is_refused(self, office: Office) -> None:
        seen = office.instructed()
        office.instruct(seen, proposed_cents=100)

        assert office.decide(seen).status == 412

    def test_an_adjournment_goes_back_to_instruction(self, office: Office) -> None:
        adjourned = office.decide(office.instructed(), "ADJOURNED")

        assert adjourned.json["status"] == "ADJOURNED"
        assert office.decide(adjourned).status == 409
        granted = office.decide(office.instruct(adjourned))

        assert granted.json["status"] == "GRANTED"
        assert [d["outcome"] for d in office.decisions(granted)] == ["ADJOURNED", "GRANTED"]

    def test_a_withdrawal_gives_the_money_back(self, office: Office, common: UUID) -> None:
        granted = office.granted()

        withdrawn = office.post(
            f"/v1/demandes/{granted.json['demande_id']}/withdraw",
            {"reason": "PERSONNE_RENONCE"},
            role="secretaire",
            etag=granted.etag,
        )

        assert withdrawn.json["status"] == "WITHDRAWN"
        assert office.ledger(common)[1:] == [("COMMIT", -20000), ("RELEASE", 20000)]
        assert office.enveloppe(common)["balance_cents"] == 1_000_000


class TestFiling:
    def test_needs_a_reglement_in_force(self, office: Office) -> None:
        office.at(datetime(2022, 12, 31, 12, tzinfo=UTC))

        refused = office.file()

        assert refused.status == 409
        assert refused.json["type"].endswith(":aucun-reglement-en-vigueur")

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"nature": "RSA"}, "/nature"),
            ({"requested_cents": 0}, "/requested_cents"),
            ({"requested_cents": "vingt"}, "/requested_cents"),
            ({"demandeur_id": "x"}, "/demandeur_id"),
            ({"reason": "ATTENTE_DROIT"}, "/partner"),
            ({"partner": "CAF"}, "/partner"),
        ],
    )
    def test_says_which_field_is_wrong(
        self, office: Office, change: dict[str, Any], field: str
    ) -> None:
        refused = office.file(**change)

        assert refused.status == 422
        assert [error["pointer"] for error in refused.json["errors"]] == [field]

    @pytest.mark.parametrize("place", ["demandeur_id", "foyer_ids"])
    def test_is_refused_for_someone_accueil_does_not_know(self, office: Office, place: str) -> None:
        stranger = str(new_id())
        body = office.filing(**{place: stranger if place == "demandeur_id" else [stranger]})
        if place == "foyer_ids":
            office.knows(body["demandeur_id"])

        refused = office.post("/v1/demandes", body, role="secretaire", agent_id=new_id())

        assert refused.status == 404
        assert refused.json["type"].endswith(":personne-introuvable")
        assert published(office.runtime) == []

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"site": "NULLE-PART"}, "/site"),
            ({"mds": "MDS-NIMPORTE"}, "/mds"),
            ({"mds": "MDS-NIMPORTE", "site": "NULLE-PART"}, "/site"),
        ],
    )
    def test_is_refused_where_there_is_no_such_place(
        self, office: Office, change: dict[str, str], field: str
    ) -> None:
        refused = office.file(**change)

        assert refused.status == 422
        assert refused.json["type"].endswith(":territoire-inconnu")
        assert [error["pointer"] for error in refused.json["errors"]] == [field]

    def test_a_site_not_told_yet_is_asked_of_accueil_once(self, office: Office) -> None:
        fake: Any = office.runtime.neighbours
        path = ("accueil", "/internal/sites/CAUSSADE")
        fake.answers[path] = {"site": "CAUSSADE", "mds": "MDS-CAUSSADE", "open": True}
        place = {"mds": "MDS-CAUSSADE", "site": "CAUSSADE"}

        first = office.file(**place)
        second = office.file(**place)

        assert (first.status, second.status) == (201, 201)
        assert [call[:2] for call in fake.asked].count(path) == 1

    def test_waits_for_accueil_where_the_site_was_not_told(self, office: Office) -> None:
        applicant = str(new_id())
        office.file(demandeur_id=applicant)
        fake: Any = office.runtime.neighbours
        fake.down.add("accueil")

        assert office.file(demandeur_id=applicant, site="CAUSSADE").status == 503
        assert office.file(demandeur_id=applicant).status == 201

    def test_is_refused_for_someone_who_has_died(self, office: Office) -> None:
        personne_id = new_id()
        office.dies(personne_id)

        assert office.file(demandeur_id=str(personne_id)).status == 409

    def test_does_not_attach_to_a_closed_dossier(self, office: Office) -> None:
        personne_id, dossier_id = new_id(), new_id()
        life = {
            "dossier_opened": 201,
            "dossier_closed": 409,
            "dossier_reopened": 201,
        }

        for version, (fact, status) in enumerate(life.items(), start=1):
            office.tell_dossier(dossier_id, fact, personne_id, version=version)
            answer = office.file(demandeur_id=str(personne_id), dossier_id=str(dossier_id))
            assert answer.status == status


class TestDossier:
    """The decision is written in the dossier it names, by dsu: it must be the person's."""

    def test_of_others_or_of_nobody_is_refused_alike(self, office: Office) -> None:
        others, closed = new_id(), new_id()
        office.tell_dossier(others, "dossier_opened", new_id())
        office.tell_dossier(closed, "dossier_closed", new_id())

        for dossier_id in (others, closed, new_id()):
            answer = office.file(dossier_id=str(dossier_id))
            assert answer.status == 422
            assert answer.json["type"].endswith("dossier-inadapte")
            assert answer.json["errors"][0]["pointer"] == "/dossier_id"

    def test_of_someone_of_the_household(self, office: Office) -> None:
        spouse, dossier_id = new_id(), new_id()
        office.tell_dossier(dossier_id, "dossier_opened", spouse)

        answer = office.file(foyer_ids=[str(spouse)], dossier_id=str(dossier_id))

        assert answer.status == 201

    def test_whose_fact_is_late_is_asked_of_dsu_once(self, office: Office) -> None:
        personne_id, dossier_id = new_id(), new_id()
        office.answer_of_dsu(dossier_id, personne_id)
        named = {"demandeur_id": str(personne_id), "dossier_id": str(dossier_id)}
        assert office.file(**named).status == 201

        neighbours: Any = office.runtime.neighbours
        neighbours.down.add("dsu")
        assert office.file(**named).status == 201
        assert office.file(**named | {"dossier_id": str(new_id())}).status == 503

    def test_that_dsu_says_closed_is_refused(self, office: Office) -> None:
        personne_id, dossier_id = new_id(), new_id()
        office.answer_of_dsu(dossier_id, personne_id, status="CLOSED")

        answer = office.file(demandeur_id=str(personne_id), dossier_id=str(dossier_id))

        assert answer.json["type"].endswith("dossier-clos")

    def test_known_before_its_personnes_were_kept_is_asked_of_dsu(self, office: Office) -> None:
        personne_id, dossier_id = new_id(), new_id()
        office.tell_dossier(dossier_id, "dossier_opened", new_id())
        with office.runtime.engine.begin() as connection:
            connection.execute(sa.text("UPDATE dossier SET personne_ids = NULL"))
        office.answer_of_dsu(dossier_id, personne_id)

        answer = office.file(demandeur_id=str(personne_id), dossier_id=str(dossier_id))

        assert answer.status == 201
