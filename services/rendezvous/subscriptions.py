"""What rendezvous reads from accueil and dsu."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from chassis.events import Event
from chassis.subscriptions import FactSchema, Subscriptions
from services.rendezvous.domain.projections import Assignment, KnownSite
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases import told
from services.rendezvous.usecases.booked import following

subscriptions = Subscriptions("rendezvous")


class PersonneFact(FactSchema):
    """Any fact about a personne."""

    personne_id = fields.UUID(required=True)


class ProtectionChanged(PersonneFact):
    """Who may know of a file."""

    protected = fields.Boolean(required=True)
    opened_agent_ids = fields.List(fields.UUID(), load_default=None)
    closed_agent_ids = fields.List(fields.UUID(), load_default=None)


class AgentFact(FactSchema):
    """An agent's post from a day on."""

    agent_id = fields.UUID(required=True)
    effective_on = fields.Date(required=True)
    profession = fields.String(required=True)
    mds = fields.String(required=True)
    site = fields.String(required=True)
    plateforme = fields.Boolean(required=True)
    volant = fields.Boolean(required=True)
    active = fields.Boolean(required=True)


class SiteChanged(FactSchema):
    """A site, open or not."""

    site = fields.String(required=True)
    mds = fields.String(required=True)
    open = fields.Boolean(required=True)


class DossierFact(FactSchema):
    """Any fact about a dossier."""

    dossier_id = fields.UUID(required=True)
    personne_ids = fields.List(fields.UUID(), required=True)


class DossierOpened(DossierFact):
    """A dossier and its first référent."""

    referent_agent_id = fields.UUID(required=True)


class ReferentAssigned(DossierFact):
    """A dossier's new référent."""

    agent_id = fields.UUID(required=True)


@subscriptions.on("accueil", "personne_registered.v1", of="personne", reads=PersonneFact)
def personne_is_registered(uow: UnitOfWork, data: dict[str, Any], _: Event) -> None:
    """It can be given rendezvous."""
    told.personne_is_registered(uow, **data)


@subscriptions.on("accueil", "personne_changed.v1", of="personne", reads=PersonneFact)
def personne_is_known(uow: UnitOfWork, data: dict[str, Any], _: Event) -> None:
    """Heals a baseline that missed the registration."""
    told.personne_is_known(uow, **data)


@subscriptions.on("accueil", "personne_deceased.v1", of="personne", reads=PersonneFact)
def personne_died(uow: UnitOfWork, data: dict[str, Any], _: Event) -> None:
    """What is to come is cancelled."""
    following.personne_died(uow, **data)


@subscriptions.on("accueil", "protection_changed.v1", of="personne", reads=ProtectionChanged)
def protection_changed(uow: UnitOfWork, data: dict[str, Any], _: Event) -> None:
    """Its rendezvous are hidden from whom the file is hidden from."""
    told.protection_is_told(uow, **data)


@subscriptions.on("accueil", "agent_registered.v1", of="agent", reads=AgentFact)
@subscriptions.on("accueil", "agent_changed.v1", of="agent", reads=AgentFact)
def agent_is_posted(uow: UnitOfWork, data: dict[str, Any], _: Event) -> None:
    """Professions, MDS and plate-forme are read at the date of each rendezvous."""
    told.agent_is_posted(uow, Assignment(**data))


@subscriptions.on("accueil", "site_changed.v1", of="site", reads=SiteChanged)
def site_changed(uow: UnitOfWork, data: dict[str, Any], _: Event) -> None:
    """A site gives its MDS to what is held there."""
    told.site_is_known(uow, KnownSite(**data))


@subscriptions.on("dsu", "dossier_opened.v1", of="dossier", reads=DossierOpened)
@subscriptions.on("dsu", "dossier_reopened.v1", of="dossier", reads=DossierOpened)
def dossier_opened(uow: UnitOfWork, data: dict[str, Any], _: Event) -> None:
    """Its référent sees its rendezvous."""
    told.dossier_has_referent(uow, agent_id=data.pop("referent_agent_id"), **data)


@subscriptions.on("dsu", "referent_assigned.v1", of="dossier", reads=ReferentAssigned)
def referent_assigned(uow: UnitOfWork, data: dict[str, Any], _: Event) -> None:
    """The new référent sees its rendezvous; the former one no longer does by that name."""
    told.dossier_has_referent(uow, **data)


@subscriptions.on("dsu", "dossier_closed.v1", of="dossier", reads=DossierFact)
def dossier_closed(uow: UnitOfWork, data: dict[str, Any], _: Event) -> None:
    """A closed dossier has no référent."""
    told.dossier_has_referent(uow, agent_id=None, **data)
