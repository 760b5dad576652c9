"""What dsu reads from the other services: one tolerant schema per fact."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from chassis.events import Event
from chassis.logs import get_logger
from chassis.subscriptions import FactSchema, Subscriptions
from services.dsu.persistence import UnitOfWork
from services.dsu.usecases import told

subscriptions = Subscriptions("dsu")
log = get_logger(__name__)


class PersonneFact(FactSchema):
    """A personne is known, whatever else is said."""

    personne_id = fields.UUID(required=True)


class PersonneDeceased(PersonneFact):
    """A personne died."""

    died_on = fields.Date(required=True)


class ProtectionChanged(PersonneFact):
    """Who may know of a file."""

    protected = fields.Boolean(required=True)
    opened_agent_ids = fields.List(fields.UUID(), load_default=None)
    closed_agent_ids = fields.List(fields.UUID(), load_default=None)


class AgentFact(FactSchema):
    """An agent's dated assignment."""

    agent_id = fields.UUID(required=True)
    effective_on = fields.Date(required=True)
    profession = fields.String(required=True)
    mds = fields.String(load_default=None, allow_none=True)
    active = fields.Boolean(required=True)


class SiteChanged(FactSchema):
    """A site and its MDS."""

    site = fields.String(required=True)
    mds = fields.String(required=True)


class OrientationRequested(FactSchema):
    """Someone was oriented."""

    orientation_id = fields.UUID(required=True)
    target = fields.String(required=True)
    personne_ids = fields.List(fields.UUID(), required=True)


class DossierLine(FactSchema):
    """Something that happened to personnes, perhaps for a dossier."""

    dossier_id = fields.UUID(load_default=None, allow_none=True)
    personne_ids = fields.List(fields.UUID(), required=True)


class RendezvousFact(DossierLine):
    """A rendezvous was held or missed."""

    rendezvous_id = fields.UUID(required=True)
    starts_at = fields.AwareDateTime(required=True)


class DemandeDecided(DossierLine):
    """A demande of aid was decided."""

    demande_id = fields.UUID(required=True)
    nature = fields.String(required=True)
    outcome = fields.String(required=True)
    amount_cents = fields.Integer(required=True)
    decided_on = fields.Date(required=True)


@subscriptions.on("accueil", "personne_registered.v1", of="personne", reads=PersonneFact)
def personne_is_known(uow: UnitOfWork, data: dict[str, Any], _: Event) -> None:
    """A dossier can be opened for them."""
    told.know_personne(uow, data["personne_id"], new=True)


@subscriptions.on("accueil", "personne_changed.v1", of="personne", reads=PersonneFact)
def personne_is_still_known(uow: UnitOfWork, data: dict[str, Any], _: Event) -> None:
    """Heals a baseline that missed the registration."""
    told.know_personne(uow, data["personne_id"], new=False)


@subscriptions.on("accueil", "personne_deceased.v1", of="personne", reads=PersonneDeceased)
def personne_died(uow: UnitOfWork, data: dict[str, Any], _: Event) -> None:
    """Marked wherever they are followed."""
    told.mark_death(uow, data["personne_id"], data["died_on"])


@subscriptions.on("accueil", "protection_changed.v1", of="personne", reads=ProtectionChanged)
def protection_changed(uow: UnitOfWork, data: dict[str, Any], _: Event) -> None:
    """Narrows who may enter their dossier."""
    told.mark_protection(uow, **data)


@subscriptions.on("accueil", "agent_registered.v1", of="agent", reads=AgentFact)
def agent_is_known(uow: UnitOfWork, data: dict[str, Any], _: Event) -> None:
    """A new agent."""
    told.keep_agent(uow, data)


@subscriptions.on("accueil", "agent_changed.v1", of="agent", reads=AgentFact)
def agent_changed(uow: UnitOfWork, data: dict[str, Any], _: Event) -> None:
    """Another assignment, from its day."""
    told.keep_agent(uow, data)


@subscriptions.on("accueil", "site_changed.v1", of="site", reads=SiteChanged)
def site_changed(uow: UnitOfWork, data: dict[str, Any], _: Event) -> None:
    """A dossier can be opened on it."""
    told.keep_site(uow, **data)


@subscriptions.on(
    "accueil", "orientation_requested.v1", of="orientation", reads=OrientationRequested
)
def orientation_requested(uow: UnitOfWork, data: dict[str, Any], _: Event) -> None:
    """Kept, so that an opening can be checked against it."""
    told.keep_orientation(uow, **data)


@subscriptions.on("rendezvous", "rendezvous_honoured.v1", of="rendezvous", reads=RendezvousFact)
def rendezvous_honoured(uow: UnitOfWork, data: dict[str, Any], event: Event) -> None:
    """The last contact."""
    _note(event, written=told.mark_rendezvous(uow, **data, kind="RENDEZVOUS_HONOURED"))


@subscriptions.on("rendezvous", "rendezvous_missed.v1", of="rendezvous", reads=RendezvousFact)
def rendezvous_missed(uow: UnitOfWork, data: dict[str, Any], event: Event) -> None:
    """A line in the timeline, no contact."""
    _note(event, written=told.mark_rendezvous(uow, **data, kind="RENDEZVOUS_MISSED"))


@subscriptions.on("aides", "demande_decided.v1", of="demande", reads=DemandeDecided)
def demande_decided(uow: UnitOfWork, data: dict[str, Any], event: Event) -> None:
    """A line in the timeline."""
    _note(event, written=told.add_decision(uow, data))


def _note(event: Event, *, written: bool) -> None:
    """A dossier of others was named: a mistake of whoever typed it, that no replay would mend."""
    if not written:
        log.warning("dossier_line_ignored", event_id=str(event.id), source=event.source)
