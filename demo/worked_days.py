"""Days worked and hours of rendezvous: no week-end, no public holiday of metropolitan France."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

import holidays

from chassis.clock import PARIS

#: Hours at which a rendezvous may start (Europe/Paris); each lasts at most an hour. *Exemple.*
STARTS = (time(9), time(10), time(11), time(14), time(15), time(16))
#: What opens the day and what closes it, around the rendezvous. *Exemple.*
MORNING, EVENING, NOON = time(8), time(18), time(12)


@dataclass(frozen=True)
class Period:
    """A span of days, both ends included, as the department names it."""

    first: date
    last: date
    name: str
    #: `year`, `month` or `days`.
    kind: str = "days"

    @property
    def days(self) -> list[date]:
        """The days worked."""
        return [day for day in every_day(self.first, self.last) if is_worked(day)]


@cache
def _public_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("FR", years=year))


def is_worked(day: date) -> bool:
    """Whether the sites are open that day."""
    return day.weekday() < 5 and day not in _public_holidays(day.year)


def every_day(first: date, last: date) -> Iterator[date]:
    """Each day from first to last, included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def month(year: int, number: int) -> Period:
    """A calendar month."""
    first = date(year, number, 1)
    following = date(year + number // 12, number % 12 + 1, 1)
    return Period(first, following - timedelta(days=1), first.strftime("%Y-%m"), "month")


def year_of(year: int) -> Period:
    """A calendar year."""
    return Period(date(year, 1, 1), date(year, 12, 31), str(year), "year")


def first_week(year: int) -> Period:
    """The first week with five days worked, or as near as it comes: from the first Monday."""
    first = date(year, 1, 2)
    while not is_worked(first):
        first += timedelta(days=1)
    last = first + timedelta(days=6 - first.weekday())
    return Period(first, last, f"{first}_{last}")


def at(day: date, moment: time) -> datetime:
    """An instant of Paris; aware."""
    return datetime.combine(day, moment, tzinfo=PARIS)


def eve(day: date) -> date:
    """The last day worked before this one."""
    day -= timedelta(days=1)
    while not is_worked(day):
        day -= timedelta(days=1)
    return day
