"""How raw rows fold into the published lines."""

from __future__ import annotations

from itertools import product

import pytest

from services.rendezvous.domain.activity import (
    LINES,
    ActivityRow,
    published_line,
    published_table,
)
from services.rendezvous.domain.motif import Kind, Modality
from services.rendezvous.domain.rendezvous import Status


def row(**changes):
    values = {
        "mds": "MDS-MONTAUBAN",
        "profession": "ASS",
        "plateforme": False,
        "kind": Kind.PREMIER_ACCUEIL,
        "modality": Modality.PRESENTIEL,
        "status": Status.HONOURED,
        "count": 1,
    }
    return ActivityRow(**values | changes)


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.HONOURED])
def test_only_what_was_honoured_is_published(status):
    assert published_line(row(status=status)) is None


@pytest.mark.parametrize(
    ("profession", "kind", "modality", "line"),
    [
        ("ASS", "PREMIER_ACCUEIL", "PRESENTIEL", "ass.premier_accueil_presentiel"),
        ("ASS", "PREMIER_ACCUEIL", "TELEPHONE", "ass.premier_accueil_telephonique"),
        ("ASS", "PREMIER_ACCUEIL", "VAD", "ass.visites_a_domicile"),
        ("ASS", "ACCOMPAGNEMENT", "PRESENTIEL", "ass.accompagnement_presentiel"),
        ("ASS", "ACCOMPAGNEMENT", "VAD", "ass.visites_a_domicile"),
        ("ASS", "ACCOMPAGNEMENT", "TELEPHONE", None),
        ("CESF", "PREMIER_ACCUEIL", "PRESENTIEL", "cesf.premier_accueil_presentiel"),
        ("CESF", "PREMIER_ACCUEIL", "TELEPHONE", None),
        ("CESF", "ACCOMPAGNEMENT", "PRESENTIEL", "cesf.accompagnement_presentiel"),
        ("CESF", "ACCOMPAGNEMENT", "VAD", "cesf.visites_a_domicile"),
        ("PSYCHOLOGUE", "ACCOMPAGNEMENT", "PRESENTIEL", None),
        ("INCONNUE", "PREMIER_ACCUEIL", "PRESENTIEL", None),
    ],
)
def test_each_row_counts_in_its_line(profession, kind, modality, line):
    counted = row(profession=profession, kind=Kind(kind), modality=Modality(modality))

    assert published_line(counted) == line


@pytest.mark.parametrize(
    ("kind", "modality"), list(product(Kind, [Modality.PERMANENCE, Modality.VISIO]))
)
def test_permanences_and_visio_are_in_no_published_line(kind, modality):
    assert published_line(row(kind=kind, modality=modality)) is None


@pytest.mark.parametrize("modality", list(Modality))
def test_other_kinds_are_in_no_published_line(modality):
    assert published_line(row(kind=Kind.AUTRE, modality=modality)) is None


@pytest.mark.parametrize(
    ("modality", "line"),
    [
        (Modality.PRESENTIEL, "ass.premier_accueil_presentiel"),
        (Modality.TELEPHONE, "ass.premier_accueil_telephonique"),
    ],
)
def test_first_receptions_of_the_plateforme_cesf_stand_in_the_ass_rows(modality, line):
    assert published_line(row(profession="CESF", plateforme=True, modality=modality)) == line


def test_the_rest_of_the_plateforme_cesf_stays_cesf():
    counted = row(profession="CESF", plateforme=True, kind=Kind.ACCOMPAGNEMENT)

    assert published_line(counted) == "cesf.accompagnement_presentiel"


def test_the_table_folds_and_says_its_zeros():
    rows = [
        row(count=200),
        row(profession="CESF", plateforme=True, count=141),
        row(status=Status.MISSED, count=9),
        row(mds="MDS-CAUSSADE", profession="CESF", count=325),
    ]

    table = {(cell.line, cell.mds): cell.count for cell in published_table(rows)}

    assert table["ass.premier_accueil_presentiel", "MDS-MONTAUBAN"] == 341
    assert table["cesf.premier_accueil_presentiel", "MDS-MONTAUBAN"] == 0
    assert table["cesf.premier_accueil_presentiel", "MDS-CAUSSADE"] == 325
    assert len(table) == len(LINES) * 2
    assert sum(table.values()) == 666
