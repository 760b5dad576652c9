"""What falls due in accueil: orientations nobody took up."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chassis.deadlines import Deadlines, Due
from services.accueil.domain.orientation import OVERDUE_KIND
from services.accueil.persistence import UnitOfWork
from services.accueil.usecases import orientations

deadlines = Deadlines()


@deadlines.due(OVERDUE_KIND)
def tell_overdue_orientations(uow: UnitOfWork, items: Sequence[Due]) -> None:
    """One fact for each orientation still unanswered; the state is read again under lock."""
    orientations.fall_overdue(uow, [UUID(item.subject) for item in items])
