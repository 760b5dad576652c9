"""Reading dossiers: always through the gate, so always journaled."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.web.pages import Page, PageAsked
from services.dsu.domain.dossier import Act, Dossier, DossierStatus
from services.dsu.domain.errors import DossierNotFound
from services.dsu.persistence import UnitOfWork
from services.dsu.usecases import annuaire
from services.dsu.usecases.gate import Asking, enter, enter_all


def read_dossier(uow: UnitOfWork, dossier_id: UUID, *, entry: Asking) -> Dossier:
    """One dossier. Raises DossierNotFound, ActNotAllowed."""
    dossier = uow.dossiers.get(dossier_id)
    enter(uow, dossier, Act.READ, entry)
    if dossier is None:
        raise DossierNotFound()
    return dossier


def read_timeline(uow: UnitOfWork, dossier_id: UUID, *, entry: Asking) -> list[dict[str, Any]]:
    """What happened to a dossier, oldest first. Raises DossierNotFound, ActNotAllowed."""
    enter(uow, uow.dossiers.get(dossier_id), Act.READ_TIMELINE, entry)
    return uow.dossiers.timeline(dossier_id)


def list_mine(
    uow: UnitOfWork, *, entry: Asking, status: DossierStatus, page: PageAsked
) -> Page[Dossier]:
    """The dossiers whose référent is the caller; none for an agent who left."""
    agent_id = entry.caller.agent_id
    if agent_id is None:
        return Page([])
    agent = annuaire.agents_today(uow, [agent_id]).get(agent_id)
    if agent is None or not agent.active:
        return Page([])
    found = uow.dossiers.of_referent(agent_id, status, after=page.after, limit=page.sought)
    shown = page.of(found, lambda dossier: (dossier.opened_on, dossier.dossier_id))
    granted = enter_all(uow, shown.items, Act.LIST, asking=entry)
    return Page([one for one in shown.items if one.dossier_id in granted], shown.next)
