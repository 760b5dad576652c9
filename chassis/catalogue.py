"""Finds services by convention, so that the chassis never imports one by name.

A service `x` is the package `services.x` with `persistence` (`metadata`, `UnitOfWork`,
`CONSTRAINTS`), `subscriptions`, `deadlines`, `events.FACTS` and, for the api process alone,
`service` (the nameko class). It may have `feed` and `settings`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlalchemy as sa

    from chassis.deadlines import Deadlines
    from chassis.errors import DomainError
    from chassis.events import Fact
    from chassis.subscriptions import Subscriptions
    from chassis.unit_of_work import UnitOfWork

#: The chassis's own tests point this at two sample services.
PACKAGE = os.environ.get("SERVICES_PACKAGE", "services")


@dataclass(frozen=True, kw_only=True)
class Service:
    """What the chassis needs of a service, without its HTTP face."""

    name: str
    metadata: sa.MetaData
    unit_of_work: type[UnitOfWork]
    constraints: Mapping[str, type[DomainError]]
    subscriptions: Subscriptions
    deadlines: Deadlines
    facts: tuple[type[Fact], ...]

    @property
    def api_class(self) -> type[Any]:
        """The nameko class; importing it needs nameko, which only the api process may."""
        module = _part(self.name, "service")
        return next(
            value
            for value in vars(module).values()
            if isinstance(value, type) and getattr(value, "name", None) == self.name
        )


def service_names() -> tuple[str, ...]:
    """Every service, in the order of the default ports."""
    return tuple(import_module(PACKAGE).SERVICES)


def load(name: str) -> Service:
    """Load one service by name. Raises KeyError for a name that is not one."""
    if name not in service_names():
        raise KeyError(name)
    persistence = _part(name, "persistence")
    return Service(
        name=name,
        metadata=persistence.metadata,
        unit_of_work=persistence.UnitOfWork,
        constraints=persistence.CONSTRAINTS,
        subscriptions=_part(name, "subscriptions").subscriptions,
        deadlines=_part(name, "deadlines").deadlines,
        facts=_part(name, "events").FACTS,
    )


def subscriptions_of(name: str) -> Subscriptions:
    """What one service listens to."""
    subscriptions: Subscriptions = _part(name, "subscriptions").subscriptions
    return subscriptions


def side_task_of(name: str) -> Any | None:
    """`feed.run(runtime, stop, turns)`, run beside the relay, where a service has one."""
    if find_spec(f"{PACKAGE}.{name}.feed") is None:
        return None
    return _part(name, "feed").run


def own_settings_of(name: str) -> Any | None:
    """`settings.Settings`, with `from_env(environ)`, where a service has settings of its own."""
    if find_spec(f"{PACKAGE}.{name}.settings") is None:
        return None
    return _part(name, "settings").Settings


def _part(name: str, part: str) -> ModuleType:
    return import_module(f"{PACKAGE}.{name}.{part}")
