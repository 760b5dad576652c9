"""Opening a dossier, from an orientation or directly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis.caller import Caller
from services import roles
from services.dsu.domain.annuaire import check_place
from services.dsu.domain.dossier import Act, Dossier
from services.dsu.domain.errors import (
    DateRefused,
    OrientationMismatch,
    PersonneDeceased,
    PersonneProtected,
)
from services.dsu.events import DossierOpened
from services.dsu.persistence import UnitOfWork
from services.dsu.usecases import annuaire, gate


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What is asked. `opened_on` None: today."""

    personne_ids: list[UUID]
    mds: str
    site: str
    referent_agent_id: UUID
    orientation_id: UUID | None = None
    opened_on: date | None = None


def open_dossier(uow: UnitOfWork, *, caller: Caller, asked: Opening) -> Dossier:
    """Open a dossier for these personnes with its one référent.

    Raises PersonneNotFound, PersonneDeceased, PersonneProtected, PlaceUnknown, OrientationMismatch,
    AgentUnknown, NotAReferent, DateRefused; PersonneAlreadyFollowed comes from the database.
    """
    today = uow.today
    opened_on = asked.opened_on or today
    if opened_on > today:
        raise DateRefused("Un dossier ne s’ouvre pas dans l’avenir.", field="/opened_on")
    _check_personnes(uow, asked, caller)
    check_place(asked.mds, asked.site, annuaire.mds_of(uow, [asked.site]))
    _check_orientation(uow, asked)
    annuaire.check_referent(uow, asked.referent_agent_id, "/referent_agent_id")
    dossier = Dossier.open(
        personne_ids=asked.personne_ids,
        mds=asked.mds,
        site=asked.site,
        referent_agent_id=asked.referent_agent_id,
        opened_on=opened_on,
        orientation_id=asked.orientation_id,
    )
    uow.dossiers.add(dossier)
    asking = gate.Asking(caller=caller)
    gate.journal_other(uow, dossier.dossier_id, Act.OPEN, asking=asking, quality="OPENER")
    uow.publish(opened_fact(dossier))
    return dossier


def opened_fact(dossier: Dossier) -> DossierOpened:
    """The fact that tells a dossier's opening, its référent included."""
    return DossierOpened(
        dossier_id=dossier.dossier_id,
        personne_ids=dossier.personne_ids,
        mds=dossier.mds,
        site=dossier.site,
        referent_agent_id=dossier.referent_agent_id,
        orientation_id=dossier.orientation_id,
        opened_on=dossier.opened_on,
    )


def _check_personnes(uow: UnitOfWork, asked: Opening, caller: Caller) -> None:
    found = annuaire.visible_personnes(uow, asked.personne_ids, caller=caller)
    for index, personne in enumerate(found):
        if personne.protection.protected and not caller.has(roles.RESPONSABLE):
            raise PersonneProtected("Ce dossier s’ouvre avec le responsable de la MDS.")
        if personne.deceased:
            raise PersonneDeceased(
                "Retirez la personne décédée de la demande.", field=f"/personne_ids/{index}"
            )


def _check_orientation(uow: UnitOfWork, asked: Opening) -> None:
    """One whose fact has not come yet is let through: accueil answers only what it asked for."""
    if asked.orientation_id is None:
        return
    orientation = uow.annuaire.orientation(asked.orientation_id)
    if orientation is None:
        return
    if orientation.target != "DSU":
        raise OrientationMismatch(
            "Cette orientation ne demande pas l’ouverture d’un DSU.", field="/orientation_id"
        )
    if orientation.personne_ids and orientation.personne_ids.isdisjoint(asked.personne_ids):
        raise OrientationMismatch(
            "Cette orientation concerne d’autres personnes.", field="/orientation_id"
        )
