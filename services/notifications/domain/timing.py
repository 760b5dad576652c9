"""When a message may leave: its due instant, its last useful instant, the quiet hours between.

A day and an hour are those of Europe/Paris, so that 10:00 is 10:00 on both sides of a clock
change; a holiday is asked of a function, which keeps this module free of any calendar.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from chassis.clock import PARIS, instant_of, paris_day

_SUNDAY = 6

#: Whether a day in Paris is a public holiday.
IsHoliday = Callable[[date], bool]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The local rules in force from a day on. Every value is an *exemple* until one is decided."""

    valid_from: date
    #: A reminder leaves this many days before the rendezvous, at this hour of Paris.
    reminder_days: int
    reminder_at: time
    #: No reminder when it would follow the confirmation by less than this.
    reminder_gap: timedelta
    #: Nor does one help in the last moments before the rendezvous.
    reminder_margin: timedelta
    #: Nothing leaves from `quiet_from` to `quiet_until`, nor on Sundays and holidays.
    quiet_from: time
    quiet_until: time
    #: How long the news of an answer is still news.
    answer_useful: timedelta
    #: SMS first for most: it is read in time. The next one is tried when the first refuses.
    channels: tuple[str, ...]
    #: An SMS that would take more parts than this leaves instructions out.
    most_sms_parts: int


def is_open(moment: datetime, rules: Rules, is_holiday: IsHoliday) -> bool:
    """Whether a message may leave at this instant."""
    local = moment.astimezone(PARIS)
    if _is_closed(local.date(), is_holiday):
        return False
    return rules.quiet_until <= local.time() < rules.quiet_from


def next_open(moment: datetime, rules: Rules, is_holiday: IsHoliday) -> datetime:
    """The first instant, from `moment` on, at which a message may leave (UTC)."""
    if is_open(moment, rules, is_holiday):
        return moment
    local = moment.astimezone(PARIS)
    day = local.date()
    if local.time() >= rules.quiet_until:
        day += timedelta(days=1)
    while _is_closed(day, is_holiday):
        day += timedelta(days=1)
    return instant_of(day, rules.quiet_until)


def reminder_due(
    starts_at: datetime, now: datetime, rules: Rules, is_holiday: IsHoliday
) -> datetime | None:
    """When to remind of a rendezvous; None when it is too near for a reminder to be of use."""
    day = paris_day(starts_at) - timedelta(days=rules.reminder_days)
    due = next_open(instant_of(day, rules.reminder_at), rules, is_holiday)
    if due < now + rules.reminder_gap or due > reminder_not_after(starts_at, rules):
        return None
    return due


def reminder_not_after(starts_at: datetime, rules: Rules) -> datetime:
    """After this instant a reminder is dropped."""
    return starts_at - rules.reminder_margin


def _is_closed(day: date, is_holiday: IsHoliday) -> bool:
    return day.weekday() == _SUNDAY or is_holiday(day)
