"""What other services told us, kept for the checks of filing and payment.

Facts about one personne or one dossier come in order; nothing is assumed between them, so a
demande may name a personne or a dossier not heard of yet.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

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


def dossier_is(uow: UnitOfWork, dossier_id: UUID, *, is_open: bool) -> None:
    """Keep whether the dossier is open."""
    uow.knowns.dossier_is(dossier_id, is_open=is_open)
