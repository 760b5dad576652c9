"""Tables: equal when the services say what was published, and the cell named when not."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from demo.activity_tables import NO_VOLANTS, build
from demo.plan.volants import expected_days
from demo.plan.year import Plan
from demo.tables import INVENTED, MONTHLY, PUBLISHED, differences
from demo.worked_days import Period, first_week, month, year_of

Reports = dict[str, list[dict[str, Any]]]


def _reports(plan: Plan) -> Reports:
    """What services that did their work would say of this plan."""
    agents = {agent.ref: agent for agent in plan.population.agents}
    held: Counter[tuple[Any, ...]] = Counter()
    for each in plan.rendezvous:
        agent = agents[each.agent]
        status = {"EXCUSED": "MISSED"}.get(each.fate, each.fate)
        codes = (each.mds, agent.profession, agent.plateforme, each.line.kind, each.line.modality)
        held[(*codes, status)] += 1
    names = ("mds", "profession", "plateforme", "kind", "modality", "status")
    aids: Counter[tuple[str, str, str]] = Counter()
    cents: Counter[tuple[str, str, str]] = Counter()
    for each in plan.demandes:
        if each.counts:
            figure = "FAJ_ACCORDEES" if each.nature == "FAJ" else "AIDES_ACCORDEES"
            aids[figure, each.mds, each.nature] += 1
            cents[figure, each.mds, each.nature] += each.granted_cents
    stock = Counter(each.mds for each in plan.population.stock)
    return {
        "rendezvous": [
            {**dict(zip(names, codes, strict=True)), "count": n} for codes, n in held.items()
        ],
        "aides": [
            {"figure": f, "mds": m, "nature": n, "count": count, "amount_cents": cents[f, m, n]}
            for (f, m, n), count in aids.items()
        ],
        "dsu": [{"kind": "STOCK", "mds": mds, "count": n} for mds, n in stock.items()],
        "agents": [vars(agent) for agent in plan.population.agents],
        "volants": [
            {"mds": mds, "profession": profession, "days": days}
            for (profession, mds), days in expected_days(plan.besoins).items()
        ],
    }


PERIODS = [year_of(2023), month(2023, 1), month(2023, 8), first_week(2023)]


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: period.name)
def test_what_was_planned_gives_equal_tables(plan: Plan, period: Period) -> None:
    part = plan.within(period)

    assert differences(build(part, period, _reports(part))) == []


def test_the_year_is_compared_to_what_was_published_not_to_the_plan(plan: Plan) -> None:
    reports = _reports(plan)
    row = next(
        r for r in reports["rendezvous"]
        if (r["mds"], r["profession"], r["kind"], r["modality"], r["status"])
        == ("MDS-MONTAUBAN", "ASS", "ACCOMPAGNEMENT", "VAD", "HONOURED")
    )  # fmt: skip
    row["count"] -= 1

    found = differences(build(plan, year_of(2023), reports))

    told = [str(each) for each in found]
    assert told[0] == (
        "« Rendez-vous des ASS », ligne « Visites à domicile », colonne « Montauban » :"
        " attendu 620, trouvé 619"
    )
    assert {each.column for each in found} == {"Montauban", "Total"}


def test_an_unknown_territory_is_a_column_of_its_own(plan: Plan) -> None:
    reports = _reports(plan)
    reports["dsu"].append({"kind": "STOCK", "mds": "MDS-AILLEURS", "count": 2})

    found = differences(build(plan, year_of(2023), reports))

    assert ("MDS-AILLEURS", 0, 2) in {(d.column, d.expected, d.found) for d in found}


def test_a_missing_euro_is_seen(plan: Plan) -> None:
    reports = _reports(plan)
    reports["aides"][0]["amount_cents"] -= 1

    found = differences(build(plan, year_of(2023), reports))

    assert any("montants" in each.table for each in found)


def test_a_missing_day_of_a_volant_is_seen_in_its_cell(plan: Plan) -> None:
    reports = _reports(plan)
    row = next(
        r for r in reports["volants"]
        if (r["mds"], r["profession"]) == ("MDS-MONTAUBAN", "CESF")
    )  # fmt: skip
    row["days"] -= 1

    found = differences(build(plan, year_of(2023), reports))

    assert next(str(each) for each in found) == (
        "« Service volant : jours d’intervention », ligne « CESF », colonne « Montauban » :"
        " attendu 61, trouvé 60"
    )
    assert {each.line for each in found} == {"CESF", "Ensemble"}


def test_a_file_without_days_of_volants_has_no_table_and_says_so(plan: Plan) -> None:
    without = replace(plan, figures=replace(plan.figures, jours_volants={}), besoins=())

    tables = build(without, year_of(2023), _reports(without))

    assert not any("volant" in table.title for table in tables)
    assert tables[0].note == NO_VOLANTS


def test_only_published_margins_are_called_published(plan: Plan) -> None:
    period = month(2023, 3)
    part = plan.within(period)
    year = {t.title: t for t in build(plan, year_of(2023), _reports(plan))}
    partial = {t.title: t for t in build(part, period, _reports(part))}

    assert year["Aides financières : nombre"].rows[0].status == PUBLISHED
    assert year["Aides par nature et territoire"].rows[0].status == INVENTED
    assert partial["Rendez-vous des ASS"].rows[0].status == MONTHLY
    assert partial["Dossiers sociaux uniques (stock)"].rows[0].status == PUBLISHED
    assert "Parts et moyennes (arrondies)" not in partial


def test_the_plateforme_stands_in_the_ass_rows(plan: Plan) -> None:
    tables = {t.title: t for t in build(plan, year_of(2023), _reports(plan))}
    cesf = {row.label: row for row in tables["Rendez-vous des CESF"].rows}
    ass = {row.label: row for row in tables["Rendez-vous des ASS"].rows}

    assert cesf["Premiers accueils en présentiel"].cells["Montauban"].found == 0
    assert ass["Premiers accueils téléphoniques"].cells["Montauban"].found == 2029
