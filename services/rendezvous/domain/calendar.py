"""Calendars beside ours: the feed that an agent's own program reads, and the busy times it has.

The feed tells times; of what they are for, « Rendez-vous », how and on which site. No personne,
no motif, no link: it leaves for a program that the département does not hold.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from chassis.clock import instant_of
from services import roles
from services.rendezvous.domain.motif import Modality
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.domain.planning import Absence, AbsenceKind
from services.rendezvous.domain.rights import Seen, Viewer, is_closed

#: How far the feed looks back and ahead: *exemple*.
BEHIND, AHEAD = timedelta(days=92), timedelta(days=366)
#: How far busy times are read ahead, how often, and the longest wait after failures: *exemple*.
BUSY_AHEAD, REFRESH, LONGEST_WAIT = timedelta(weeks=26), timedelta(hours=1), timedelta(hours=24)
#: What every id of the feed ends with: read back as busy times, it would block itself.
OWN_UID = "@rendezvous.service-social"
_BUSY = "Occupé"
_MODALITIES = {
    Modality.PRESENTIEL: "présentiel",
    Modality.TELEPHONE: "téléphone",
    Modality.VAD: "à domicile",
    Modality.PERMANENCE: "permanence",
    Modality.VISIO: "visio",
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One event of the feed. `changed_at`: when what it tells was last written."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    summary: str
    location: str | None = None


def entries(
    agent_id: UUID, held: Iterable[Seen], absences: Iterable[Absence], *, changed_at: datetime
) -> list[Entry]:
    """What the feed of an agent tells; not the busy times that come from their own program."""
    told = [_of_rendezvous(agent_id, seen) for seen in held]
    away = [
        _of_absence(one, changed_at) for one in absences if one.kind is not AbsenceKind.EXTERNAL
    ]
    return sorted(told + away, key=lambda one: (one.starts_at, one.uid))


def secret_digest(secret: str) -> str:
    """What is kept of a secret. It has 256 bits of chance: nothing slower is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def opens(secret: str, digest: str) -> bool:
    """Whether a secret is the one a digest was made of, in constant time."""
    return hmac.compare_digest(secret_digest(secret), digest)


def _of_rendezvous(agent_id: UUID, seen: Seen) -> Entry:
    """A discreet one, and one of a file closed to the agent or not told of, is a taken time."""
    held = seen.rendezvous
    hidden = held.discreet or bool(seen.untold) or is_closed(_as_viewer(agent_id), seen)
    return Entry(
        uid=f"{held.id}{OWN_UID}",
        sequence=held.version,
        starts_at=held.place.starts_at,
        ends_at=held.place.ends_at,
        changed_at=held.closed_at or held.booked_at,
        summary=_BUSY if hidden else f"Rendez-vous ({_MODALITIES[held.modality]})",
        location=None if hidden else held.place.site,
    )


def _of_absence(absence: Absence, changed_at: datetime) -> Entry:
    return Entry(
        uid=f"{absence.id}{OWN_UID}",
        sequence=0,
        starts_at=absence.starts_at,
        ends_at=absence.ends_at,
        changed_at=changed_at,
        summary=_BUSY,
    )


def _as_viewer(agent_id: UUID) -> Viewer:
    return Viewer(
        subject=str(agent_id),
        roles=frozenset({roles.TRAVAILLEUR_SOCIAL}),
        agent_id=agent_id,
        personne_id=None,
        mds=frozenset(),
    )


class Source(StrEnum):
    """Where busy times come from."""

    URL = "URL"
    FILE = "FILE"


class SyncState(StrEnum):
    """How an external calendar is doing."""

    WAITING = "WAITING"
    FRESH = "FRESH"
    FAILING = "FAILING"


class Trouble(StrEnum):
    """Why an external calendar could not be read."""

    HOST_REFUSED = "HOST_REFUSED"
    PRIVATE_ADDRESS = "PRIVATE_ADDRESS"
    UNREACHABLE = "UNREACHABLE"
    REDIRECTED = "REDIRECTED"
    ANSWER_REFUSED = "ANSWER_REFUSED"
    TOO_LARGE = "TOO_LARGE"
    TOO_SLOW = "TOO_SLOW"
    TOO_MANY_EVENTS = "TOO_MANY_EVENTS"
    NOT_A_CALENDAR = "NOT_A_CALENDAR"


class Troubled(Exception):
    """A calendar could not be read. Never quotes it, nor where it is."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


@dataclass(eq=False, kw_only=True)
class ExternalCalendar:
    """An agent's own calendar, of which only the taken times are kept."""

    agent_id: UUID
    source: Source
    url: str | None = None
    busy: int = 0
    ignored: int = 0
    failures: int = 0
    trouble: Trouble | None = None
    tried_at: datetime | None = None
    read_at: datetime | None = None

    @property
    def state(self) -> SyncState:
        """How it is doing."""
        if self.tried_at is None:
            return SyncState.WAITING
        return SyncState.FAILING if self.trouble else SyncState.FRESH

    def was_read(self, *, busy: int, ignored: int, now: datetime) -> None:
        """It was read: so many taken times, so many events that could not be understood."""
        self.busy, self.ignored, self.failures, self.trouble = busy, ignored, 0, None
        self.tried_at = self.read_at = now

    def failed(self, trouble: Trouble, *, now: datetime) -> None:
        """It could not be read; what is known of it stays."""
        self.failures, self.trouble, self.tried_at = self.failures + 1, trouble, now

    def next_try(self, now: datetime) -> datetime:
        """An hour later; twice that after each failure in a row, at most a day (*exemple*)."""
        doubled: int = 2 ** min(self.failures, 10)
        return now + min(REFRESH * doubled, LONGEST_WAIT)


def window_of(day: date) -> Interval:
    """The time over which busy times read on a Paris day are kept: from its midnight."""
    begins = instant_of(day)
    return Interval(begins, begins + BUSY_AHEAD)


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What a new reading changes in the busy times known."""

    #: Of the past: forgotten, not given back.
    over: list[Absence]
    gone: list[Absence]
    come: list[Interval]
    #: Those that were cut where the reading before stopped, as they last now.
    grown: list[Absence]


def turned(
    known: Iterable[Absence],
    spans: Iterable[Interval],
    *,
    since: datetime,
    reached: datetime | None,
) -> Turn:
    """Compare busy times that begin at `since`, a midnight, with those known.

    A calendar is read over some weeks that begin today: what lasts several days is cut every day
    at another midnight, at both ends. It stays the time it is. `reached`: where the reading before
    stopped.
    """
    read = {max(span.start, since): span.end for span in spans if span.end > since}
    over: list[Absence] = []
    gone: list[Absence] = []
    grown: list[Absence] = []
    for one in known:
        if one.ends_at <= since:
            over.append(one)
            continue
        start = max(one.starts_at, since)
        end = read.get(start)
        was_cut = reached is not None and one.ends_at >= reached
        if end is None or (end != one.ends_at and not (was_cut and end > one.ends_at)):
            gone.append(one)
            continue
        del read[start]
        if end != one.ends_at:
            grown.append(replace(one, ends_at=end))
    come = sorted(Interval(start, end) for start, end in read.items())
    return Turn(over=over, gone=gone, come=come, grown=grown)
