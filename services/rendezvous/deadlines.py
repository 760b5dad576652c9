"""Work that falls due in rendezvous: holds that run out."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chassis.deadlines import Deadlines, Due
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases import booking

deadlines = Deadlines()


@deadlines.due("hold_expiry")
def expire_holds(uow: UnitOfWork, items: Sequence[Due]) -> None:
    """Free the places kept past their time."""
    booking.holds_ran_out(uow, [UUID(item.subject) for item in items])
