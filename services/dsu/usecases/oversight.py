"""The DPO's view: who read a dossier, and whether that journal was touched."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.web.pages import Page, PageAsked
from services.dsu.domain.dossier import Act
from services.dsu.persistence import UnitOfWork
from services.dsu.usecases.gate import Asking, check_not_closed, journal_other


def list_readings(
    uow: UnitOfWork, dossier_id: UUID, *, entry: Asking, page: PageAsked
) -> Page[dict[str, Any]]:
    """The reads of a dossier, oldest first; looking at them is one more. Raises DossierNotFound."""
    check_not_closed(uow, uow.dossiers.get(dossier_id), entry.caller)
    after = int(page.after[0]) if page.after else 0
    rows = uow.journal.page(dossier_id, after=after, limit=page.sought)
    journal_other(uow, dossier_id, Act.READ_JOURNAL, asking=entry, quality="DPO")
    return page.of(rows, lambda row: (row["seq"],))


def verify_readings(uow: UnitOfWork, dossier_id: UUID, *, entry: Asking) -> dict[str, Any]:
    """What the chain tells: intact, or the first bad row. Raises DossierNotFound."""
    check_not_closed(uow, uow.dossiers.get(dossier_id), entry.caller)
    bad = uow.journal.verify(dossier_id)
    return {
        "intact": bad is None,
        "length": uow.journal.length(dossier_id),
        "first_bad_seq": bad.seq if bad else None,
        "fault": bad.fault if bad else None,
    }
