"""The facts consent tells the world: ids, codes and dates, never what was explained or why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis.events import Fact


@dataclass(frozen=True, kw_only=True)
class ConsentGranted(Fact):
    """A person, or their representative, agreed to a recipient, a purpose and categories."""

    name = "consent_granted"
    aggregate = "consentement"
    key = "consentement_id"

    consentement_id: UUID
    personne_ids: tuple[UUID, ...]
    partenaire: str
    purpose: str
    categories: tuple[str, ...]
    starts_on: date
    ends_on: date


@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(Fact):
    """A consentement no longer holds, from the moment this was written."""

    name = "consent_withdrawn"
    aggregate = "consentement"
    key = "consentement_id"

    consentement_id: UUID
    personne_ids: tuple[UUID, ...]
    partenaire: str
    withdrawn_on: date


@dataclass(frozen=True, kw_only=True)
class OppositionRegistered(Fact):
    """A person objected. `scope`: RECIPIENT, CATEGORY or ELEMENT; no partner means all of them."""

    name = "opposition_registered"
    aggregate = "opposition"
    key = "opposition_id"

    opposition_id: UUID
    personne_ids: tuple[UUID, ...]
    scope: str
    partenaire: str | None = None
    registered_on: date


@dataclass(frozen=True, kw_only=True)
class PartageSigned(Fact):
    """A named professional of the file decided to share given elements with a partner."""

    name = "partage_signed"
    aggregate = "partage"
    key = "partage_id"

    partage_id: UUID
    personne_ids: tuple[UUID, ...]
    partenaire: str
    purpose: str
    basis: str
    agent_id: UUID
    ends_on: date
    mds: str | None = None
    site: str | None = None


@dataclass(frozen=True, kw_only=True)
class PartageEnded(Fact):
    """A partage reached its term, or someone ended it."""

    name = "partage_ended"
    aggregate = "partage"
    key = "partage_id"

    partage_id: UUID
    personne_ids: tuple[UUID, ...]
    partenaire: str
    ended_on: date


FACTS: tuple[type[Fact], ...] = (
    ConsentGranted,
    ConsentWithdrawn,
    OppositionRegistered,
    PartageSigned,
    PartageEnded,
)
