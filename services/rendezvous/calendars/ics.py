"""Writes the feed as iCalendar (RFC 5545). Times are UTC: no clock change can shift them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from icalendar import Calendar, Event

from services.rendezvous.domain.calendar import Entry

MEDIA = "text/calendar"
#: A change in how entries are written changes every tag.
_FORM = "1"
#: How often a program is asked to come back: *exemple*.
_EVERY = timedelta(hours=1)


def tag_of(entries: Sequence[Entry]) -> str:
    """Changes if and only if the bytes do."""
    return hashlib.sha256(f"{_FORM} {list(entries)!r}".encode()).hexdigest()[:32]


def write(entries: Sequence[Entry]) -> bytes:
    """The calendar. The same entries make the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//Service social départemental//rendezvous//FR")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Rendez-vous")
    calendar.add("refresh-interval", _EVERY, parameters={"VALUE": "DURATION"})
    for entry in entries:
        calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at.replace(microsecond=0))
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    event.add("summary", entry.summary)
    if entry.location:
        event.add("location", entry.location)
    event.add("class", "PRIVATE")
    event.add("transp", "OPAQUE")
    return event
