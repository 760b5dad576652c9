"""What aides reads of others: who is known, who has died, which dossiers are open."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from chassis.events import Event
from chassis.subscriptions import FactSchema, Subscriptions
from services.aides.persistence import UnitOfWork
from services.aides.usecases import told

subscriptions = Subscriptions("aides")


class PersonneRegistered(FactSchema):
    """accueil: a personne now exists."""

    personne_id = fields.UUID(required=True)


class PersonneDeceased(FactSchema):
    """accueil: a personne has died."""

    personne_id = fields.UUID(required=True)
    died_on = fields.Date(required=True)


class ProtectionChanged(FactSchema):
    """accueil: who may know of a file."""

    personne_id = fields.UUID(required=True)
    protected = fields.Boolean(required=True)
    opened_agent_ids = fields.List(fields.UUID(), load_default=None)
    closed_agent_ids = fields.List(fields.UUID(), load_default=None)


class SiteChanged(FactSchema):
    """accueil: a site and its MDS."""

    site = fields.String(required=True)
    mds = fields.String(required=True)


class DossierFact(FactSchema):
    """dsu: a dossier opened, closed or reopened."""

    dossier_id = fields.UUID(required=True)
    personne_ids = fields.List(fields.UUID(), required=True)


@subscriptions.on("accueil", "personne_registered.v1", of="personne", reads=PersonneRegistered)
def personne_is_known(uow: UnitOfWork, data: dict[str, Any], _: Event) -> None:
    """The personne is known."""
    told.personne_registered(uow, data["personne_id"])


@subscriptions.on("accueil", "personne_deceased.v1", of="personne", reads=PersonneDeceased)
def personne_died(uow: UnitOfWork, data: dict[str, Any], _: Event) -> None:
    """Payments to this personne stop."""
    told.personne_deceased(uow, data["personne_id"], data["died_on"])


@subscriptions.on("accueil", "protection_changed.v1", of="personne", reads=ProtectionChanged)
def protection_changed(uow: UnitOfWork, data: dict[str, Any], _: Event) -> None:
    """Their demandes are hidden from whom the file is closed to."""
    told.protection_changed(uow, **data)


@subscriptions.on("accueil", "site_changed.v1", of="site", reads=SiteChanged)
def site_changed(uow: UnitOfWork, data: dict[str, Any], _: Event) -> None:
    """Demandes may name this site, with its MDS."""
    told.site_changed(uow, **data)


@subscriptions.on("dsu", "dossier_opened.v1", of="dossier", reads=DossierFact)
@subscriptions.on("dsu", "dossier_reopened.v1", of="dossier", reads=DossierFact)
def dossier_opened(uow: UnitOfWork, data: dict[str, Any], _: Event) -> None:
    """Demandes may name this dossier."""
    told.dossier_is(uow, **data, is_open=True)


@subscriptions.on("dsu", "dossier_closed.v1", of="dossier", reads=DossierFact)
def dossier_closed(uow: UnitOfWork, data: dict[str, Any], _: Event) -> None:
    """New demandes no longer attach to this dossier."""
    told.dossier_is(uow, **data, is_open=False)
