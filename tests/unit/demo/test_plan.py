"""The plan: exact, feasible, the same each time, and months that make a year."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from demo.figures import Figures, parse
from demo.plan.agenda import Agenda, PlanError
from demo.plan.rendezvous import CANCELLED, HONOURED
from demo.plan.year import Plan, expected_rendezvous, make_plan
from demo.population import Agent
from demo.worked_days import STARTS, first_week, is_worked, month


def test_every_published_cell_is_planned(plan: Plan, figures: Figures) -> None:
    held = expected_rendezvous(plan)

    for line, row in figures.rendezvous.items():
        for place in plan.population.mds:
            assert held[line, place.code] == row[place.territoire]


def test_aids_match_both_margins_to_the_cent(plan: Plan, figures: Figures) -> None:
    granted = [each for each in plan.demandes if each.counts]
    by_mds = Counter(each.mds for each in granted if each.nature != "FAJ")
    cents: Counter[str] = Counter()
    for each in granted:
        cents[each.nature] += each.granted_cents

    for place in plan.population.mds:
        assert by_mds[place.code] == figures.aides[place.territoire]
    assert cents == {**figures.montants_cents, "FAJ": figures.faj_cents}
    assert all(0 < each.granted_cents <= each.requested_cents for each in granted)


def test_no_agent_and_no_person_is_in_two_places(plan: Plan) -> None:
    hours = [
        (slot, each)
        for each in plan.rendezvous
        for slot in {each.slot, each.moved_from}
        if slot is not None
    ]

    assert max(Counter((each.agent, slot) for slot, each in hours).values()) == 1
    assert max(Counter((each.personne, slot) for slot, each in hours).values()) == 1


def test_a_rival_is_free_at_the_hour_they_want(plan: Plan) -> None:
    expected = {(each.personne, each.slot) for each in plan.rendezvous}
    rivals = [each for each in plan.rendezvous if each.rival]

    assert rivals
    assert not {(each.rival, each.slot) for each in rivals} & expected


def test_rendezvous_are_held_on_days_worked_by_agents_of_the_mds(plan: Plan) -> None:
    agents = {agent.ref: agent for agent in plan.population.agents}

    for each in plan.rendezvous:
        assert is_worked(each.slot.day)
        assert each.booked_on <= each.slot.day
        assert agents[each.agent].mds == each.mds
        assert not agents[each.agent].volant


def test_the_plateforme_receives_first_and_its_cesf_stands_in_the_ass_rows(plan: Plan) -> None:
    agents = {agent.ref: agent for agent in plan.population.agents}
    first = [
        agents[each.agent]
        for each in plan.rendezvous
        if each.mds == "MDS-MONTAUBAN" and each.line.kind == "PREMIER_ACCUEIL"
    ]

    assert all(agent.plateforme for agent in first)
    assert {agent.profession for agent in first} == {"ASS", "CESF"}


def test_what_changes_in_time_is_changed_before_it_is_due(plan: Plan) -> None:
    for each in plan.rendezvous:
        if each.changed_on:
            assert each.booked_on <= each.changed_on < min(each.slot.day, each.first_slot.day)


def test_twelve_months_make_the_year(plan: Plan) -> None:
    year = Counter(each.ref for each in plan.rendezvous)
    aids = Counter(each.ref for each in plan.demandes)

    months = [plan.within(month(2023, number)) for number in range(1, 13)]

    assert Counter(each.ref for part in months for each in part.rendezvous) == year
    assert Counter(each.ref for part in months for each in part.demandes) == aids


@pytest.mark.parametrize("number", [1, 5, 12])
def test_a_month_alone_never_reaches_before_its_first_day(plan: Plan, number: int) -> None:
    period = month(2023, number)
    part = plan.within(period)
    first = period.days[0]

    for each in part.rendezvous:
        assert first <= each.booked_on <= each.slot.day <= period.last
        if each.changed_on:
            assert each.booked_on <= each.changed_on < min(each.slot.day, each.first_slot.day)
        if each.fate == CANCELLED:
            assert each.changed_on is not None
    for each in part.demandes:
        assert first <= each.filed_on <= each.decided_on
    came = part.registered_on()
    assert set(came) == {each.ref for each in part.newcomers}
    for each in part.rendezvous:
        if each.personne in came:
            assert came[each.personne] <= each.booked_on


def test_a_week_alone_stays_within_its_days(plan: Plan) -> None:
    week = first_week(2023)

    for each in plan.within(week).rendezvous:
        assert week.first <= each.booked_on
        assert each.first_slot.day <= week.last


def test_the_same_seed_gives_the_same_plan_and_another_does_not(
    small_plan: Plan, figures: Figures
) -> None:
    again = make_plan(small_plan.figures, seed=2023)
    other = make_plan(small_plan.figures, seed=2024)

    assert again == small_plan
    assert other.rendezvous != small_plan.rendezvous
    assert expected_rendezvous(other) == expected_rendezvous(small_plan)


def test_faj_is_for_the_young(plan: Plan) -> None:
    born = {each.ref: each.born_on for each in plan.population.stock}

    for each in plan.demandes:
        if each.nature == "FAJ":
            age = (each.filed_on - born[each.personne]).days / 365.25
            assert 18 <= age < 26


def test_nobody_is_real(plan: Plan) -> None:
    people = [*plan.population.stock, *plan.newcomers]
    numbers = [each.sms for each in people if each.sms]
    shared = [number for number, count in Counter(numbers).items() if count > 1]

    assert all(number.startswith("+3363998") and len(number) == 12 for number in numbers)
    assert all(each.email.endswith("@example.org") for each in people if each.email)
    assert 0 < len(shared) < len(numbers) / 50
    assert 0.5 < len(numbers) / len(people) < 0.6


def test_partages_are_signed_by_the_referent_before_the_rendezvous_is_taken(plan: Plan) -> None:
    referents = {each.ref: each.referent for each in plan.population.stock}

    assert plan.partages
    assert all(referents[each.personne] == each.agent for each in plan.partages)
    assert len({each.personne for each in plan.partages}) == len(plan.partages)
    assert any(each.withdrawn_on for each in plan.partages)


def test_an_agenda_that_is_full_says_so_in_french() -> None:
    agent = Agent("ASS-1", "ASS", "MDS-A", "A", "Camille", "Exemple")
    agenda = Agenda(2023, seed=1)
    taken = {agenda.take([agent], 5)[1] for _ in range(len(month(2023, 5).days) * len(STARTS))}

    assert len(taken) == len(month(2023, 5).days) * len(STARTS)
    with pytest.raises(PlanError, match="MDS-A, mois 5 : plus aucune heure libre"):
        agenda.take([agent], 5)


def test_the_unhappy_life_comes_on_top(plan: Plan) -> None:
    fates = Counter(each.fate for each in plan.rendezvous)

    assert fates[HONOURED] == 29354
    assert min(fates[fate] for fate in ("MISSED", "EXCUSED", "CANCELLED")) > 0
    assert any(each.moved_from for each in plan.rendezvous)
    assert any(each.is_double_click for each in plan.rendezvous)
    assert any(each.outcome == "REFUSED" for each in plan.demandes)
    assert any(each.outcome == "DROPPED" for each in plan.demandes)
    assert any(each.outcome == "PARTLY" for each in plan.demandes)
    assert any(each.outcome == "LEFT" for each in plan.visites)


def test_another_departement_of_two_mds_without_plateforme_is_planned_and_counted() -> None:
    figures = parse(_two_mds())

    plan = make_plan(figures, seed=1)

    held = expected_rendezvous(plan)
    assert {place.code for place in plan.population.mds} == {"MDS-NORD", "MDS-SUD-DE-L-ILE"}
    for line, row in figures.rendezvous.items():
        assert [held[line, place.code] for place in plan.population.mds] == list(row.values())
    assert all(is_worked(each.slot.day) for each in plan.rendezvous)
    assert {each.slot.day.year for each in plan.rendezvous} == {2024}


def test_more_rendezvous_than_hours_are_refused_in_french() -> None:
    content = _two_mds()
    content["rendez_vous_cesf"]["visites_a_domicile"] = {
        "Nord": 5000,
        "Sud de l’île": 3,
        "total": 5003,
    }

    with pytest.raises(PlanError, match="MDS-NORD, mois 1 : plus aucune heure libre"):
        make_plan(parse(content), seed=1)


def _two_mds() -> dict[str, Any]:
    """A small published year: two MDS, no plate-forme, no volants, leap year."""

    def row(north: int, south: int) -> dict[str, int]:
        return {"Nord": north, "Sud de l’île": south, "total": north + south}

    return {
        "annee": 2024,
        "territoires": ["Nord", "Sud de l’île"],
        "ressources_humaines": {"ass_postes": row(2, 1), "cesf_postes": row(1, 1)},
        "dossiers_sociaux_uniques": row(30, 12),
        "aides_financieres": {
            "demandes_accordees": row(9, 4),
            "montants_eur": {
                "secours_cd": 1000,
                "allocation_mensuelle": 2000,
                "allocation_mensuelle_loisirs": 300,
                "total": 3300,
            },
            "faj": {"nombre": row(2, 1), "montant_eur": 750},
        },
        "rendez_vous_ass": {
            "premier_accueil_telephonique": row(20, 5),
            "premier_accueil_presentiel": row(15, 6),
            "accompagnement_presentiel": row(60, 20),
            "visites_a_domicile": row(10, 4),
        },
        "rendez_vous_cesf": {
            "premier_accueil_presentiel": row(5, 2),
            "accompagnement_presentiel": row(12, 6),
            "visites_a_domicile": row(4, 3),
        },
    }
