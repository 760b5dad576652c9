"""Where measures run: databases of their own, emptied before each, removed at the end."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Iterator
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
        for runtime in self.runtimes.values():
            with _owner(runtime) as cursor:
                cursor.execute(
                    "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables"
                    " WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
                )
                (tables,) = cursor.fetchone()
                cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY")

    def analyse(self, service: str) -> None:
        """Fresh statistics: the planner of a table just filled would guess."""
        with _owner(self.runtimes[service]) as cursor:
            cursor.execute("ANALYZE")


@contextmanager
def ground() -> Iterator[Ground]:
    """Make the databases; remove them whatever happens."""
    environ = {
        "ENVIRONMENT": "test",
        "DATABASE_URL": postgresql_url(),
        "DATABASE_SECRET": secrets.token_hex(16),
        "DATABASE_PREFIX": f"bench{os.getpid()}_{secrets.token_hex(2)}",
        "ENCRYPTION_KEYS": f"bench:{base64.b64encode(os.urandom(32)).decode()}",
        "INDEX_KEY": base64.b64encode(os.urandom(32)).decode(),
        "JWKS": "inutilise",
        "TOKEN_ISSUER": "urn:bench",
    }
    settings = {name: Settings.from_env(name, environ) for name in service_names()}
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


@contextmanager
def _owner(runtime: Runtime) -> Iterator[Any]:
    connection = psycopg2.connect(runtime.settings.database.owner_url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()
