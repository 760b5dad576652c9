"""Reads when someone is busy out of an iCalendar file (RFC 5545): times, nothing else.

Titles, places and guests are dropped line by line before anything is parsed. Recurring events are
laid out on the wall clock of their own time zone, then made instants, so that a meeting at nine
stays at nine across the clock changes; all-day and floating times are Paris.

Run as a program, it reads a file on its standard input and answers JSON: a stranger's calendar is
read in a process of its own, whose time and memory are bounded (`external.read_apart`).
"""

from __future__ import annotations

import json
import re
import resource
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Any, NamedTuple

from dateutil.rrule import rrulestr
from icalendar import Calendar

from chassis.clock import PARIS
from services.rendezvous.domain.calendar import OWN_UID, Trouble, Troubled
from services.rendezvous.domain.occupation import Interval, merged

#: An event as icalendar gives it: values of a type of its own for each property.
Event = Any
#: *exemple*. The largest calendars met by others have some 7,000 events, most of them past.
MAX_EVENTS = 5_000
#: Occurrences of one series looked at: a daily one since 1950.
_MAX_STEPS = 30_000
#: Processor seconds and bytes of memory of the program.
_CPU_SECONDS, _MEMORY = 10, 512 * 1024**2
#: What says when, how often, and whether it takes time.
_KEPT = re.compile(
    r"(BEGIN|END|UID|DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE|RECURRENCE-ID|STATUS|TRANSP"
    r"|X-MICROSOFT-CDO-BUSYSTATUS|TZID|TZOFFSETFROM|TZOFFSETTO)[;:]",
    re.IGNORECASE,
)
#: A series more frequent than the day is no meeting.
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_DAY = timedelta(days=1)


class Busy(NamedTuple):
    """When they are busy, and how many events could not be understood."""

    spans: list[Interval]
    ignored: int


class Wall(NamedTuple):
    """A time on the clock of a place; of a whole day, its midnight."""

    naive: datetime
    zone: tzinfo
    whole_day: bool

    def instant(self, naive: datetime) -> datetime:
        """A time on the same clock. One skipped in spring is that of an hour later."""
        return naive.replace(tzinfo=self.zone).astimezone(UTC)


@dataclass(frozen=True)
class _Moves:
    """Occurrences that an event of their own replaces: (id of the series, instant)."""

    replaced: frozenset[tuple[str, datetime]]


def read(text: str, window: Interval) -> Busy:
    """Busy times within a window, merged. Raises Troubled: nothing of half a file is kept."""
    events = _events(text)
    moves = _Moves(frozenset(_replaced(events)))
    spans: list[Interval] = []
    ignored = 0
    for event in events:
        try:
            spans += _spans(event, window, moves)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
            ignored += 1  # one event that means nothing hides no other
    found = merged(spans)
    if len(found) > MAX_EVENTS:
        raise Troubled(Trouble.TOO_MANY_EVENTS)
    return Busy(found, ignored)


def _events(text: str) -> list[Event]:
    slim = "\r\n".join(_kept_lines(text))
    is_whole = slim.startswith("BEGIN:VCALENDAR") and slim.endswith("END:VCALENDAR")
    if not is_whole or slim.count("\nBEGIN:VEVENT") != slim.count("\nEND:VEVENT"):
        raise Troubled(Trouble.NOT_A_CALENDAR)  # an error page, or a file cut short
    if slim.count("\nBEGIN:VEVENT") > MAX_EVENTS:
        raise Troubled(Trouble.TOO_MANY_EVENTS)
    try:
        calendars: Any = Calendar.from_ical(slim, multiple=True)
        return [one for calendar in calendars for one in calendar.walk("VEVENT")]
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        raise Troubled(Trouble.NOT_A_CALENDAR) from None


def _kept_lines(text: str) -> Iterator[str]:
    """The lines that matter; a line that begins with a blank continues the one before."""
    is_kept = False
    for line in text.removeprefix("\ufeff").splitlines():
        if line[:1] not in (" ", "\t"):
            is_kept = _KEPT.match(line) is not None
        if is_kept and line.strip():
            yield line.upper() if line[:6].upper() in ("BEGIN:", "END:VE", "END:VC") else line


def _spans(event: Event, window: Interval, moves: _Moves) -> Iterator[Interval]:
    if not _takes_time(event):
        return
    start, uid = _wall(event["DTSTART"].dt), str(event.get("UID", ""))
    is_replacement = "RECURRENCE-ID" in event
    lasts = _duration(event, start)
    # A day before what could still reach into the window: no zone is further from UTC.
    earliest = window.start.replace(tzinfo=None) - lasts - _DAY
    for naive in [start.naive] if is_replacement else _occurrences(event, start, window):
        if naive < earliest:
            continue
        begins = start.instant(naive)
        if not is_replacement and (uid, begins) in moves.replaced:
            continue
        ends = _end(start, naive, lasts)
        span = Interval(max(begins, window.start), min(ends, window.end))
        if span.start < span.end:
            yield span


