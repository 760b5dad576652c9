"""The waiting list: who asks to be called when a time frees, and in what order they are.

The order is the same for everybody: URGENT before NORMAL, then the instant the place in the list
counts from (`queued_at`), then the id. See docs/decisions/0018.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from chassis.clock import PARIS, paris_day
from services.rendezvous.domain.errors import (
    AttenteOver,
    NotYoursToBook,
    PeriodRefused,
    RendezvousMismatch,
    SeatForOne,
)
from services.rendezvous.domain.motif import Motif
from services.rendezvous.domain.rendezvous import Links, Rendezvous, Status

#: How long one may wait at most: *exemple*.
LONGEST = timedelta(days=366)
#: A first offer left without an answer, or declined, costs nothing; from this one on, the entry
#: goes last: *exemple*.
PASSES_TO_GO_LAST = 2
#: A half-day is of the morning when it begins before this hour of Paris.
_NOON = 12


class Priority(StrEnum):
    """An agent alone says URGENT, with a reason."""

    URGENT = "URGENT"
    NORMAL = "NORMAL"


class PriorityReason(StrEnum):
    """Why it cannot wait, as a code: the matter itself is nobody's business here."""

    DEADLINE = "DEADLINE"
    SAFETY = "SAFETY"
    RIGHTS_AT_RISK = "RIGHTS_AT_RISK"
    MISSED_BY_SERVICE = "MISSED_BY_SERVICE"


class HalfDay(StrEnum):
    """When a person can come."""

    MONDAY_AM = "MONDAY_AM"
    MONDAY_PM = "MONDAY_PM"
    TUESDAY_AM = "TUESDAY_AM"
    TUESDAY_PM = "TUESDAY_PM"
    WEDNESDAY_AM = "WEDNESDAY_AM"
    WEDNESDAY_PM = "WEDNESDAY_PM"
    THURSDAY_AM = "THURSDAY_AM"
    THURSDAY_PM = "THURSDAY_PM"
    FRIDAY_AM = "FRIDAY_AM"
    FRIDAY_PM = "FRIDAY_PM"
    SATURDAY_AM = "SATURDAY_AM"
    SATURDAY_PM = "SATURDAY_PM"
    SUNDAY_AM = "SUNDAY_AM"
    SUNDAY_PM = "SUNDAY_PM"


class AttenteStatus(StrEnum):
    """Waiting until a time is obtained, or until there is nothing left to wait for."""

    WAITING = "WAITING"
    PLACED = "PLACED"
    CLOSED = "CLOSED"


class AttenteReason(StrEnum):
    """Why an entry was closed."""

    WITHDRAWN = "WITHDRAWN"
    PERSONNE_DECEASED = "PERSONNE_DECEASED"
    #: The person has obtained a rendezvous of that motif otherwise.
    BOOKED_MEANWHILE = "BOOKED_MEANWHILE"
    #: The rendezvous they wanted earlier was cancelled, or was held.
    RENDEZVOUS_OVER = "RENDEZVOUS_OVER"
    PERIOD_OVER = "PERIOD_OVER"


class AttenteAction(StrEnum):
    """What can happen to an entry."""

    PLACE = "place"
    MISS_TURN = "miss_turn"
    CLOSE = "close"


#: Every state an action is allowed from, and where it leads. What is absent is refused.
TRANSITIONS: dict[tuple[AttenteStatus, AttenteAction], AttenteStatus] = {
    (AttenteStatus.WAITING, AttenteAction.PLACE): AttenteStatus.PLACED,
    (AttenteStatus.WAITING, AttenteAction.MISS_TURN): AttenteStatus.WAITING,
    (AttenteStatus.WAITING, AttenteAction.CLOSE): AttenteStatus.CLOSED,
}


