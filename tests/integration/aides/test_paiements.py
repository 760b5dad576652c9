"""Payments: once, in time, by another hand, and never to the dead."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID

import pytest

from chassis.ids import new_id
from chassis.testing import published

from .conftest import MDS, Office

pytestmark = pytest.mark.usefixtures("common")


def paid_facts(office: Office) -> int:
    return sum(fact.name == "aide_paid" for fact in published(office.runtime))


class TestWhoPays:
    @pytest.mark.parametrize("role", ["secretaire", "responsable", "direction"])
    def test_only_the_finance_department(self, office: Office, role: str) -> None:
        granted = office.granted()
        path = f"/v1/demandes/{granted.json['demande_id']}/payments"
        body = {"reference": "MDT-1", "amount_cents": 20000}

        assert office.post(path, body, role=role).status == 403

    def test_not_who_decided(self, office: Office) -> None:
        refused = office.pay(office.granted(), "MDT-1", agent_id=office.decider)

        assert refused.json["type"].endswith(":decideur-ne-paie-pas")

    def test_not_before_a_grant(self, office: Office) -> None:
        instructed = office.instructed()

        assert office.pay(instructed, "MDT-1", amount_cents=20000).status == 409


class TestOnce:
    def test_the_same_order_sent_again_pays_nothing_more(
        self, office: Office, common: UUID
    ) -> None:
        granted = office.granted()

        answers = [office.pay(granted, "MDT-1") for _ in range(3)]

        assert len({answer.json["paiement_id"] for answer in answers}) == 1
        assert paid_facts(office) == 1
        assert office.enveloppe(common)["paid_cents"] == 20000

    def test_the_same_order_sent_at_once_pays_once(self, office: Office, common: UUID) -> None:
        granted = office.granted()

        with ThreadPoolExecutor(max_workers=8) as pool:
            answers = list(pool.map(lambda _: office.pay(granted, "MDT-1"), range(8)))

        assert {answer.status for answer in answers} == {201}
        assert paid_facts(office) == 1
        assert office.enveloppe(common)["paid_cents"] == 20000

    def test_a_reference_names_one_payment_only(self, office: Office) -> None:
        first, other = office.granted(), office.granted()
        office.pay(first, "MDT-1")

        refused = office.pay(other, "MDT-1")

        assert refused.json["type"].endswith(":reference-de-paiement-utilisee")

    def test_one_reference_on_two_files_at_once_pays_one(self, office: Office) -> None:
        files = [office.granted() for _ in range(6)]

        with ThreadPoolExecutor(max_workers=6) as pool:
            answers = list(pool.map(lambda demande: office.pay(demande, "MDT-1"), files))

        assert sorted(answer.status for answer in answers) == [201, 409, 409, 409, 409, 409]
        assert paid_facts(office) == 1

    def test_an_instalment_is_not_paid_twice_under_two_references(self, office: Office) -> None:
        granted = office.granted()
        office.pay(granted, "MDT-1")

        assert office.pay(granted, "MDT-2").status == 409


class TestInstalments:
    def test_are_paid_each_at_its_date(self, office: Office, common: UUID) -> None:
        plan = [
            {"due_on": "2023-03-06", "amount_cents": 12000},
            {"due_on": "2023-04-05", "amount_cents": 8000},
        ]
        granted = office.decide(office.instructed("AM"), instalments=plan)
        second = {"instalment": 2, "amount_cents": 8000}

        assert office.pay(granted, "MDT-1", amount_cents=12000).status == 201
        assert office.read(granted).json["status"] == "PARTLY_PAID"
        assert office.pay(granted, "MDT-2", **second).status == 409
        # 22:30 UTC on 4 April is already 5 April in Paris.
        office.at(datetime(2023, 4, 4, 22, 30, tzinfo=UTC))
        assert office.pay(granted, "MDT-2", **second).json["paid_on"] == "2023-04-05"

        assert office.read(granted).json["status"] == "PAID"
        assert office.enveloppe(common)["committed_cents"] == 0
        assert office.enveloppe(common)["paid_cents"] == 20000

    def test_that_do_not_sum_are_refused(self, office: Office) -> None:
        plan = [{"due_on": "2023-03-06", "amount_cents": 19999}]

        refused = office.decide(office.instructed(), instalments=plan)

        assert refused.json["errors"][0]["pointer"] == "/instalments"

    def test_a_withdrawal_after_a_first_payment_settles_the_rest(
        self, office: Office, common: UUID
    ) -> None:
        plan = [
            {"due_on": "2023-03-06", "amount_cents": 12000},
            {"due_on": "2023-04-05", "amount_cents": 8000},
        ]
        granted = office.decide(office.instructed("AM"), instalments=plan)
        office.pay(granted, "MDT-1", amount_cents=12000)

        settled = office.post(
            f"/v1/demandes/{granted.json['demande_id']}/withdraw",
            {"reason": "DROIT_OUVERT"},
            role="secretaire",
            etag=office.read(granted).etag,
        )

        assert settled.json["status"] == "PAID"
        assert office.enveloppe(common)["balance_cents"] == 1_000_000 - 12000


class TestDeath:
    def test_holds_the_payment(self, office: Office, common: UUID) -> None:
        personne_id = new_id()
        granted = office.granted(demandeur_id=str(personne_id))
        office.dies(personne_id)

        held = office.pay(granted, "MDT-1")

        assert held.json["type"].endswith(":paiement-suspendu")
        assert office.enveloppe(common)["paid_cents"] == 0
        path = f"/v1/demandes/{granted.json['demande_id']}/payments"
        seen = office.client.get(path, role="responsable", mds=[MDS]).json
        assert seen == {"held": True, "paiements": []}

    def test_holds_the_payment_to_another_member_who_died(self, office: Office) -> None:
        other = new_id()
        filed = office.file(foyer_ids=[str(other)])
        payee = {"kind": "PERSONNE", "personne_id": str(other)}
        granted = office.decide(office.instruct(filed, payee=payee))
        office.dies(other)

        assert office.pay(granted, "MDT-1").status == 409

    def test_told_again_or_late_changes_nothing(self, office: Office) -> None:
        personne_id = new_id()
        office.dies(personne_id, version=1)
        office.dies(personne_id, version=2)

        assert office.file(demandeur_id=str(personne_id)).status == 409
