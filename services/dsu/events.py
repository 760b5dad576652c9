"""The facts dsu tells the world: ids, codes and dates. Nothing about IP or IS, never a note."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis.events import Fact


@dataclass(frozen=True, kw_only=True)
class _AboutDossier(Fact):
    """What every fact about a dossier carries; `mds` and `site` are those of the dossier."""

    aggregate = "dossier"
    key = "dossier_id"

    dossier_id: UUID
    personne_ids: tuple[UUID, ...]
    mds: str
    site: str


@dataclass(frozen=True, kw_only=True)
class DossierOpened(_AboutDossier):
    """A DSU dossier now exists for these personnes; its first référent is assigned with it."""

    name = "dossier_opened"

    referent_agent_id: UUID
    orientation_id: UUID | None = None
    opened_on: date


@dataclass(frozen=True, kw_only=True)
class ReferentAssigned(_AboutDossier):
    """Another agent is the one référent from `starts_on`; the previous one no longer is."""

    name = "referent_assigned"

    agent_id: UUID
    previous_agent_id: UUID | None = None
    starts_on: date


@dataclass(frozen=True, kw_only=True)
class ProfessionalAssociated(_AboutDossier):
    """An agent joins the dossier for a mission. `ends_on` is the last day planned, included."""

    name = "professional_associated"

    agent_id: UUID
    mission: str
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class AssociationEnded(_AboutDossier):
    """From `ended_on` the agent has no part in the dossier any more for that mission."""

    name = "association_ended"

    agent_id: UUID
    ended_on: date


@dataclass(frozen=True, kw_only=True)
class InterventionRecorded(_AboutDossier):
    """An intervention was recorded for these members; `nomenclature` is the type's code.

    `shareable`: a partner may be told of it, law and consent allowing; absent, it may not.
    """

    name = "intervention_recorded"

    intervention_id: UUID
    agent_id: UUID
    nomenclature: str
    occurred_on: date
    shareable: bool | None = None


@dataclass(frozen=True, kw_only=True)
class DossierClosed(_AboutDossier):
    """The accompaniment ended: no référent from `closed_on`. The reason stays in dsu."""

    name = "dossier_closed"

    closed_on: date


@dataclass(frozen=True, kw_only=True)
class DossierReopened(_AboutDossier):
    """A closed dossier is followed again, by this référent."""

    name = "dossier_reopened"

    referent_agent_id: UUID
    reopened_on: date


FACTS: tuple[type[Fact], ...] = (
    DossierOpened,
    ReferentAssigned,
    ProfessionalAssociated,
    AssociationEnded,
    InterventionRecorded,
    DossierClosed,
    DossierReopened,
)
