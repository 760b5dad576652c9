"""Work that falls due in rendezvous: holds that run out, calendars to read again."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chassis.deadlines import Deadlines, Due
from chassis.runtime import Runtime
from services.rendezvous import external
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases import booking
from services.rendezvous.usecases.calendars import REFRESH_DUE

deadlines = Deadlines()


@deadlines.due("hold_expiry")
def expire_holds(uow: UnitOfWork, items: Sequence[Due]) -> None:
    """Free the places kept past their time."""
    booking.holds_ran_out(uow, [UUID(item.subject) for item in items])


@deadlines.outside(REFRESH_DUE)
def refresh_calendars(runtime: Runtime, items: Sequence[Due]) -> None:
    """Read agents' own calendars again."""
    external.refresh_due(runtime, items)
