"""The rendezvous itself: its states, who is in it, and the facts it tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from services.rendezvous.domain.errors import IllegalTransition, NotStarted
from services.rendezvous.domain.motif import Kind, Modality, Motif, day_of
from services.rendezvous.events import (
    RendezvousBooked,
    RendezvousCancelled,
    RendezvousFact,
    RendezvousHonoured,
    RendezvousMissed,
    RendezvousMoved,
)

F = TypeVar("F", bound=RendezvousFact)

#: A binôme is two; four leaves room for a synthesis meeting.
MAX_AGENTS = 4
MAX_PERSONNES = 20


class Status(StrEnum):
    """A hold is not a rendezvous: it has its own life (`domain/hold.py`)."""

    BOOKED = "BOOKED"
    HONOURED = "HONOURED"
    MISSED = "MISSED"
    CANCELLED = "CANCELLED"


class Action(StrEnum):
    """What can be done to a rendezvous."""

    MOVE = "move"
    CANCEL = "cancel"
    HONOUR = "honour"
    MISS = "miss"
    LATE = "late"
    MARK = "mark"


class CancelledBy(StrEnum):
    """Who gave it up."""

    PERSONNE = "PERSONNE"
    AGENT = "AGENT"
    SYSTEME = "SYSTEME"


class CancelReason(StrEnum):
    """Why, as a code: the matter of the rendezvous is nobody's business here."""

    PERSONNE_REQUEST = "PERSONNE_REQUEST"
    PERSONNE_DECEASED = "PERSONNE_DECEASED"
    AGENT_ABSENT = "AGENT_ABSENT"
    SERVICE_CLOSED = "SERVICE_CLOSED"
    NO_LONGER_NEEDED = "NO_LONGER_NEEDED"
    ERROR = "ERROR"
    OTHER = "OTHER"


class Origin(StrEnum):
    """Who asked for it: the person, a third party, a professional."""

    PERSONNE = "PERSONNE"
    TIERS = "TIERS"
    PROFESSIONNEL = "PROFESSIONNEL"


class OverrideReason(StrEnum):
    """Why a person is given two rendezvous at once, as a code; the list is an *exemple*."""

    DANGER = "DANGER"
    HEBERGEMENT = "HEBERGEMENT"
    LEGAL_DEADLINE = "LEGAL_DEADLINE"
    OTHER_URGENCY = "OTHER_URGENCY"


#: Every state an action is allowed from, and where it leads. What is absent is refused.
TRANSITIONS: dict[tuple[Status, Action], Status] = {
    (Status.BOOKED, Action.MOVE): Status.BOOKED,
    (Status.BOOKED, Action.CANCEL): Status.CANCELLED,
    (Status.BOOKED, Action.HONOUR): Status.HONOURED,
    (Status.BOOKED, Action.MISS): Status.MISSED,
    (Status.BOOKED, Action.LATE): Status.BOOKED,
    # Safety does not end with the rendezvous: what an agent learns there is marked after it.
    **{(status, Action.MARK): status for status in Status},
}

STATUS_LABELS: dict[Status, str] = {
    Status.BOOKED: "pris",
    Status.HONOURED: "honoré",
    Status.MISSED: "non honoré",
    Status.CANCELLED: "annulé",
}


@dataclass(frozen=True, kw_only=True)
class Place:
    """When, where and with whom: what a move changes. The lead agent comes first."""

    site: str
    mds: str
    agent_ids: tuple[UUID, ...]
    room_id: UUID | None
    starts_at: datetime
    ends_at: datetime
    outside_opening: bool = False
    outside_delay: bool = False
    vehicle_id: UUID | None = None
    #: Of a home visit: a zone, never an address, and the minutes of travel each way as they were
    #: when it was booked, so that a change of the table leaves what is taken as it is.
    zone: str | None = None
    travel_minutes: int = 0

    def keeps_time_of(self, other: Place) -> bool:
        """Whether it begins and ends when another does."""
        return (self.starts_at, self.ends_at) == (other.starts_at, other.ends_at)

    @property
    def resource_ids(self) -> tuple[UUID, ...]:
        """The room and the vehicle it takes."""
        return tuple(one for one in (self.room_id, self.vehicle_id) if one is not None)


@dataclass(frozen=True, kw_only=True)
class Marks:
    """What agents note for one another; it is in no fact, and no person reads it."""

    origin: Origin | None = None
    #: For the safety of the agents who receive.
    aggression_risk: bool = False


UNMARKED = Marks()