def _takes_time(event: Event) -> bool:
    """Free, transparent and cancelled ones do not; neither do those of our own feed."""
    words = {str(event.get(name, "")).upper() for name in ("STATUS", "TRANSP")}
    words.add(str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper())
    own = str(event.get("UID", "")).endswith(OWN_UID)
    return not own and words.isdisjoint({"CANCELLED", "TRANSPARENT", "FREE"})


def _occurrences(event: Event, start: Wall, window: Interval) -> Iterator[datetime]:
    """The starts of a series on its own clock, in no order, those it leaves out taken off."""
    skipped = {_naive(moment, start) for moment in _moments(event, "EXDATE")}
    latest = window.end.astimezone(start.zone).replace(tzinfo=None)
    found: list[datetime] = [
        start.naive,
        *(_naive(moment, start) for moment in _moments(event, "RDATE")),
    ]
    for rule in _listed(event, "RRULE"):
        found += _of_rule(rule, start, latest)
    yield from (naive for naive in dict.fromkeys(found) if naive not in skipped)


def _of_rule(rule: Any, start: Wall, latest: datetime) -> list[datetime]:
    parts = dict(part.split("=", 1) for part in rule.to_ical().decode().upper().split(";"))
    if parts.get("FREQ") not in _FREQUENCIES:
        raise ValueError(rule)
    until = parts.pop("UNTIL", None)
    last = min(latest, _until(until, start)) if until else latest
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    series: Iterable[datetime] = rrulestr(text, dtstart=start.naive)
    found: list[datetime] = []
    for naive in islice(series, _MAX_STEPS + 1):
        if naive > last:
            return found
        found.append(naive)
    if len(found) > _MAX_STEPS:
        raise Troubled(Trouble.TOO_MANY_EVENTS)
    return found


def _until(text: str, start: Wall) -> datetime:
    """The last moment of a series on its own clock: UTC, a floating time, or a whole day."""
    if len(text) == 8:
        return datetime.combine(_day(text), time.max)
    moment = datetime.combine(_day(text[:8]), time.fromisoformat(text[9:15]))
    if not text.endswith("Z"):
        return moment
    return moment.replace(tzinfo=UTC).astimezone(start.zone).replace(tzinfo=None)


def _day(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:8]))


def _end(start: Wall, naive: datetime, lasts: timedelta) -> datetime:
    """A day lasts 23, 24 or 25 hours; an hour is an hour."""
    if start.whole_day:
        return start.instant(naive + lasts)
    return start.instant(naive) + lasts


def _duration(event: Event, start: Wall) -> timedelta:
    if "DURATION" in event:
        lasts: timedelta = event["DURATION"].dt
    elif "DTEND" not in event:
        return _DAY if start.whole_day else timedelta(0)
    else:
        end = _wall(event["DTEND"].dt)
        if start.whole_day:
            lasts = end.naive - start.naive
        else:
            lasts = end.instant(end.naive) - start.instant(start.naive)
    if lasts < timedelta(0):
        raise ValueError(lasts)
    return lasts


def _replaced(events: Iterable[Event]) -> Iterator[tuple[str, datetime]]:
    for event in events:
        try:
            if "RECURRENCE-ID" in event:
                wall = _wall(event["RECURRENCE-ID"].dt)
                yield str(event.get("UID", "")), wall.instant(wall.naive)
        except (ValueError, TypeError, AttributeError, OverflowError):
            continue  # told as ignored when its own times are read


def _moments(event: Event, name: str) -> Iterator[Any]:
    for listed in _listed(event, name):
        for one in listed.dts:
            yield one.dt[0] if isinstance(one.dt, tuple) else one.dt


def _listed(event: Event, name: str) -> list[Any]:
    value = event.get(name, [])
    return value if isinstance(value, list) else [value]


def _wall(moment: date | datetime) -> Wall:
    if not isinstance(moment, datetime):
        return Wall(datetime.combine(moment, time()), PARIS, whole_day=True)
    return Wall(moment.replace(tzinfo=None), moment.tzinfo or PARIS, whole_day=False)


def _naive(moment: date | datetime, start: Wall) -> datetime:
    """A moment on the clock of a series; a day alone means its occurrence of that day."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, start.naive.time())
    if moment.tzinfo is None:
        return moment
    return moment.astimezone(start.zone).replace(tzinfo=None)


def main() -> None:
    """`python -m services.rendezvous.calendars.busy_times FROM TO < file`."""
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    window = Interval(*(datetime.fromisoformat(text) for text in sys.argv[1:3]))
    text = sys.stdin.buffer.read().decode("utf-8", errors="replace")
    try:
        busy = read(text, window)
    except Troubled as error:
        answer: dict[str, Any] = {"trouble": error.trouble.value}
    else:
        spans = [[span.start.isoformat(), span.end.isoformat()] for span in busy.spans]
        answer = {"busy": spans, "ignored": busy.ignored}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
