"""The local rules as dated data, and the holidays of metropolitan France.

Every value below is an *exemple*: neither the schéma nor the law gives one. A département adds a
`Rules` with its own `valid_from`; what was planned under older rules keeps its hour.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache

import holidays

from chassis.clock import paris_day
from services.notifications.domain.timing import Rules

RULES: tuple[Rules, ...] = (
    Rules(
        valid_from=date(2015, 1, 1),
        reminder_days=2,
        reminder_at=time(10, 0),
        reminder_gap=timedelta(hours=24),
        reminder_margin=timedelta(hours=2),
        quiet_from=time(20, 0),
        quiet_until=time(8, 0),
        answer_useful=timedelta(days=30),
        channels=("SMS", "EMAIL"),
        most_sms_parts=2,
    ),
)

#: How long to wait after each refusal of a provider or a neighbour (technical time, *exemple*).
BACKOFF = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
)


def rules_at(moment: datetime) -> Rules:
    """The rules in force at an instant. Raises LookupError before the first ones."""
    day = paris_day(moment)
    in_force = [rules for rules in RULES if rules.valid_from <= day]
    if not in_force:
        raise LookupError("aucune règle en vigueur")
    return max(in_force, key=lambda rules: rules.valid_from)


def is_holiday(day: date) -> bool:
    """Whether a day is a public holiday (code du travail L3133-1; Alsace-Moselle left aside)."""
    return day in _holidays(day.year)


def backoff(attempts: int) -> timedelta:
    """How long to wait after the nth failed attempt, from 1 on."""
    return BACKOFF[min(max(attempts, 1), len(BACKOFF)) - 1]


@cache
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("FR", years=year))
