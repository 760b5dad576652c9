"""The règlement: dated, lawful, never retroactive. The activity: as the published tables count."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from chassis.ids import new_id

from .conftest import EXAMPLE, MDS, Office

NEW_YEAR = datetime(2024, 1, 2, 9, tzinfo=UTC)


class TestReglement:
    @pytest.mark.parametrize("role", ["secretaire", "travailleur_social", "responsable", "finance"])
    def test_is_loaded_by_the_direction_only(self, office: Office, role: str) -> None:
        document = json.loads(EXAMPLE.read_text())

        assert office.post("/v1/reglements", document, role=role).status == 403

    def test_that_refuses_a_prestation_legale_is_refused(self, office: Office) -> None:
        natures = json.loads(EXAMPLE.read_text())["natures"]
        natures["AM"]["plafond"]["exceeded"] = "REFUS"

        refused = office.load_reglement(
            version="2024.1", effective_from="2024-01-01", natures=natures
        )

        assert refused.status == 422
        assert refused.json["errors"][0]["pointer"] == "/natures/AM/plafond/exceeded"

    def test_has_a_code_of_the_form_every_code_has(self, office: Office) -> None:
        refused = office.load_reglement(code="Règlement de l’exemple", version="2024.1")

        assert refused.status == 422
        assert refused.json["errors"][0]["pointer"] == "/code"

    def test_is_never_retroactive(self, office: Office) -> None:
        refused = office.load_reglement(version="2023.2", effective_from="2023-03-05")

        assert refused.status == 409

    def test_has_one_version_per_day(self, office: Office) -> None:
        assert office.load_reglement(version="2024.1", effective_from="2024-01-01").status == 201

        again = office.load_reglement(version="2024.2", effective_from="2024-01-01")

        assert again.status == 409
        listed = office.client.get("/v1/reglements", role="responsable").json["reglements"]
        assert [one["version"] for one in listed] == ["2023.1", "2024.1"]

    def test_of_january_does_not_alter_a_december_file(self, office: Office) -> None:
        for year in (2023, 2024):
            office.open_enveloppe(1_000_000, ["SECOURS"], year=year)
        natures = json.loads(EXAMPLE.read_text())["natures"]
        natures["SECOURS"]["plafond"]["base_cents"] = 100
        office.load_reglement(version="2024.1", effective_from="2024-01-01", natures=natures)
        office.at(datetime(2023, 12, 31, 22, 30, tzinfo=UTC))
        december = office.instructed()
        # 23:30 UTC on 31 December is already 1 January in Paris.
        office.at(datetime(2023, 12, 31, 23, 30, tzinfo=UTC))
        january = office.instructed()
        office.at(NEW_YEAR)

        decided = office.decide(december)
        sent = office.decide(january)

        assert decided.json["status"] == "GRANTED"
        assert sent.json["regles"] == ["PLAFOND"]
        (decision,) = office.decisions(decided)
        assert {line["reglement"] for line in decision["explanation"]} == {
            "RDAS-EXEMPLE 2023.1 (exemple)"
        }


class TestActivity:
    @pytest.mark.parametrize("role", ["secretaire", "travailleur_social", "dpo"])
    def test_is_not_for_everyone(self, office: Office, role: str) -> None:
        path = "/v1/activity?from=2023-01-01&to=2023-12-31"

        assert office.client.get(path, role=role).status == 403

    def test_counts_like_the_published_tables(self, office: Office, common: UUID) -> None:
        office.open_enveloppe(1_000_000, ["FAJ"])
        office.granted("AM", reason="ATTENTE_DROIT", partner="CAF")
        office.granted()
        office.decide(office.instructed(), "PARTLY", amount_cents=7000)
        office.decide(office.instructed(), "REFUSED")
        adjourned = office.decide(office.instructed(), "ADJOURNED")
        again = office.instruct(adjourned)
        office.decide(again, seance_id=office.session(again))
        young = new_id()
        office.born(young, "2003-01-01")
        office.granted("FAJ", demandeur_id=str(young), requested_cents=37500)
        office.at(datetime(2023, 3, 7, 9, tzinfo=UTC))
        office.granted(requested_cents=100)

        rows = office.client.get(
            "/v1/activity?from=2023-03-06&to=2023-03-06", role="direction"
        ).json["rows"]

        figures = {
            (row["figure"], row["nature"], row["partner"]): (row["count"], row["amount_cents"])
            for row in rows
        }
        assert figures == {
            ("AIDES_ACCORDEES", "AM", None): (1, 20000),
            ("AIDES_ACCORDEES", "SECOURS", None): (3, 47000),
            ("AJOURNEES", "SECOURS", None): (1, 0),
            ("ATTENTE_DROIT", "AM", "CAF"): (1, 20000),
            ("COMMISSION", None, None): (1, 20000),
            ("FAJ_ACCORDEES", "FAJ", None): (1, 37500),
            ("REFUSEES", "SECOURS", None): (1, 0),
        }
        assert {row["mds"] for row in rows} == {MDS}


@contextmanager
def counted_statements(office: Office) -> Iterator[list[str]]:
    """Every statement sent to the database meanwhile."""
    sent: list[str] = []

    def note(*event: Any) -> None:
        sent.append(event[2])

    sa.event.listen(office.runtime.engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(office.runtime.engine, "before_cursor_execute", note)


class TestStatements:
    """A replay of the year makes 3 350 files: each act stays within a few statements."""

    @pytest.fixture(autouse=True)
    def _budget(self, office: Office) -> None:
        office.open_enveloppe(1_000_000, ["SECOURS"])

    def test_are_few_to_file(self, office: Office) -> None:
        with counted_statements(office) as sent:
            office.file()

        assert len(sent) <= 8, sent

    def test_are_few_to_instruct(self, office: Office) -> None:
        filed = office.file()

        with counted_statements(office) as sent:
            office.instruct(filed)

        assert len(sent) <= 9, sent

    def test_are_few_to_decide(self, office: Office) -> None:
        instructed = office.instructed()

        with counted_statements(office) as sent:
            office.decide(instructed)

        assert len(sent) <= 14, sent

    def test_are_few_to_pay(self, office: Office) -> None:
        granted = office.granted()

        with counted_statements(office) as sent:
            office.pay(granted, "MDT-1")

        assert len(sent) <= 13, sent
