"""What falls due in dsu: associations whose last planned day is past."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chassis.deadlines import Deadlines, Due
from services.dsu.persistence import UnitOfWork
from services.dsu.usecases import followup

deadlines = Deadlines()


@deadlines.due(followup.EXPIRY)
def expire_associations(uow: UnitOfWork, items: Sequence[Due]) -> None:
    """End each one; dossiers are locked in sorted order, so that two workers never cross."""
    for item in sorted(items, key=lambda due: str(due.payload["dossier_id"])):
        followup.expire_association(uow, UUID(item.payload["dossier_id"]), UUID(item.subject))
