"""One process of one service, assembled: settings, database, clocks, keys, neighbours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import psycopg2.errors
import sqlalchemy as sa
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    OperationalError,
    SQLAlchemyError,
    TimeoutError,  # noqa: A004 - the pool's own, not Python's
)
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from chassis.catalogue import Service
from chassis.clock import Clock, SimulatedClock, technical_now
from chassis.crypto import Keyring, use_keyring
from chassis.database import new_engine
from chassis.errors import Invalid, Unavailable
from chassis.neighbours import HttpNeighbours, Neighbours
from chassis.settings import Settings
from chassis.tables import ChassisTables
from chassis.unit_of_work import UnitOfWork

R = TypeVar("R")
T = TypeVar("T")

#: A transaction that lost a race is run again this many times in all.
_ATTEMPTS = 3
_LOST_RACES = (psycopg2.errors.DeadlockDetected, psycopg2.errors.SerializationFailure)


@dataclass(kw_only=True)
class Runtime:
    """What an entrypoint works with. Tests assemble one with a settable clock."""

    service: Service
    engine: sa.Engine
    clock: Clock
    keyring: Keyring = field(repr=False)
    neighbours: Neighbours
    settings: Settings
    _services_settings: dict[type[Any], Any] = field(default_factory=dict, repr=False)

    @property
    def tables(self) -> ChassisTables:
        """The chassis tables of this service."""
        tables: ChassisTables = self.service.metadata.info["chassis"]
        return tables

    def unit_of_work(self) -> UnitOfWork:
        """A fresh transaction; close it (`with`), commit it if all went well."""
        return self.service.unit_of_work(
            Session(self.engine, expire_on_commit=False),
            service=self.service.name,
            tables=self.tables,
            clock=self.clock,
            keyring=self.keyring,
            neighbours=self.neighbours,
        )

    def transaction(self, work: Callable[[Any], R]) -> R:
        """Run `work(uow)` and commit; again from the start when it lost a race."""
        for attempt in range(1, _ATTEMPTS + 1):
            with self.unit_of_work() as uow, self.translated_errors():
                try:
                    result = work(uow)
                    uow.commit()
                except SQLAlchemyError as error:
                    uow.rollback()
                    if attempt < _ATTEMPTS and _lost_race(error):
                        continue
                    raise
                else:
                    return result
        raise AssertionError("unreachable")

    @contextmanager
    def translated_errors(self) -> Iterator[None]:
        """Database errors as domain errors: a named constraint, a database that is away."""
        try:
            yield
        except IntegrityError as error:
            name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
            refusal = self.service.constraints.get(name or "")
            if refusal is None:
                raise
            raise refusal() from None
        except TimeoutError:
            raise Unavailable("Trop de demandes en cours ; réessayez dans un instant.") from None
        except DataError:
            raise Invalid("Une valeur dépasse ce que la base peut conserver.") from None
        except StaleDataError:
            raise Unavailable("La fiche change sans cesse ; réessayez dans un instant.") from None
        except DBAPIError as error:
            if error.connection_invalidated or isinstance(error, OperationalError):
                raise Unavailable("La base de données ne répond pas ; réessayez.") from error
            raise

    def settings_of(self, kind: type[T]) -> T:
        """A service's own settings (`kind.from_env(env)`), read once."""
        if kind not in self._services_settings:
            self._services_settings[kind] = kind.from_env(self.settings.env)  # type: ignore[attr-defined]  # by convention
        settings: T = self._services_settings[kind]
        return settings


def _lost_race(error: SQLAlchemyError) -> bool:
    """Another transaction changed the same rows first: what it did is now there to be read."""
    if isinstance(error, StaleDataError):
        return True
    return isinstance(error, OperationalError) and isinstance(error.orig, _LOST_RACES)


def assemble(service: Service, settings: Settings) -> Runtime:
    """The real runtime of a running process."""
    use_keyring(settings.keyring)
    return Runtime(
        service=service,
        engine=new_engine(
            settings.database.app_url,
            pool_size=settings.workers + 2,  # the probes wait for no worker
            application=f"{service.name} {settings.environment}",
        ),
        clock=trade_clock(settings),
        keyring=settings.keyring,
        neighbours=HttpNeighbours(urls=settings.urls, token=service_token(settings)),
        settings=settings,
    )


def trade_clock(settings: Settings) -> Clock:
    """Real time, or the simulated clock the settings name."""
    return SimulatedClock(settings.simulated_clock) if settings.simulated_clock else technical_now


def service_token(settings: Settings) -> Callable[[], str]:
    """Reads this service's token at each use, so that it can be rotated on disk."""

    def read() -> str:
        if settings.service_token_file is None:
            raise Unavailable("Ce service n’a pas de jeton pour interroger les autres.")
        try:
            return settings.service_token_file.read_text().strip()
        except OSError:
            raise Unavailable("Le jeton de ce service est illisible.") from None

    return read
