"""RFC 5545 recurrence rules over Paris days: read, checked, unrolled. Days in, days out, no hour.

The subset: FREQ=DAILY|WEEKLY|MONTHLY|YEARLY, INTERVAL, BYDAY, BYMONTHDAY, BYSETPOS, and UNTIL (a
day) or COUNT; weeks begin on Monday. Nothing finer than a day: hours are wall times, kept beside
the rule, so that no clock change moves them. python-dateutil unrolls what was checked here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dateutil import rrule

from services.rendezvous.domain.errors import RuleRefused

_FREQUENCIES: dict[str, Any] = {
    "DAILY": rrule.DAILY,
    "WEEKLY": rrule.WEEKLY,
    "MONTHLY": rrule.MONTHLY,
    "YEARLY": rrule.YEARLY,
}
_WEEKDAYS: dict[str, Any] = {
    name: getattr(rrule, name) for name in ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
}
_PARTS = ("FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYSETPOS", "UNTIL", "COUNT")
_BYDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
#: The most a number may be: a year of days, and years of occurrences.
_MOST_INTERVAL, _MOST_COUNT = 366, 1000
#: The last day the API takes.
_LAST_DAY = date(2200, 12, 31)
#: The Gregorian calendar is the same again after 400 years, weekdays included.
_CYCLE = 400


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule of the subset. `by_day`: (rank in the month or year, or 0; weekday)."""

    text: str
    frequency: str
    interval: int = 1
    by_day: tuple[tuple[int, str], ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_set_pos: tuple[int, ...] = ()
    until: date | None = None
    count: int | None = None


def read_rule(text: str) -> Rule:
    """A rule out of its text. Raises RuleRefused."""
    parts = _parts(text)
    frequency = parts.get("FREQ", "")
    if frequency not in _FREQUENCIES:
        raise _refused("FREQ doit être DAILY, WEEKLY, MONTHLY ou YEARLY")
    rule = Rule(
        text=text,
        frequency=frequency,
        interval=_number(parts, "INTERVAL", most=_MOST_INTERVAL) or 1,
        by_day=_by_day(parts.get("BYDAY")),
        by_month_day=_numbers(parts, "BYMONTHDAY", most=31),
        by_set_pos=_numbers(parts, "BYSETPOS", most=366),
        until=_until(parts.get("UNTIL")),
        count=_number(parts, "COUNT", most=_MOST_COUNT),
    )
    _check_together(rule)
    return rule


def days_of(rule: Rule, first_day: date, *, start: date, end: date) -> list[date]:
    """The days of a rule begun on `first_day`, from `start` to `end`, both included.

    `first_day` counts only if the rule gives it.
    """
    return [day for day in _unrolled(rule, first_day, end) if day >= start]


def last_day_of(rule: Rule, first_day: date) -> date | None:
    """The last day of a rule that ends, None for one that goes on. Raises RuleRefused for one
    that gives no day at all."""
    if next(_unrolled(rule, first_day, _LAST_DAY), None) is None:
        raise _refused("la règle ne donne aucun jour à partir du premier jour")
    if rule.count is not None:
        return max(_unrolled(rule, first_day, _LAST_DAY))
    return rule.until


def rest_of(rule: Rule, first_day: date, day: date) -> str:
    """The text of the same rule, begun on one of its days: COUNT is what is left of it."""
    if rule.count is None:
        return rule.text
    before = sum(1 for one in _unrolled(rule, first_day, day) if one < day)
    return re.sub(r"COUNT=\d+", f"COUNT={rule.count - before}", rule.text)


def _unrolled(rule: Rule, first_day: date, end: date) -> Iterator[date]:
    """Every day up to `end`, in order.

    dateutil looks for the next day up to year 9999, and some rules have none (the 30th of every
    twelfth month from February on). Unrolled a whole number of cycles later, the days are the
    same and the search is short.
    """
    until = min(rule.until or end, end)
    if until < first_day:
        return
    years = (date.max.year - until.year) // _CYCLE * _CYCLE
    bound: dict[str, Any] = (
        {"until": _shifted(until, years)} if rule.count is None else {"count": rule.count}
    )
    found = rrule.rrule(
        _FREQUENCIES[rule.frequency],
        dtstart=_shifted(first_day, years),
        interval=rule.interval,
        byweekday=[_WEEKDAYS[name](rank) if rank else _WEEKDAYS[name] for rank, name in rule.by_day]
        or None,
        bymonthday=rule.by_month_day or None,
        bysetpos=rule.by_set_pos or None,
        **bound,
    )
    for moment in found:
        day = date(moment.year - years, moment.month, moment.day)
        if day > until:
            return
        yield day


def _shifted(day: date, years: int) -> datetime:
    return datetime(day.year + years, day.month, day.day)  # noqa: DTZ001 - a day, as dateutil wants


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for piece in text.split(";"):
        name, found, value = piece.partition("=")
        if not found or not value or name not in _PARTS:
            raise _refused(f"parties admises : {', '.join(_PARTS)}")
        if name in parts:
            raise _refused(f"{name} figure deux fois")
        parts[name] = value
    return parts


def _number(parts: dict[str, str], name: str, *, most: int) -> int | None:
    if name not in parts:
        return None
    value = parts[name]
    if not value.isdecimal() or not 1 <= int(value) <= most:
        raise _refused(f"{name} doit être un entier de 1 à {most}")
    return int(value)


def _numbers(parts: dict[str, str], name: str, *, most: int) -> tuple[int, ...]:
    if name not in parts:
        return ()
    found = []
    for piece in parts[name].split(","):
        digits = piece.removeprefix("-") if piece.startswith("-") else piece.removeprefix("+")
        if not digits.isdecimal() or not 1 <= int(digits) <= most:
            raise _refused(f"{name} : des entiers de 1 à {most}, ou de -{most} à -1")
        found.append(int(piece))
    return tuple(found)


def _by_day(value: str | None) -> tuple[tuple[int, str], ...]:
    if value is None:
        return ()
    found = [_BYDAY.fullmatch(piece) for piece in value.split(",")]
    ranked = [(int(one[1] or 0), one[2]) for one in found if one and one[1] not in ("0", "00")]
    if len(ranked) != len(found) or any(abs(rank) > 53 for rank, _ in ranked):
        raise _refused("BYDAY : MO, TU, WE, TH, FR, SA, SU, avec un rang au besoin (1MO, -1FR)")
    return tuple(ranked)


def _until(value: str | None) -> date | None:
    if value is None:
        return None
    try:
        if len(value) != 8 or not value.isdecimal():
            raise ValueError
        return date(int(value[:4]), int(value[4:6]), int(value[6:]))
    except ValueError:
        raise _refused("UNTIL est un jour, AAAAMMJJ, sans heure") from None


def _check_together(rule: Rule) -> None:
    """What RFC 5545 §3.3.10 forbids, and what would find no day or only by chance."""
    ranks = any(rank for rank, _ in rule.by_day)
    chosen = bool(rule.by_day or rule.by_month_day)
    monthly = rule.frequency in ("MONTHLY", "YEARLY")
    wrong = {
        "UNTIL ou COUNT, pas les deux": rule.until is not None and rule.count is not None,
        "un rang dans BYDAY demande MONTHLY ou YEARLY": ranks and not monthly,
        "BYMONTHDAY ne va pas avec WEEKLY": rule.frequency == "WEEKLY" and rule.by_month_day,
        "BYSETPOS demande MONTHLY ou YEARLY, et BYDAY ou BYMONTHDAY": rule.by_set_pos
        and not (monthly and chosen),
        "DAILY avec un INTERVAL n’admet ni BYDAY ni BYMONTHDAY": rule.frequency == "DAILY"
        and rule.interval > 1
        and chosen,
    }
    for detail, is_wrong in wrong.items():
        if is_wrong:
            raise _refused(detail)


def _refused(detail: str) -> RuleRefused:
    return RuleRefused(f"Règle RFC 5545 : {detail}.", field="/rule")
