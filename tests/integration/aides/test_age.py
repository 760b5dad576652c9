"""The ages an aid is for: the law's for the FAJ, the règlement's for the others."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from chassis.ids import new_id

from .conftest import EXAMPLE, Office

pytestmark = pytest.mark.usefixtures("common")


class TestFaj:
    """CASF L263-3: 18–25, own budget, own body, follow-up."""

    @pytest.fixture(autouse=True)
    def budget(self, office: Office) -> UUID:
        return office.open_enveloppe(1_000_000, ["FAJ"])

    @pytest.mark.parametrize(
        ("born_on", "status"),
        [("2005-03-07", 422), ("2005-03-06", 201), ("1997-03-07", 201), ("1997-03-06", 422)],
    )
    def test_is_filed_between_18_and_25_only(
        self, office: Office, born_on: str, status: int
    ) -> None:
        personne_id = new_id()
        office.born(personne_id, born_on)

        assert office.file("FAJ", demandeur_id=str(personne_id)).status == status

    def test_fails_closed_when_the_age_is_not_known(self, office: Office) -> None:
        undated, fake = new_id(), office.runtime.neighbours
        office.born(undated, None)

        assert office.file("FAJ").status == 422
        assert office.file("FAJ", demandeur_id=str(undated)).status == 422
        fake.down.add("accueil")  # type: ignore[attr-defined]
        assert office.file("FAJ", demandeur_id=str(undated)).status == 503

    def test_reads_the_age_again_before_granting(self, office: Office, budget: UUID) -> None:
        personne_id = new_id()
        office.born(personne_id, "2003-01-01")
        demande = office.instructed("FAJ", demandeur_id=str(personne_id))
        office.born(personne_id, "1983-01-01")

        refused = office.decide(demande)

        assert refused.json["regles"] == ["AGE"]
        office.born(personne_id, "2003-01-01")
        assert office.decide(demande).json["status"] == "GRANTED"
        assert office.enveloppe(budget)["committed_cents"] == 20000

    def test_needs_a_follow_up(self, office: Office) -> None:
        personne_id = new_id()
        office.born(personne_id, "2003-01-01")
        filed = office.file("FAJ", demandeur_id=str(personne_id))

        demande = office.instruct(filed, situation={"follow_up": None})

        assert office.decide(demande).json["regles"] == ["SUIVI"]


class TestSecoursUnderAReglementThatSetsAnAge:
    """Facultative: who is outside is refused by a reasoned decision, never at the door."""

    @pytest.fixture(autouse=True)
    def _from_sixty(self, office: Office) -> None:
        natures = json.loads(EXAMPLE.read_text())["natures"]
        natures["SECOURS"]["age"] = {"min": 60, "max": 130, "article": "Exemple, art. 9"}
        later = {"effective_from": "2023-03-06", "version": "2023-2", "natures": natures}
        assert office.load_reglement(**later).status == 201

    @pytest.mark.parametrize(("born_on", "status"), [("1953-01-01", 200), ("1983-01-01", 409)])
    def test_is_granted_to_those_it_is_for(self, office: Office, born_on: str, status: int) -> None:
        personne_id = new_id()
        office.born(personne_id, born_on)

        answer = office.decide(office.instructed(demandeur_id=str(personne_id)))

        assert answer.status == status
        if status == 409:
            assert answer.json["regles"] == ["AGE"]


def test_no_reglement_sets_an_age_nobody_has(office: Office) -> None:
    natures = json.loads(EXAMPLE.read_text())["natures"]
    natures["FAJ"]["age"] |= {"min": 26}

    refused = office.load_reglement(effective_from="2023-03-06", version="2023-2", natures=natures)

    assert refused.status == 422
    assert refused.json["errors"][0]["pointer"] == "/natures/FAJ/age/max"
