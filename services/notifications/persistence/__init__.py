"""Tables, repositories and the unit of work of notifications."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from chassis.errors import DomainError
from chassis.unit_of_work import UnitOfWork as ChassisUnitOfWork
from services.notifications.persistence.activity import Activity
from services.notifications.persistence.lieux import Lieux
from services.notifications.persistence.messages import Messages
from services.notifications.persistence.readings import Readings
from services.notifications.persistence.tables import metadata

__all__ = ["CONSTRAINTS", "UnitOfWork", "metadata"]

#: No constraint here is an answer to a person: the unique key is met with ON CONFLICT.
CONSTRAINTS: Mapping[str, type[DomainError]] = {}


class UnitOfWork(ChassisUnitOfWork):
    """One transaction of notifications."""

    @cached_property
    def messages(self) -> Messages:
        """The messages, and what becomes of them."""
        return Messages(self.session)

    @cached_property
    def lieux(self) -> Lieux:
        """The public words for a place."""
        return Lieux(self.session)

    @cached_property
    def readings(self) -> Readings:
        """Lists for those who look on."""
        return Readings(self.session)

    @cached_property
    def activity(self) -> Activity:
        """The figures."""
        return Activity(self.session)
