"""What other services told us, kept for the checks of filing and payment.

Facts about one personne, one site or one dossier come in order; nothing is assumed between them, so
a demande may name one not heard of yet: whom it belongs to is asked.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.aides import accueil, dsu
from services.aides.domain.dossier import KnownDossier
from services.aides.persistence import UnitOfWork
from services.protection import Protection


def personne_registered(uow: UnitOfWork, personne_id: UUID) -> None:
    """Keep that the personne exists."""
    uow.knowns.personne_registered(personne_id)


def personne_deceased(uow: UnitOfWork, personne_id: UUID, died_on: date) -> None:
    """Keep the death: filings, instructions and payments look at it each time."""
    uow.knowns.personne_deceased(personne_id, died_on)


def protection_changed(
    uow: UnitOfWork,
    personne_id: UUID,
    *,
    protected: bool,
    opened_agent_ids: list[UUID] | None,
    closed_agent_ids: list[UUID] | None,
) -> None:
    """Keep who may know of the file: their demandes are hidden from whom it is closed to."""
    told = Protection.told(protected, opened_agent_ids, closed_agent_ids)
    uow.knowns.protection_told(personne_id, told, protected=protected)


def site_changed(uow: UnitOfWork, *, site: str, mds: str) -> None:
    """Keep the MDS of a site: a demande names both."""
    uow.knowns.site_is(site, mds)


def mds_of(uow: UnitOfWork, site: str) -> str | None:
    """The MDS of a site; accueil is asked when its fact has not come. Raises Unavailable."""
    known = uow.knowns.mds_of(site)
    if known is None and (found := accueil.mds_of(uow.neighbours, site)) is not None:
        uow.knowns.site_is(site, found)
        return found
    return known


def dossier_is(
    uow: UnitOfWork, dossier_id: UUID, *, personne_ids: list[UUID], is_open: bool
) -> None:
    """Keep whom the dossier is about, and whether it is open."""
    known = KnownDossier(is_open=is_open, personne_ids=frozenset(personne_ids))
    uow.knowns.put_dossier(dossier_id, known)


def dossier_of(uow: UnitOfWork, dossier_id: UUID) -> KnownDossier | None:
    """A dossier; dsu is asked when its facts have not said it (whole). Raises Unavailable."""
    known = uow.knowns.dossier(dossier_id)
    if known is None and (found := dsu.dossier(uow.neighbours, dossier_id)) is not None:
        uow.knowns.learn_dossier(dossier_id, found)
        return found
    return known
