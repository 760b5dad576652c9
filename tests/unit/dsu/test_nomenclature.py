"""The nomenclature: dated versions, codes fit for a fact, and what a dossier may not hold."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from services.dsu.domain.errors import SeparateFile, UnknownCode
from services.dsu.domain.nomenclature import Filing, label_of, nomenclature_on
from services.dsu.domain.versions import read_versions

IN_2023, IN_2025 = date(2023, 6, 1), date(2025, 1, 1)


@pytest.mark.parametrize("day", [IN_2023, IN_2025])
def test_every_code_is_made_of_champ_dispositif_and_type(day: date) -> None:
    types = nomenclature_on(day).types

    assert len(types) > 150
    for kind in types:
        assert re.fullmatch(r"[A-Z0-9_]+\.[A-Z0-9_]+\.[A-Z0-9_]+", kind.code)
        assert kind.code.startswith(kind.dispositif + ".")
        assert kind.dispositif.startswith(kind.champ + ".")
        assert kind.label


def test_the_champs_are_those_of_the_schema() -> None:
    assert {kind.champ for kind in nomenclature_on(IN_2023).types} == {
        "ACCES_DROITS",
        "LOGEMENT",
        "INSERTION",
        "BUDGET",
        "ENFANCE",
        "FORMATION",
        "DEVELOPPEMENT_SOCIAL",
        "AUTONOMIE",
        "SUIVI_ACTIVITE",
    }


def test_versions_follow_each_other_without_hole_or_overlap() -> None:
    assert nomenclature_on(IN_2025 - timedelta(days=1)).version == "2023"
    assert nomenclature_on(IN_2025).version == "2025-exemple-1"
    with pytest.raises(UnknownCode):
        nomenclature_on(date(2022, 12, 31))


def test_2025_replaces_part_of_the_rsa_rows() -> None:
    before = set(nomenclature_on(IN_2023).by_code)
    after = set(nomenclature_on(IN_2025).by_code)

    assert before - after == {"INSERTION.RSA.CONTRAT"}
    assert after - before == {
        "INSERTION.RSA.CONTRAT_ENGAGEMENT",
        "INSERTION.FRANCE_TRAVAIL.INSCRIPTION",
    }


def test_ip_is_and_collective_work_stay_out_of_a_dossier() -> None:
    nomenclature = nomenclature_on(IN_2023)
    refused = {Filing.SEPARATE, Filing.COLLECTIVE}

    for kind in nomenclature.types:
        if kind.filing in refused:
            with pytest.raises(SeparateFile):
                nomenclature.recordable(kind.code)
        else:
            assert nomenclature.recordable(kind.code) is kind
    separate = {kind.dispositif for kind in nomenclature.types if kind.filing is Filing.SEPARATE}
    assert separate == {"ENFANCE.IP", "AUTONOMIE.IS"}


def test_each_dispositif_says_whether_a_partner_may_be_told_of_it() -> None:
    """Looked at row by row: silence would only mean that nobody looked."""
    for document in read_versions("nomenclature"):
        for champ in document["champs"]:
            for dispositif in champ["dispositifs"]:
                assert isinstance(dispositif["shareable"], bool), dispositif["code"]


@pytest.mark.parametrize("day", [IN_2023, IN_2025])
def test_a_partner_is_told_only_of_what_is_in_the_dossier_and_told_to_others(day: date) -> None:
    types = nomenclature_on(day).types

    assert {kind.filing for kind in types if kind.shareable} == {Filing.DOSSIER}
    assert not any(kind.shareable for kind in types if kind.champ == "ENFANCE")


def test_a_code_keeps_the_label_of_its_version() -> None:
    assert label_of("2023", "INSERTION.RSA.CONTRAT").startswith("Contractualisation")
    assert label_of("2025-exemple-1", "INSERTION.RSA.CONTRAT") == "INSERTION.RSA.CONTRAT"
    with pytest.raises(UnknownCode):
        nomenclature_on(IN_2023).recordable("RIEN.DU.TOUT")
