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


#: Every state an action is allowed from, and where it leads. What is absent is refused.
TRANSITIONS: dict[tuple[Status, Action], Status] = {
    (Status.BOOKED, Action.MOVE): Status.BOOKED,
    (Status.BOOKED, Action.CANCEL): Status.CANCELLED,
    (Status.BOOKED, Action.HONOUR): Status.HONOURED,
    (Status.BOOKED, Action.MISS): Status.MISSED,
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

    @property
    def resource_ids(self) -> tuple[UUID, ...]:
        """The room and the vehicle it takes."""
        return tuple(one for one in (self.room_id, self.vehicle_id) if one is not None)


@dataclass(eq=False, kw_only=True)
class Rendezvous:
    """A person (or several, or someone unknown) and one or more agents, at a time."""

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
    status: Status = Status.BOOKED
    cancelled_by: CancelledBy | None = None
    cancel_reason: CancelReason | None = None
    excused: bool | None = None
    closed_at: datetime | None = None
    version: int = 1

    @property
    def held_on(self) -> date:
        """The Paris day under which it is counted."""
        return day_of(self.place.starts_at)

    def move(self, place: Place, motif: Motif) -> RendezvousMoved:
        """Take another place; keeps the id. `motif`: the version in force on the new day."""
        self._go(Action.MOVE)
        previous, self.place = self.place.starts_at, place
        self.motif_id, self.motif, self.kind = motif.id, motif.code, motif.kind
        self.modality, self.discreet = motif.modality, motif.discreet
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
        status = self._target(action)
        if now < self.place.starts_at:
            raise NotStarted("Attendez l’heure du rendez-vous, ou annulez-le.")
        self.status, self.closed_at = status, now
        self.version += 1

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
    )
    return rendezvous, rendezvous.fact(RendezvousBooked)
