"""When agents receive: openings, absences, and wall time over the clock changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID

from chassis.clock import PARIS, end_of_day
from services.rendezvous.domain.errors import LocalTimeRefused
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.events import AbsenceCancelled, AbsenceRecorded


@dataclass(frozen=True, kw_only=True)
class Opening:
    """An agent receives on a site. `kinds` and `motifs` both empty: every motif."""

    id: UUID
    agent_id: UUID
    site: str
    mds: str
    starts_at: datetime
    ends_at: datetime
    kinds: frozenset[str] = frozenset()
    motifs: frozenset[str] = frozenset()
    #: Of an occurrence: its series, its day in it, and whether it has something of its own.
    serie_id: UUID | None = None
    occurrence_on: date | None = None
    edited: bool = False

    @property
    def during(self) -> Interval:
        """From its start to its end."""
        return Interval(self.starts_at, self.ends_at)

    def takes(self, kind: str, motif: str) -> bool:
        """Whether it is open to a motif of this kind and code."""
        return not (self.kinds or self.motifs) or kind in self.kinds or motif in self.motifs


class AbsenceKind(StrEnum):
    """Away, or at work but not receiving (writing, meetings). The reason of an absence is the
    agent's own business: it is not asked. EXTERNAL: taken in the agent's own calendar program."""

    ABSENCE = "ABSENCE"
    WORK = "WORK"
    EXTERNAL = "EXTERNAL"


@dataclass(frozen=True, kw_only=True)
class Absence:
    """The agent does not receive, whatever the openings say."""

    id: UUID
    agent_id: UUID
    kind: AbsenceKind
    starts_at: datetime
    ends_at: datetime
    #: As for an opening.
    serie_id: UUID | None = None
    occurrence_on: date | None = None
    edited: bool = False

    @property
    def during(self) -> Interval:
        """From its start to its end."""
        return Interval(self.starts_at, self.ends_at)

    def recorded(self, *, mds: str, affected: int) -> AbsenceRecorded:
        """The fact that the time is blocked."""
        return AbsenceRecorded(affected=affected, **self._told(mds))

    def cancelled(self, *, mds: str) -> AbsenceCancelled:
        """The fact that it is given back."""
        return AbsenceCancelled(**self._told(mds))

    def _told(self, mds: str) -> dict[str, Any]:
        """What a fact says of it: not even its kind."""
        return {
            "absence_id": self.id,
            "agent_id": self.agent_id,
            "mds": mds,
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
        }


#: What the agenda holds of an agent's series.
Held = Opening | Absence


def paris_instant(day: date, wall: time, *, field: str) -> datetime:
    """The UTC instant of a Paris wall time.

    Raises LocalTimeRefused for 02:00-03:00 on the last Sunday of March (does not exist) and of
    October (exists twice): the caller then gives an instant with its offset.
    """
    early = datetime.combine(day, wall, tzinfo=PARIS)
    late = early.replace(fold=1)
    if early.utcoffset() == late.utcoffset():
        return early.astimezone(UTC)
    if early.astimezone(UTC).astimezone(PARIS).time() != wall:
        raise LocalTimeRefused(
            f"{wall:%H:%M} n’existe pas le {day:%d/%m/%Y} (passage à l’heure d’été).", field=field
        )
    raise LocalTimeRefused(
        f"{wall:%H:%M} existe deux fois le {day:%d/%m/%Y} (passage à l’heure d’hiver) : "
        "donnez l’instant avec son décalage (starts_at, ends_at).",
        field=field,
    )


def wall_span(day: date, start: time, end: time | None) -> Interval | None:
    """From the first time the clock of Paris reaches `start` on a day to the last time it reaches
    `end` (None: midnight that ends the day).

    Where the clock jumps from 2 to 3, both bounds inside that hour fall on the jump, and a span
    that lies wholly in it is None; where it goes through that hour twice, the span has both.
    """
    opens = _clock_at(day, start, last=False)
    closes = end_of_day(day) if end is None else _clock_at(day, end, last=True)
    return Interval(opens, closes) if opens < closes else None


def _clock_at(day: date, wall: time, *, last: bool) -> datetime:
    early = datetime.combine(day, wall, tzinfo=PARIS).astimezone(UTC)
    late = datetime.combine(day, wall.replace(fold=1), tzinfo=PARIS).astimezone(UTC)
    if early > late:  # the hour is skipped; the clock changes on a whole hour
        return early.replace(minute=0, second=0, microsecond=0)
    return late if last else early
