"""A series of openings or absences: a rule, wall hours, and what was changed on single days.

An occurrence is known by its series and its day, whatever its hours became.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from uuid import UUID

from services.rendezvous.domain.errors import OccurrenceUnknown, SerieEnded
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.domain.planning import wall_span

#: How far ahead occurrences stand in the agenda, and how often the rest is added: thirteen and
#: one month, *exemple*. At least a year can be searched and booked at any time.
HORIZON = timedelta(days=396)
EXTENDED_EVERY = timedelta(days=30)
#: The hour of Paris of that work: nobody books, and no clock change skips or repeats it.
EXTENDED_AT = time(4, 0)


class SerieKind(StrEnum):
    """Open, away, or at work without receiving."""

    OPENING = "OPENING"
    ABSENCE = "ABSENCE"
    WORK = "WORK"


class EditKind(StrEnum):
    """What became of one occurrence. CONFLICT: left out when the horizon came to it, the agent
    being open on another site at that time."""

    CHANGED = "CHANGED"
    REMOVED = "REMOVED"
    CONFLICT = "CONFLICT"


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What one occurrence has of its own. No `from_time`: the hours of the series; no `site`:
    its site."""

    day: date
    kind: EditKind
    from_time: time | None = None
    to_time: time | None = None
    site: str | None = None
    mds: str | None = None


@dataclass(frozen=True, kw_only=True)
class Occurrence:
    """The series on one day, as the agenda holds it."""

    day: date
    during: Interval
    site: str | None
    mds: str | None
    edited: bool


@dataclass(eq=False, kw_only=True)
class Serie:
    """Wall hours of Paris on the days of a rule. `to_time` None: midnight, the end of the day."""

    id: UUID
    agent_id: UUID
    kind: SerieKind
    rule: str
    first_day: date
    #: The last day it may have an occurrence; None: it goes on.
    last_day: date | None
    from_time: time
    to_time: time | None
    site: str | None = None
    mds: str | None = None
    kinds: frozenset[str] = frozenset()
    motifs: frozenset[str] = frozenset()
    #: Up to this day, its occurrences were put in the agenda.
    filled_to: date
    #: The series this one goes on from, changed.
    continues_id: UUID | None = None
    version: int = 1

    @property
    def is_filled(self) -> bool:
        """Whether no occurrence is left to come after the horizon."""
        return self.last_day is not None and self.last_day <= self.filled_to

    def check_day(self, day: date, today: date) -> None:
        """Whether a day of the rule can still be changed. Raises OccurrenceUnknown."""
        if day < max(self.first_day, today) or (self.last_day and day > self.last_day):
            raise OccurrenceUnknown("Donnez un jour de la série, à partir d’aujourd’hui.")

    def end(self, last_day: date) -> None:
        """Have no occurrence after a day, which can only be brought forward. Raises SerieEnded."""
        if self.last_day is not None and last_day > self.last_day:
            raise SerieEnded(
                "Une série finie ne se prolonge pas : créez-en une autre.", field="/last_day"
            )
        self.last_day = max(last_day, self.first_day - timedelta(days=1))
        self.version += 1


def occurrences(serie: Serie, days: Iterable[date], edits: Mapping[date, Edit]) -> list[Occurrence]:
    """What a series puts in the agenda on these days of its rule, single changes included.

    A day on which the clock jumps over all of its hours has none.
    """
    found = []
    for day in days:
        edit = edits.get(day)
        if edit is not None and edit.kind is not EditKind.CHANGED:
            continue
        own = edit if edit is not None and edit.from_time is not None else serie
        during = wall_span(day, own.from_time or time(), own.to_time)
        if during is None:
            continue
        moved = edit is not None and edit.site is not None
        found.append(
            Occurrence(
                day=day,
                during=during,
                site=edit.site if edit and moved else serie.site,
                mds=edit.mds if edit and moved else serie.mds,
                edited=edit is not None,
            )
        )
    return found
