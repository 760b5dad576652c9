"""The facts rendezvous tells the world: ids, codes and instants, never a name or a text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.events import Fact


@dataclass(frozen=True, kw_only=True)
class RendezvousFact(Fact):
    """What every fact about a rendezvous carries. `agent_ids`: the lead agent first."""

    aggregate = "rendezvous"
    key = "rendezvous_id"

    rendezvous_id: UUID
    personne_ids: tuple[UUID, ...]
    mds: str
    site: str
    agent_ids: tuple[UUID, ...]
    motif: str
    modality: str
    discreet: bool
    starts_at: datetime
    ends_at: datetime
    dossier_id: UUID | None = None
    orientation_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class RendezvousBooked(RendezvousFact):
    """A rendezvous was agreed."""

    name = "rendezvous_booked"


@dataclass(frozen=True, kw_only=True)
class RendezvousMoved(RendezvousFact):
    """The same rendezvous now takes place at another time, or with other agents."""

    name = "rendezvous_moved"

    previous_starts_at: datetime


@dataclass(frozen=True, kw_only=True)
class RendezvousCancelled(RendezvousFact):
    """It will not take place. `by`: PERSONNE, AGENT or SYSTEME; `reason`: a code."""

    name = "rendezvous_cancelled"

    by: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class RendezvousHonoured(RendezvousFact):
    """The person was received."""

    name = "rendezvous_honoured"


@dataclass(frozen=True, kw_only=True)
class RendezvousMissed(RendezvousFact):
    """The person did not come. `excused`: they let us know."""

    name = "rendezvous_missed"

    excused: bool


FACTS: tuple[type[Fact], ...] = (
    RendezvousBooked,
    RendezvousMoved,
    RendezvousCancelled,
    RendezvousHonoured,
    RendezvousMissed,
)
