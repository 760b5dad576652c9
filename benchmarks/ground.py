"""Where measures run: databases of their own, emptied before each, removed at the end."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2

from chassis import logs
from chassis.catalogue import load, service_names
from chassis.database import CONNECT_ARGS
from chassis.provision import drop, provision
from chassis.runtime import Runtime, assemble
from chassis.settings import Settings
from tests.support.servers import postgresql_url


@dataclass(frozen=True)
class Ground:
    """One runtime per sample service, and a bare connection to the same database and role."""

    runtimes: dict[str, Runtime]
    bare: dict[str, Any]

    def url(self, service: str) -> str:
        """The database of a service, as its app role."""
        return self.runtimes[service].settings.database.app_url

    def empty(self) -> None:
        """Empty tables, without the dead rows of what was measured before."""
        for service in self.runtimes:
            with self.owner(service) as cursor:
                cursor.execute(
                    "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables"
                    " WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
                )
                (tables,) = cursor.fetchone()
                cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY")

    def analyse(self, service: str) -> None:
        """Fresh statistics: the planner of a table just filled would guess."""
        with self.owner(service) as cursor:
            cursor.execute("ANALYZE")

    @contextmanager
    def owner(self, service: str) -> Iterator[Any]:
        """A cursor of the role that owns the tables of a service; each statement commits."""
        connection = psycopg2.connect(self.runtimes[service].settings.database.owner_url)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()


def environment() -> dict[str, str]:
    """What processes of a measure are told: databases of their own, keys of the moment."""
    return {
        "ENVIRONMENT": "test",
        "DATABASE_URL": postgresql_url(),
        "DATABASE_SECRET": secrets.token_hex(16),
        "DATABASE_PREFIX": f"bench{os.getpid()}_{secrets.token_hex(2)}",
        "ENCRYPTION_KEYS": f"bench:{base64.b64encode(os.urandom(32)).decode()}",
        "INDEX_KEY": base64.b64encode(os.urandom(32)).decode(),
        "JWKS": "inutilise",
        "TOKEN_ISSUER": "urn:bench",
    }


@contextmanager
def ground(
    names: Sequence[str] | None = None, environ: Mapping[str, str] | None = None
) -> Iterator[Ground]:
    """Make the databases of these services (of all); remove them whatever happens."""
    environ = environ or environment()
    settings = {name: Settings.from_env(name, environ) for name in names or service_names()}
    # Log lines are made and written, as in service, but nobody reads them here.
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), ExitStack() as made:
        logs.configure(service="bench", process="bench", environment="test")
        for one in settings.values():
            made.callback(drop, one.database)
            provision(one.service, one.database)
        on = Ground({name: assemble(load(name), one) for name, one in settings.items()}, {})
        for name, runtime in on.runtimes.items():
            made.callback(runtime.engine.dispose)
            on.bare[name] = psycopg2.connect(on.url(name), **CONNECT_ARGS)
            made.callback(on.bare[name].close)
        yield on
