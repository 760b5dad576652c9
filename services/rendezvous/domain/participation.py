"""A collective rendezvous: several people, a seat each, a state each; it counts once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from services.rendezvous.domain.errors import (
    AlreadyEnrolled,
    AttendanceBegun,
    IllegalTransition,
    NobodyCame,
    NotStarted,
    SessionFull,
)
from services.rendezvous.domain.motif import Motif
from services.rendezvous.domain.rendezvous import (
    STATUS_LABELS,
    Action,
    CancelledBy,
    CancelReason,
    Place,
    Rendezvous,
    Status,
)
from services.rendezvous.events import (
    ParticipantJoined,
    ParticipantLeft,
    RendezvousBooked,
    RendezvousCancelled,
    RendezvousFact,
    RendezvousHonoured,
    RendezvousMissed,
    RendezvousMoved,
)

F = TypeVar("F", bound=RendezvousFact)


class Step(StrEnum):
    """What can become of one participation."""

    CANCEL = "cancel"
    HONOUR = "honour"
    MISS = "miss"


#: Every state a step is allowed from, and where it leads. What is absent is refused. One who
#: left may come back: that is a new enrolment (`Session.join`).
STEPS: dict[tuple[Status, Step], Status] = {
    (Status.BOOKED, Step.CANCEL): Status.CANCELLED,
    (Status.BOOKED, Step.HONOUR): Status.HONOURED,
    (Status.BOOKED, Step.MISS): Status.MISSED,
}


@dataclass(eq=False, kw_only=True)
class Participation:
    """One person's seat. `joined_by`: the subject who enrolled them."""

    rendezvous_id: UUID
    personne_id: UUID
    joined_by: str
    joined_at: datetime
    status: Status = Status.BOOKED
    cancelled_by: CancelledBy | None = None
    cancel_reason: CancelReason | None = None
    excused: bool | None = None
    closed_at: datetime | None = None

    def cancel(self, *, by: CancelledBy, reason: CancelReason, now: datetime) -> None:
        """Give the seat up."""
        self._go(Step.CANCEL, now)
        self.cancelled_by, self.cancel_reason = by, reason

    def honour(self, *, now: datetime) -> None:
        """They came."""
        self._go(Step.HONOUR, now)

    def miss(self, *, excused: bool, now: datetime) -> None:
        """They did not come."""
        self._go(Step.MISS, now)
        self.excused = excused

    def _go(self, step: Step, now: datetime) -> None:
        target = STEPS.get((self.status, step))
        if target is None:
            raise IllegalTransition(f"Cette participation est déjà : {STATUS_LABELS[self.status]}.")
        self.status, self.closed_at = target, now


@dataclass(frozen=True, kw_only=True)
class OpenSession:
    """A session still to be held and the seats one may ask for."""

    rendezvous: Rendezvous
    seats_left: int


