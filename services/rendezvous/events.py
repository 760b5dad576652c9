"""The facts rendezvous tells the world: ids, codes and instants, never a name or a text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
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


@dataclass(frozen=True, kw_only=True)
class OffreFact(Fact):
    """What every fact about an offer carries. `personne_ids`: those it was made to, alone."""

    aggregate = "offre"
    key = "offer_id"

    offer_id: UUID
    personne_ids: tuple[UUID, ...]
    mds: str
    site: str
    motif: str
    modality: str
    discreet: bool
    starts_at: datetime
    ends_at: datetime
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class CreneauOffered(OffreFact):
    """A time that freed is kept for someone of the waiting list until `expires_at`."""

    name = "creneau_offered"


@dataclass(frozen=True, kw_only=True)
class OfferClosed(OffreFact):
    """It can no longer be accepted. `outcome`: ACCEPTED, DECLINED, EXPIRED, TAKEN or CLOSED."""

    name = "offer_closed"

    outcome: str


@dataclass(frozen=True, kw_only=True)
class DelaiExceeded(Fact):
    """One now waits more than `limit_days` for a motif at an MDS; `days` None: six months hold no
    third slot. Told when it crosses, and again only after it came back."""

    name = "delai_exceeded"
    aggregate = "delai"
    key = "delai_id"

    #: The uuid5 of MDS, motif and profession.
    delai_id: UUID
    mds: str
    motif: str
    profession: str
    measured_on: date
    limit_days: int
    days: int | None = None


@dataclass(frozen=True, kw_only=True)
class RenfortAssigned(Fact):
    """A volant gives these Paris days to an MDS. `rank`, `reason`: those of what was asked."""

    name = "renfort_assigned"
    aggregate = "renfort"
    key = "renfort_id"

    renfort_id: UUID
    besoin_id: UUID
    agent_id: UUID
    profession: str
    mds: str
    days: tuple[date, ...]
    rank: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class AbsenceFact(Fact):
    """An agent does not receive; why is told to nobody. `mds`: that of their post then."""

    aggregate = "absence"
    key = "absence_id"

    absence_id: UUID
    agent_id: UUID
    mds: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class AbsenceRecorded(AbsenceFact):
    """The agent's time was blocked. `affected`: how many rendezvous booked it falls on. Of a time
    taken in their own calendar, told only when it falls on one."""

    name = "absence_recorded"

    affected: int


@dataclass(frozen=True, kw_only=True)
class AbsenceCancelled(AbsenceFact):
    """An absence that was told of is none: the agent receives; what was not yet taken up elsewhere
    stands."""

    name = "absence_cancelled"


@dataclass(frozen=True, kw_only=True)
class ParticipantJoined(RendezvousFact):
    """One person has a seat in a collective rendezvous; `personne_ids`: that one alone."""

    name = "participant_joined"


@dataclass(frozen=True, kw_only=True)
class ParticipantLeft(RendezvousFact):
    """One person gave their seat up; `personne_ids`: that one alone. The rest goes on."""

    name = "participant_left"

    by: str
    reason: str


FACTS: tuple[type[Fact], ...] = (
    RendezvousBooked,
    RendezvousMoved,
    RendezvousCancelled,
    RendezvousHonoured,
    RendezvousMissed,
    CreneauOffered,
    OfferClosed,
    DelaiExceeded,
    RenfortAssigned,
    AbsenceRecorded,
    AbsenceCancelled,
    ParticipantJoined,
    ParticipantLeft,
)
