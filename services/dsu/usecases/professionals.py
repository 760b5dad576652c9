"""Who follows whom now, for the other services: ids, missions and periods, nothing of the file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.dsu.domain.dossier import Dossier, DossierStatus
from services.dsu.domain.errors import DossierNotFound
from services.dsu.persistence import UnitOfWork
from services.dsu.usecases import annuaire
from services.dsu.usecases.gate import is_protected


def professionals_of(uow: UnitOfWork, dossier_id: UUID) -> dict[str, Any]:
    """Who follows a dossier today; nobody once it is closed. Raises DossierNotFound."""
    dossier = uow.dossiers.get(dossier_id)
    if dossier is None:
        raise DossierNotFound()
    return _described(uow, [dossier])[0]


def of_personnes(uow: UnitOfWork, *, personne_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """The open dossiers of these personnes, each once."""
    return _described(uow, uow.dossiers.open_of(personne_ids))


def _described(uow: UnitOfWork, dossiers: Sequence[Dossier]) -> list[dict[str, Any]]:
    today = uow.today
    known = annuaire.personnes(uow, {key for one in dossiers for key in one.personne_ids})
    return [
        {
            "dossier_id": dossier.dossier_id,
            "status": dossier.status,
            "mds": dossier.mds,
            "site": dossier.site,
            "personne_ids": dossier.personne_ids,
            "protected": is_protected(dossier, known),
            "professionals": _professionals(dossier, today),
        }
        for dossier in dossiers
    ]


def _professionals(dossier: Dossier, day: date) -> list[dict[str, Any]]:
    if dossier.status is not DossierStatus.ACTIVE:
        return []
    referents = [
        {"agent_id": p.agent_id, "role": "REFERENT", "mission": None, "starts_on": p.starts_on}
        for p in dossier.referents
        if p.ends_on is None
    ]
    associated = [
        {
            "agent_id": a.agent_id,
            "role": "ASSOCIATED",
            "mission": a.mission,
            "starts_on": a.starts_on,
            "ends_on": a.ends_on,
        }
        for a in dossier.associations
        if a.is_running(day)
    ]
    return [{"ends_on": None, **person} for person in referents + associated]
