"""An offer: a time that freed, or a seat, kept for someone of the waiting list until they answer.

Several offers may be made of one time, or of one seat, at once: they share one hold, and the first
to accept has it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from chassis.clock import PARIS, instant_of
from services.rendezvous.domain.errors import OffreExpired, OffreOver, OffreTaken
from services.rendezvous.domain.motif import Modality, Motif
from services.rendezvous.domain.rendezvous import Place
from services.rendezvous.events import CreneauOffered, OfferClosed, OffreFact

F = TypeVar("F", bound=OffreFact)

#: No offer is made that leaves less time to answer: *exemple*.
SHORTEST = timedelta(minutes=15)
#: An offer takes at most this part of the time left before the motif's notice: *exemple*.
_PART = 4
#: The time stays kept a little after the offer, so that the next in line comes before a passer-by;
#: then it frees itself, whatever became of the work that was due: *exemple*.
GRACE = timedelta(minutes=15)
#: People are not asked to answer at night, nor on Sundays and holidays: *exemple*, the quiet hours
#: of notifications.
_FROM, _UNTIL, _SUNDAY = time(8), time(20), 6


class OffreStatus(StrEnum):
    """OPEN until it is answered, runs out, is lost to another, or has no object any more."""

    OPEN = "OPEN"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    TAKEN = "TAKEN"
    CLOSED = "CLOSED"


class OffreAction(StrEnum):
    """What can happen to an offer."""

    ACCEPT = "accept"
    DECLINE = "decline"
    EXPIRE = "expire"
    LOSE = "lose"
    CLOSE = "close"


#: Every state an action is allowed from, and where it leads. What is absent is refused.
TRANSITIONS: dict[tuple[OffreStatus, OffreAction], OffreStatus] = {
    (OffreStatus.OPEN, OffreAction.ACCEPT): OffreStatus.ACCEPTED,
    (OffreStatus.OPEN, OffreAction.DECLINE): OffreStatus.DECLINED,
    (OffreStatus.OPEN, OffreAction.EXPIRE): OffreStatus.EXPIRED,
    (OffreStatus.OPEN, OffreAction.LOSE): OffreStatus.TAKEN,
    (OffreStatus.OPEN, OffreAction.CLOSE): OffreStatus.CLOSED,
}


@dataclass(frozen=True, kw_only=True)
class Freed:
    """Time that freed: starts from `from_at` to `to_at` (excluded) with these agents on this site.

    `id` stays the same from one in line to the next, so that nobody is offered it twice. `motif`:
    that of the rendezvous that stood there, if one did. `after`: the place in the fair order of the
    last one who was looked at, when the line is longer than what is looked at at once.
    """

    id: UUID
    agent_ids: tuple[UUID, ...]
    site: str
    mds: str
    from_at: datetime
    to_at: datetime
    room_id: UUID | None = None
    motif: str | None = None
    after: tuple[bool, datetime, UUID] | None = None


@dataclass(frozen=True, kw_only=True)
class FreedSeat:
    """A seat of a collective rendezvous may be free. `id`, `after`: as in Freed."""

    id: UUID
    session_id: UUID
    after: tuple[bool, datetime, UUID] | None = None


@dataclass(eq=False, kw_only=True)
class Offre:
    """A time, or a seat, offered to one entry of the waiting list."""

    id: UUID
    attente_id: UUID
    #: The freed time it came from.
    creneau_id: UUID
    hold_id: UUID
    personne_ids: tuple[UUID, ...]
    motif: str
    modality: Modality
    discreet: bool
    place: Place
    offered_at: datetime
    expires_at: datetime
    status: OffreStatus = OffreStatus.OPEN
    closed_at: datetime | None = None
    #: The rendezvous it became.
    rendezvous_id: UUID | None = None
    #: Of a seat: the collective rendezvous it is in.
    session_id: UUID | None = None

    def accept(self, rendezvous_id: UUID, now: datetime) -> OfferClosed:
        """They take it. Raises OffreTaken, OffreExpired or OffreOver."""
        self.check_open(now)
        self.rendezvous_id = rendezvous_id
        return self._end(OffreAction.ACCEPT, now)

    def decline(self, now: datetime) -> OfferClosed:
        """They leave it. Raises OffreTaken, OffreExpired or OffreOver."""
        self.check_open(now)
        return self._end(OffreAction.DECLINE, now)

    def expire(self, now: datetime) -> OfferClosed:
        """Nobody answered."""
        return self._end(OffreAction.EXPIRE, now)

    def lose(self, now: datetime) -> OfferClosed:
        """Another took it first."""
        return self._end(OffreAction.LOSE, now)

    def close(self, now: datetime) -> OfferClosed:
        """Whoever it was made to does not wait any more."""
        return self._end(OffreAction.CLOSE, now)

    def may_be_accepted(self, now: datetime) -> bool:
        """Whether it still stands."""
        return self.status is OffreStatus.OPEN and now < self.expires_at

    def check_open(self, now: datetime) -> None:
        """Raise what says why it can no longer be answered; at `expires_at` itself it cannot."""
        if self.status is OffreStatus.TAKEN:
            raise OffreTaken("Votre place dans la liste est gardée.")
        is_late = self.status is OffreStatus.OPEN and now >= self.expires_at
        if self.status is OffreStatus.EXPIRED or is_late:
            raise OffreExpired("Le créneau est proposé à la personne suivante.")
        self._target(OffreAction.ACCEPT)

    def fact(self, kind: type[F], **more: Any) -> F:
        """A fact about this offer."""
        return kind(
            offer_id=self.id,
            personne_ids=self.personne_ids,
            mds=self.place.mds,
            site=self.place.site,
            motif=self.motif,
            modality=self.modality.value,
            discreet=self.discreet,
            starts_at=self.place.starts_at,
            ends_at=self.place.ends_at,
            expires_at=self.expires_at,
            **more,
        )

    def told(self) -> CreneauOffered:
        """The fact that tells it."""
        return self.fact(CreneauOffered)

    def _end(self, action: OffreAction, now: datetime) -> OfferClosed:
        self.status, self.closed_at = self._target(action), now
        return self.fact(OfferClosed, outcome=self.status.value)

    def _target(self, action: OffreAction) -> OffreStatus:
        target = TRANSITIONS.get((self.status, action))
        if target is None:
            raise OffreOver("Relisez la liste d’attente.")
        return target


def expiry_of(
    motif: Motif, starts_at: datetime, now: datetime, is_off: Callable[[date], bool]
) -> datetime | None:
    """Until when an offer made now can be answered; None when there is no time for an answer.

    The motif's own span, at most a quarter of the time left, never past the motif's notice; the
    time to answer begins when people can be asked. `is_off`: a holiday, or a day on which the MDS
    is closed, and nobody there takes the answer.
    """
    last = starts_at - timedelta(minutes=motif.min_notice_minutes)
    asked_at = next_waking(now, is_off)
    left = last - asked_at
    if left < SHORTEST:
        return None
    span = min(timedelta(minutes=motif.offer_minutes), max(SHORTEST, left / _PART))
    return (asked_at + span).replace(second=0, microsecond=0)


def next_waking(moment: datetime, is_off: Callable[[date], bool]) -> datetime:
    """The first instant from `moment` on at which people can be asked something."""
    local = moment.astimezone(PARIS)
    day = local.date()
    if _is_waking(day, is_off) and local.time() < _UNTIL:
        return max(moment, instant_of(day, _FROM))
    day += timedelta(days=1)
    while not _is_waking(day, is_off):
        day += timedelta(days=1)
    return instant_of(day, _FROM)


def _is_waking(day: date, is_off: Callable[[date], bool]) -> bool:
    return day.weekday() != _SUNDAY and not is_off(day)
