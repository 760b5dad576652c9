"""The days of the service volant: split exactly, and asked so that they can all be given."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from fractions import Fraction
from uuid import UUID

import pytest

from demo.acts import volants
from demo.figures import Figures
from demo.plan.agenda import PlanError
from demo.plan.rendezvous import by_month
from demo.plan.volants import REASONS, Besoin, expected_days, plan_volants
from demo.plan.year import Plan
from demo.script import steps
from demo.worked_days import first_week, is_worked, month, year_of
from services.rendezvous.domain.besoin import Profession, Reason, week_of
from services.rendezvous.domain.renfort import Need, Volant, propose


def test_every_published_day_is_asked(plan: Plan, figures: Figures) -> None:
    asked = expected_days(plan.besoins)

    assert sum(asked.values()) == 919
    for place in plan.population.mds:
        for profession, row in figures.jours_volants.items():
            assert asked[profession, place.code] == row[place.territoire]


def test_the_parts_of_the_months_are_those_of_the_days_worked(plan: Plan) -> None:
    for place in plan.population.mds:
        yearly = plan.figures.jours_volants["ASS"][place.territoire]
        parts = [
            expected_days(plan.within(month(2023, number)).besoins)["ASS", place.code]
            for number in range(1, 13)
        ]
        assert parts == by_month(yearly, 2023)


@pytest.mark.parametrize("scale", ["1", "0.02", "0.01"])
def test_what_is_asked_can_all_be_given(figures: Figures, plan: Plan, scale: str) -> None:
    """By the planning of the service itself: whatever the weeks, nothing is missing."""
    smaller = figures.at_scale(Fraction(scale))
    besoins = plan_volants(smaller, plan.population, 2023)

    assert sum(each.days for each in besoins) == {"1": 919, "0.02": 19, "0.01": 9}[scale]
    for number in range(1, 13):
        days = frozenset(month(2023, number).days)
        mine = [each for each in besoins if each.first in days]
        team = [
            Volant(agent_id=UUID(int=n), profession=Profession(of), days=days)
            for of, count in (("ASS", range(4)), ("CESF", range(4, 6)))
            for n in count
        ]
        proposal = propose(team, [_need(n, each) for n, each in enumerate(mine)], places={})
        assert proposal.gaps == []
        given = Counter(line.besoin_id for line in proposal.lines for _ in line.days)
        assert sum(given.values()) == sum(each.days for each in mine)


def _need(number: int, each: Besoin) -> Need:
    span = range((each.last - each.first).days + 1)
    days = [each.first + timedelta(days=n) for n in span]
    return Need(
        besoin_id=UUID(int=1000 + number),
        mds=each.mds,
        profession=Profession(each.profession),
        reason=Reason(each.reason),
        asked_on=each.first,
        days_per_week=each.days,
        days=frozenset(day for day in days if is_worked(day)),
    )


def test_each_need_is_of_one_week_and_of_a_reason_one_may_give(plan: Plan) -> None:
    for each in plan.besoins:
        assert week_of(each.first) == week_of(each.last)
        assert each.first.month == each.last.month
        assert 1 <= each.days <= 5
    assert "SURCHARGE" not in REASONS, "an overload is measured"


def test_more_days_than_the_volants_have_are_refused(figures: Figures, plan: Plan) -> None:
    crowded = figures.at_scale(Fraction(2))

    with pytest.raises(PlanError, match="service volant, ASS, mois 1 : "):
        plan_volants(crowded, plan.population, 2023)


@pytest.mark.parametrize(
    "period", [year_of(2023), month(2023, 2), first_week(2023)], ids=lambda period: period.name
)
def test_a_month_is_asked_then_proposed_then_accepted(plan: Plan, period) -> None:
    part = plan.within(period)
    told: Counter[str] = Counter()
    for step in steps(part, period, lambda _: "x"):
        acts = [act for wave in step.waves for chain in wave.chains for act, _ in chain]
        mine = [act.__name__ for act in acts if act.__module__ == volants.__name__]
        assert mine == sorted(mine, key=["ask", "propose", "accept"].index)
        told.update(mine)

    months = {(each.first.year, each.first.month) for each in part.besoins}
    assert told["ask"] == len(part.besoins) > 0
    assert told["propose"] == len(months)
    assert told["accept"] == len({(each.mds, each.first.month) for each in part.besoins})
