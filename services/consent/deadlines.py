"""What falls due: the term of a partage."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chassis.deadlines import Deadlines, Due
from services.consent.domain.partage import EndReason
from services.consent.persistence import UnitOfWork
from services.consent.usecases import partages

deadlines = Deadlines()


@deadlines.due(partages.END_OF_PARTAGE)
def end_partages(uow: UnitOfWork, items: Sequence[Due]) -> None:
    """End those not ended yet. Decisions looked at the date already: this tells the world."""
    uow.hold_persons(uow.partages.get(UUID(item.subject)).personne_id for item in items)
    for item in items:
        partages.close(uow, UUID(item.subject), EndReason.EXPIRED)
