"""When agents receive: openings, absences, and wall time over the clock changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from uuid import UUID

from chassis.clock import PARIS
from services.rendezvous.domain.errors import LocalTimeRefused


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
