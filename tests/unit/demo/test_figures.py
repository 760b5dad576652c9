"""The published file: what is read, and every way it can be wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from demo.figures import LINES, PUBLISHED, Figures, load, parse
from demo.published import FiguresError

Content = dict[str, Any]


@pytest.fixture
def content() -> Content:
    """The published file, to be spoilt."""
    return json.loads(PUBLISHED.read_text())


def test_the_published_totals_are_read(figures: Figures) -> None:
    totals = {line.path: sum(row.values()) for line, row in figures.rendezvous.items()}

    assert figures.year == 2023
    assert sum(figures.dossiers.values()) == 8941
    assert totals["rendez_vous_ass.premier_accueil_telephonique"] == 4941
    assert totals["rendez_vous_ass.premier_accueil_presentiel"] == 3771
    assert totals["rendez_vous_ass.accompagnement_presentiel"] == 12806
    assert sum(totals.values()) == 29354
    assert figures.postes["ASS"].total + figures.postes["CESF"].total == 73
    assert sum(figures.aides.values()) == 3123
    assert sum(figures.montants_cents.values()) == 76_615_400
    assert (sum(figures.faj.values()), figures.faj_cents) == (227, 8_527_400)
    assert figures.ratios["ASS"]["part_telephonique_pct"] == 57
    days = {profession: sum(row.values()) for profession, row in figures.jours_volants.items()}
    assert days == {"ASS": 642, "CESF": 277}


def _negative(content: Content) -> None:
    content["dossiers_sociaux_uniques"]["Montauban"] = -1


def _text(content: Content) -> None:
    content["aides_financieres"]["faj"]["nombre"]["Montauban"] = "54"


def _truth_is_no_number(content: Content) -> None:
    content["aides_financieres"]["faj"]["montant_eur"] = True


def _wrong_total(content: Content) -> None:
    content["rendez_vous_ass"]["visites_a_domicile"]["total"] = 2401


def _missing_row(content: Content) -> None:
    del content["rendez_vous_cesf"]["accompagnement_presentiel"]


def _stranger(content: Content) -> None:
    content["aides_financieres"]["demandes_accordees"]["Toulouse"] = 3


def _no_one_to_receive(content: Content) -> None:
    posts = content["ressources_humaines_2023_12_31"]["cesf_postes"]
    posts["total"] -= posts.pop("Montech-Verdun")


def _wrong_printed_sum(content: Content) -> None:
    content["rendez_vous_ass"]["totaux_publies"]["recues_en_mds"] = 16578


def _wrong_printed_share(content: Content) -> None:
    content["rendez_vous_ass"]["totaux_publies"]["part_telephonique_pct"] = 58


def _aids_without_euros(content: Content) -> None:
    for name in content["aides_financieres"]["montants_eur"]:
        content["aides_financieres"]["montants_eur"][name] = 0


def _days_of_a_stranger(content: Content) -> None:
    content["service_volant_jours_intervention"]["psychologue"] = {}


def _wrong_days(content: Content) -> None:
    content["service_volant_jours_intervention"]["cesf"]["Montauban"] += 1


def _wrong_sum_of_days(content: Content) -> None:
    content["service_volant_jours_intervention"]["total"]["Montauban"] += 1
    content["service_volant_jours_intervention"]["total"]["total"] += 1


def _no_one_to_give_days(content: Content) -> None:
    posts = content["ressources_humaines_2023_12_31"]["cesf_postes"]
    posts["total"] -= posts.pop("service volant")


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (_negative, "dossiers_sociaux_uniques.Montauban : un nombre négatif"),
        (_text, "aides_financieres.faj.nombre.Montauban : un nombre entier"),
        (_truth_is_no_number, "aides_financieres.faj.montant_eur : un nombre entier"),
        (_wrong_total, "rendez_vous_ass.visites_a_domicile.total : la somme donne 2400"),
        (_missing_row, "rendez_vous_cesf.accompagnement_presentiel : champ absent"),
        (_stranger, "aides_financieres.demandes_accordees.Toulouse : territoire inconnu"),
        (_no_one_to_receive, "Montech-Verdun : aucun poste"),
        (_wrong_printed_sum, "totaux_publies.recues_en_mds : la somme des lignes donne 16577"),
        (_wrong_printed_share, "part_telephonique_pct : les lignes donnent 57"),
        (_days_of_a_stranger, "jours_intervention.psychologue : profession inconnue"),
        (_wrong_days, "jours_intervention.cesf.total : la somme donne 278"),
        (_wrong_sum_of_days, "jours_intervention.total.Montauban : la somme donne 298"),
        (_no_one_to_give_days, "jours_intervention.cesf : aucun poste du service volant"),
        (_aids_without_euros, "montants_eur.total : incompatible avec 3123 aides"),
    ],
)
def test_a_wrong_file_is_refused_in_french_naming_the_field(
    content: Content, spoil: Callable[[Content], None], named: str
) -> None:
    spoil(content)

    with pytest.raises(FiguresError) as refused:
        parse(content)

    assert any(named in fault for fault in refused.value.faults), refused.value.faults


def test_every_fault_is_told_at_once(content: Content) -> None:
    _negative(content)
    _text(content)

    with pytest.raises(FiguresError) as refused:
        parse(content)

    assert len(refused.value.faults) >= 2


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"territoires": ["A", "A"]}'])
def test_a_file_that_is_not_one_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "annee.json"
    path.write_text(text)

    with pytest.raises(FiguresError):
        load(path)


def test_two_names_of_one_code_are_refused(content: Content) -> None:
    renamed = json.loads(json.dumps(content).replace("Montech-Verdun", "montauban"))

    with pytest.raises(FiguresError, match=r"montauban : un autre nom donne le même code"):
        parse(renamed)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FiguresError, match="illisible"):
        load(tmp_path / "absent.json")


def test_another_departement_has_its_own_mds(content: Content) -> None:
    renamed = json.loads(json.dumps(content).replace("Montauban", "Villeneuve-sur-Lot"))
    renamed["annee"] = 2024

    figures = parse(renamed)

    assert figures.year == 2024
    assert "Villeneuve-sur-Lot" in figures.postes["ASS"].plateforme
    assert len(figures.sites["Villeneuve-sur-Lot"]) == 1


def test_days_of_volants_may_not_be_published(content: Content) -> None:
    del content["service_volant_jours_intervention"]

    assert parse(content).jours_volants == {}


def test_a_scale_keeps_totals_and_drops_printed_shares(figures: Figures) -> None:
    small = figures.at_scale(Fraction("0.01"))

    assert sum(small.dossiers.values()) == 89
    assert sum(sum(small.rendezvous[line].values()) for line in LINES) == 293
    assert sum(small.montants_cents.values()) == 766_200
    assert small.ratios == {}


def test_a_scale_that_leaves_nothing_sensible_is_refused(figures: Figures) -> None:
    with pytest.raises(FiguresError):
        figures.at_scale(Fraction("0.0001"))
