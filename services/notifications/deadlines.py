"""What falls due: a message leaves; one that no provider took in time is recorded as too late."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chassis.deadlines import Deadlines, Due
from chassis.runtime import Runtime
from services.notifications.persistence import UnitOfWork
from services.notifications.sending import send_due
from services.notifications.usecases import planning

deadlines = Deadlines()


@deadlines.outside(planning.SEND)
def send(runtime: Runtime, items: Sequence[Due]) -> None:
    """Messages whose moment has come."""
    send_due(runtime, items)


@deadlines.due(planning.EXPIRE)
def expire(uow: UnitOfWork, items: Sequence[Due]) -> None:
    """Messages that waited for a provider or a neighbour until they were of no more use."""
    planning.drop_expired(uow, [UUID(item.subject) for item in items])