@dataclass(eq=False, kw_only=True)
class Rendezvous:
    """A person (or several, or someone unknown) and one or more agents, at a time.

    With a capacity above 1 it is collective: `personne_ids` are then those who take part, each
    with a participation of their own (`domain/participation.py`).
    """

    id: UUID
    personne_ids: tuple[UUID, ...]
    place: Place
    motif_id: UUID
    motif: str
    kind: Kind
    modality: Modality
    discreet: bool
    booked_by: str
    booked_at: datetime
    dossier_id: UUID | None = None
    orientation_id: UUID | None = None
    capacity: int = 1
    status: Status = Status.BOOKED
    origin: Origin | None = None
    aggression_risk: bool = False
    #: How late the person said they would be, or were.
    late_minutes: int | None = None
    #: By which rule, by whom and when the person was given two rendezvous at once.
    override_reason: OverrideReason | None = None
    override_by: str | None = None
    override_at: datetime | None = None
    cancelled_by: CancelledBy | None = None
    cancel_reason: CancelReason | None = None
    excused: bool | None = None
    closed_at: datetime | None = None
    version: int = 1

    @property
    def held_on(self) -> date:
        """The Paris day under which it is counted."""
        return day_of(self.place.starts_at)

    @property
    def is_collective(self) -> bool:
        """Whether several people, who do not know one another, have a seat each."""
        return self.capacity > 1

    @property
    def seats_left(self) -> int:
        """How many more may enrol in a collective one."""
        return max(0, self.capacity - len(self.personne_ids))

    @property
    def overruled(self) -> tuple[OverrideReason | None, str | None, datetime | None]:
        """Why, by whom and when the person was given two rendezvous at once, if they were."""
        return self.override_reason, self.override_by, self.override_at

    def move(self, place: Place, motif: Motif) -> RendezvousMoved:
        """Take another place; keeps the id. `motif`: the version in force on the new day."""
        self._go(Action.MOVE)
        previous, self.place = self.place.starts_at, place
        self.motif_id, self.motif, self.kind = motif.id, motif.code, motif.kind
        self.modality, self.discreet = motif.modality, motif.discreet
        self.capacity, self.late_minutes = motif.capacity, None
        self.override_reason = self.override_by = self.override_at = None
        return self.fact(RendezvousMoved, previous_starts_at=previous)

    def cancel(
        self, *, by: CancelledBy, reason: CancelReason, now: datetime
    ) -> RendezvousCancelled:
        """Give it up."""
        self._go(Action.CANCEL)
        self.cancelled_by, self.cancel_reason, self.closed_at = by, reason, now
        return self.fact(RendezvousCancelled, by=by.value, reason=reason.value)

    def honour(self, *, now: datetime) -> RendezvousHonoured:
        """The person was received. Raises NotStarted before its time."""
        self._held(Action.HONOUR, now)
        return self.fact(RendezvousHonoured)

    def miss(self, *, excused: bool, now: datetime) -> RendezvousMissed:
        """The person did not come. Raises NotStarted before its time."""
        self._held(Action.MISS, now)
        self.excused = excused
        return self.fact(RendezvousMissed, excused=excused)

    def be_late(self, *, minutes: int, now: datetime) -> None:
        """The person is late by so many minutes; said again, the last word counts.

        Raises NotStarted before its time.
        """
        if self.is_collective:
            raise IllegalTransition("Un rendez-vous collectif commence à l’heure pour tous.")
        self._started(Action.LATE, now)
        self.late_minutes = minutes
        self.version += 1

    def mark(self, marks: Marks) -> None:
        """Change what agents note for one another."""
        self._go(Action.MARK)
        self.origin, self.aggression_risk = marks.origin, marks.aggression_risk

    def overrule(self, reason: OverrideReason, *, by: str, now: datetime) -> None:
        """Record that the person has another rendezvous at that time, and who decided so."""
        self.override_reason, self.override_by, self.override_at = reason, by, now

    def fact(self, kind: type[F], **more: Any) -> F:
        """A fact about this rendezvous as it stands now."""
        return kind(
            rendezvous_id=self.id,
            personne_ids=self.personne_ids,
            mds=self.place.mds,
            site=self.place.site,
            agent_ids=self.place.agent_ids,
            motif=self.motif,
            modality=self.modality.value,
            discreet=self.discreet,
            starts_at=self.place.starts_at,
            ends_at=self.place.ends_at,
            dossier_id=self.dossier_id,
            orientation_id=self.orientation_id,
            **more,
        )

    def _held(self, action: Action, now: datetime) -> None:
        self.status, self.closed_at = self._started(action, now), now
        self.version += 1

    def _started(self, action: Action, now: datetime) -> Status:
        status = self._target(action)
        if now < self.place.starts_at:
            raise NotStarted("Attendez l’heure du rendez-vous, ou annulez-le.")
        return status

    def _go(self, action: Action) -> None:
        self.status = self._target(action)
        self.version += 1

    def check(self, action: Action) -> None:
        """Raise IllegalTransition when its state does not allow this."""
        self._target(action)

    def _target(self, action: Action) -> Status:
        target = TRANSITIONS.get((self.status, action))
        if target is None:
            raise IllegalTransition(f"Ce rendez-vous est déjà {STATUS_LABELS[self.status]}.")
        return target


@dataclass(frozen=True, kw_only=True)
class Told:
    """A rendezvous as another service reads it before it acts. `instructions`: what messages may
    say of what to bring, hence nothing of a discreet motif."""

    rendezvous: Rendezvous
    instructions: str


@dataclass(frozen=True, kw_only=True)
class Links:
    """What a rendezvous answers to: a dossier, an orientation of accueil."""

    dossier_id: UUID | None = None
    orientation_id: UUID | None = None


def booked(
    *,
    rendezvous_id: UUID,
    motif: Motif,
    place: Place,
    personne_ids: tuple[UUID, ...],
    links: Links,
    by: str,
    now: datetime,
    marks: Marks = UNMARKED,
) -> tuple[Rendezvous, RendezvousBooked]:
    """A new rendezvous and the fact that tells it."""
    rendezvous = Rendezvous(
        id=rendezvous_id,
        personne_ids=personne_ids,
        place=place,
        motif_id=motif.id,
        motif=motif.code,
        kind=motif.kind,
        modality=motif.modality,
        discreet=motif.discreet,
        booked_by=by,
        booked_at=now,
        dossier_id=links.dossier_id,
        orientation_id=links.orientation_id,
        capacity=motif.capacity,
        origin=marks.origin,
        aggression_risk=marks.aggression_risk,
    )
    return rendezvous, rendezvous.fact(RendezvousBooked)
