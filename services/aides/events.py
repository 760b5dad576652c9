"""The facts aides tells the world: ids, codes, dates and amounts, never a reason or a text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis.events import Fact


@dataclass(frozen=True, kw_only=True)
class _AboutDemande(Fact):
    """What every fact about a demande carries; the applicant comes first."""

    aggregate = "demande"
    key = "demande_id"

    demande_id: UUID
    personne_ids: tuple[UUID, ...]
    mds: str
    site: str
    nature: str


@dataclass(frozen=True, kw_only=True)
class DemandeFiled(_AboutDemande):
    """A demande of financial aid was filed for these personnes, the applicant first."""

    name = "demande_filed"

    dossier_id: UUID | None = None
    orientation_id: UUID | None = None
    filed_on: date


@dataclass(frozen=True, kw_only=True)
class DemandeDecided(_AboutDemande):
    """A demande was granted, partly granted, refused or adjourned. `amount_cents`: granted.

    `demandeur_id`: the only one of these personnes who asked, and may be told.
    """

    name = "demande_decided"

    demandeur_id: UUID | None = None
    dossier_id: UUID | None = None
    outcome: str
    amount_cents: int
    decided_on: date


@dataclass(frozen=True, kw_only=True)
class AidePaid(_AboutDemande):
    """One payment of a granted aid was made."""

    name = "aide_paid"

    paiement_id: UUID
    amount_cents: int
    paid_on: date


@dataclass(frozen=True, kw_only=True)
class EnveloppeThresholdReached(Fact):
    """The share of an envelope already used went past a threshold, told once per threshold."""

    name = "enveloppe_threshold_reached"
    aggregate = "enveloppe"
    key = "enveloppe_id"

    enveloppe_id: UUID
    year: int
    natures: tuple[str, ...]
    threshold_percent: int


FACTS: tuple[type[Fact], ...] = (
    DemandeFiled,
    DemandeDecided,
    AidePaid,
    EnveloppeThresholdReached,
)