class Session:
    """A collective rendezvous and who takes part. Those who left are kept, and have no seat.
    `kept`: seats offered to the waiting list, which nobody else may have meanwhile."""

    def __init__(
        self, rendezvous: Rendezvous, participations: Iterable[Participation], *, kept: int = 0
    ) -> None:
        self.rendezvous, self.kept = rendezvous, kept
        self._of = {one.personne_id: one for one in participations}

    @property
    def participations(self) -> list[Participation]:
        """Every participation, those who left included, by personne."""
        return [self._of[key] for key in sorted(self._of)]

    @property
    def seated(self) -> list[Participation]:
        """Those who have a seat."""
        return [one for one in self.participations if one.status is not Status.CANCELLED]

    @property
    def seats_left(self) -> int:
        """How many more may enrol."""
        return max(0, self.rendezvous.capacity - len(self.seated) - self.kept)

    def get(self, personne_id: UUID) -> Participation | None:
        """The participation of a person, if there ever was one."""
        return self._of.get(personne_id)

    def of(self, personne_id: UUID) -> Participation:
        """The participation of a person known to have one."""
        return self._of[personne_id]

    def join(self, personne_id: UUID, *, by: str, now: datetime) -> ParticipantJoined:
        """Give a person a seat. Raises IllegalTransition, AlreadyEnrolled, SessionFull."""
        self._still_on()
        known = self._of.get(personne_id)
        if known is not None and known.status is not Status.CANCELLED:
            raise AlreadyEnrolled("Relisez la liste des participants.")
        if not self.seats_left:
            raise SessionFull("Choisissez une autre session, ou inscrivez la personne en attente.")
        self._of[personne_id] = Participation(
            rendezvous_id=self.rendezvous.id,
            personne_id=personne_id,
            joined_by=by,
            joined_at=now,
        )
        self._changed()
        return self._to(personne_id, self.rendezvous.fact(ParticipantJoined))

    def leave(
        self, personne_id: UUID, *, by: CancelledBy, reason: CancelReason, now: datetime
    ) -> ParticipantLeft:
        """One person gives their seat up; the others keep theirs."""
        self._still_on()
        self._of[personne_id].cancel(by=by, reason=reason, now=now)
        self._changed()
        return self._to(
            personne_id,
            self.rendezvous.fact(ParticipantLeft, by=by.value, reason=reason.value),
        )

    def honour_one(self, personne_id: UUID, *, now: datetime) -> None:
        """One person came. Raises NotStarted before the time."""
        self._begun(now)
        self._of[personne_id].honour(now=now)
        self._changed()

    def miss_one(self, personne_id: UUID, *, excused: bool, now: datetime) -> None:
        """One person did not come. Raises NotStarted before the time."""
        self._begun(now)
        self._of[personne_id].miss(excused=excused, now=now)
        self._changed()

    def move(self, place: Place, motif: Motif) -> RendezvousMoved:
        """Take another place, with everybody. Raises AttendanceBegun, SessionFull."""
        self.rendezvous.check(Action.MOVE)
        self._untouched()
        if len(self.seated) > motif.capacity:
            raise SessionFull("Le motif a moins de places ce jour-là que de personnes inscrites.")
        return self.rendezvous.move(place, motif)

    def cancel(
        self, *, by: CancelledBy, reason: CancelReason, now: datetime
    ) -> RendezvousCancelled:
        """Give it up, for everybody. Raises AttendanceBegun."""
        self.rendezvous.check(Action.CANCEL)
        self._untouched()
        fact = self.rendezvous.cancel(by=by, reason=reason, now=now)
        for one in self._expected():
            one.cancel(by=by, reason=reason, now=now)
        return fact

    def honour(self, *, now: datetime) -> RendezvousHonoured:
        """It was held: those not said missed were there, and the fact names those who were.

        Raises NotStarted, NobodyCame.
        """
        self.rendezvous.check(Action.HONOUR)
        if self.seated and not (self._expected() or self._in(Status.HONOURED)):
            raise NobodyCame("Dites que le rendez-vous n’a pas été honoré.")
        fact = self.rendezvous.honour(now=now)
        for one in self._expected():
            one.honour(now=now)
        return replace(fact, personne_ids=self._in(Status.HONOURED))

    def miss(self, *, excused: bool, now: datetime) -> RendezvousMissed:
        """Nobody came. Raises NotStarted, AttendanceBegun."""
        self.rendezvous.check(Action.MISS)
        if self._in(Status.HONOURED):
            raise AttendanceBegun("Une personne au moins a été reçue : dites-le honoré.")
        fact = self.rendezvous.miss(excused=excused, now=now)
        for one in self._expected():
            one.miss(excused=excused, now=now)
        return fact

    def _expected(self) -> list[Participation]:
        return [one for one in self.participations if one.status is Status.BOOKED]

    def _in(self, status: Status) -> tuple[UUID, ...]:
        return tuple(one.personne_id for one in self.participations if one.status is status)

    def _still_on(self) -> None:
        status = self.rendezvous.status
        if status is not Status.BOOKED:
            raise IllegalTransition(f"Ce rendez-vous est déjà {STATUS_LABELS[status]}.")

    def _begun(self, now: datetime) -> None:
        self._still_on()
        if now < self.rendezvous.place.starts_at:
            raise NotStarted("Attendez l’heure du rendez-vous.")

    def _untouched(self) -> None:
        if self._in(Status.HONOURED) or self._in(Status.MISSED):
            raise AttendanceBegun("Dites le rendez-vous honoré ou non honoré.")

    def _changed(self) -> None:
        self.rendezvous.personne_ids = tuple(one.personne_id for one in self.seated)
        self.rendezvous.version += 1

    @staticmethod
    def _to(personne_id: UUID, fact: F) -> F:
        return replace(fact, personne_ids=(personne_id,))


def opened(
    rendezvous: Rendezvous, fact: RendezvousBooked, *, by: str, now: datetime
) -> tuple[list[Participation], list[RendezvousFact]]:
    """The participations of a new rendezvous and the facts that tell it. A collective one is told
    without anybody, then each enrolment to whom it concerns."""
    if not rendezvous.is_collective:
        return [], [fact]
    wanted, rendezvous.personne_ids = rendezvous.personne_ids, ()
    session = Session(rendezvous, ())
    joined = [session.join(personne_id, by=by, now=now) for personne_id in wanted]
    rendezvous.version = 1
    return session.participations, [replace(fact, personne_ids=()), *joined]