@dataclass(frozen=True, kw_only=True)
class Where:
    """An agent, else a site, else a whole MDS. `mds`: the list it is read in."""

    mds: str
    site: str | None = None
    agent_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The Paris days that suit, both included, and the half-days; none named: all of them."""

    from_on: date
    until_on: date
    half_days: frozenset[HalfDay] = frozenset()

    def suits(self, starts_at: datetime) -> bool:
        """Whether a start falls on a day and a half-day that suit."""
        if not self.from_on <= paris_day(starts_at) <= self.until_on:
            return False
        return not self.half_days or half_day_of(starts_at) in self.half_days

    def check(self, today: date) -> None:
        """Raise PeriodRefused when nothing could ever suit, or it is too long."""
        if self.until_on < max(self.from_on, today):
            raise PeriodRefused("La période est passée, ou finit avant de commencer.")
        if self.until_on - today > LONGEST:
            raise PeriodRefused("Un an au plus (exemple) ; réinscrivez ensuite.")


@dataclass(eq=False, kw_only=True)
class Attente:
    """One entry of the waiting list. `rendezvous_id`: one they have, and would like earlier.
    `session_id`: of a collective motif, the very session a seat is waited for in."""

    id: UUID
    personne_ids: tuple[UUID, ...]
    motif: str
    #: Of the motif, on the day they registered.
    discreet: bool
    where: Where
    wanted: Wanted
    priority: Priority
    priority_reason: PriorityReason | None
    registered_by: str
    registered_at: datetime
    queued_at: datetime
    rendezvous_id: UUID | None = None
    session_id: UUID | None = None
    links: Links = field(default_factory=Links)
    passes: int = 0
    status: AttenteStatus = AttenteStatus.WAITING
    reason: AttenteReason | None = None
    #: The rendezvous it ended with.
    obtained_id: UUID | None = None
    closed_at: datetime | None = None
    version: int = 1

    @property
    def order(self) -> tuple[bool, datetime, UUID]:
        """The fair order, as SQL has it too."""
        return (self.priority is not Priority.URGENT, self.queued_at, self.id)

    def place(self, rendezvous_id: UUID, now: datetime) -> None:
        """A time was obtained."""
        self._go(AttenteAction.PLACE)
        self.obtained_id, self.closed_at = rendezvous_id, now

    def pass_turn(self, now: datetime) -> None:
        """An offer was declined or left without an answer: once for nothing, then one goes last."""
        self._go(AttenteAction.MISS_TURN)
        self.passes += 1
        if self.passes >= PASSES_TO_GO_LAST:
            self.queued_at = now

    def close(self, reason: AttenteReason, now: datetime) -> None:
        """Nothing is waited for any more."""
        self._go(AttenteAction.CLOSE)
        self.reason, self.closed_at = reason, now

    def _go(self, action: AttenteAction) -> None:
        target = TRANSITIONS.get((self.status, action))
        if target is None:
            raise AttenteOver(
                "Cette personne n’attend plus : inscrivez-la de nouveau s’il le faut."
            )
        self.status = target
        self.version += 1


def half_day_of(starts_at: datetime) -> HalfDay:
    """The half-day of Paris a start falls in."""
    local = starts_at.astimezone(PARIS)
    return list(HalfDay)[2 * local.weekday() + (local.hour >= _NOON)]


def check_priority(priority: Priority, reason: PriorityReason | None, *, is_personne: bool) -> None:
    """Raise NotYoursToBook for a person: an agent alone says that something is urgent."""
    if is_personne and (priority is Priority.URGENT or reason is not None):
        raise NotYoursToBook("Seul un agent peut dire qu’une demande est urgente.")


def check_seat(motif: Motif, personne_ids: tuple[UUID, ...], *, rendezvous_id: UUID | None) -> None:
    """Of a collective motif one waits for one seat, and moves nobody's rendezvous. Raises
    SeatForOne, RendezvousMismatch."""
    if not motif.is_collective:
        return
    if len(personne_ids) > 1:
        raise SeatForOne("Faites une inscription par personne.", field="/personne_ids")
    if rendezvous_id is not None:
        raise RendezvousMismatch(
            "Une session collective ne s’avance pas : attendez une place d’une autre.",
            field="/rendezvous_id",
        )


def check_session(session: Rendezvous, *, motif: str, wanted: Wanted, now: datetime) -> None:
    """The session waited for is to come, of this motif, when they can come. Raises
    RendezvousMismatch, PeriodRefused."""
    is_over = session.status is not Status.BOOKED or session.place.starts_at <= now
    if session.motif != motif or is_over:
        raise RendezvousMismatch(
            "Vérifiez le motif ; la session doit être encore à venir.", field="/session_id"
        )
    if not wanted.suits(session.place.starts_at):
        raise PeriodRefused("La session a lieu hors de la période ou des demi-journées données.")


def check_earlier(
    wanted_earlier: Rendezvous, *, motif: str, personne_ids: tuple[UUID, ...]
) -> None:
    """The rendezvous to have earlier is to come, of this motif and of these very personnes."""
    same = wanted_earlier.motif == motif and set(wanted_earlier.personne_ids) == set(personne_ids)
    if not same or wanted_earlier.status is not Status.BOOKED:
        raise RendezvousMismatch(
            "Vérifiez le motif et les personnes ; il doit être encore à venir.",
            field="/rendezvous_id",
        )
