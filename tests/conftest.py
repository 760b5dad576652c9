"""Databases and runtimes: one database per service and session, emptied between tests."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from hypothesis import settings

from chassis import logs
from chassis.catalogue import load
from chassis.crypto import Keyring, read_key, use_keyring
from chassis.database import new_engine
from chassis.provision import drop, provision
from chassis.runtime import Runtime
from chassis.settings import Settings
from chassis.testing import Client, FakeNeighbours, SettableClock
from tests.support.servers import postgresql_url

#: 32 bytes each, for tests only.
KEYS = (
    "cle-2:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
    ",cle-1:QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="
)
INDEX_KEY = "aW5kZXgtaW5kZXgtaW5kZXgtaW5kZXgtaW5kZXgtMzI="


# A busy machine is slow, and that is no failure: speed is held by the benchmarks.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

#: What a pool may keep between tests: three workers share the server's hundred connections.
IDLE_CONNECTIONS = 2


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file is one worker's. So are the journeys together, whose platforms take many
    connections each, and they begin: nothing else lasts as long."""
    for item in items:
        group = "journeys" if _is_journey(item) else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: not _is_journey(item))


def _is_journey(item: pytest.Item) -> bool:
    return item.path.parent.name == "journeys"


@pytest.fixture(scope="session", autouse=True)
def _process() -> None:
    """What a process does at boot."""
    use_keyring(Keyring.parse(KEYS, read_key(INDEX_KEY)))
    logs.configure(service="tests", process="pytest", environment="test")


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """The environment of this session's services, under a prefix of its own."""
    return {
        "ENVIRONMENT": "test",
        "DATABASE_URL": postgresql_url(),
        "DATABASE_SECRET": "secret-de-test",
        "DATABASE_PREFIX": f"t{os.getpid()}_{secrets.token_hex(2)}",
        "ENCRYPTION_KEYS": KEYS,
        "INDEX_KEY": INDEX_KEY,
        "JWKS": "inutilise",
        "TOKEN_ISSUER": "urn:test",
    }


@dataclass
class _Database:
    settings: Settings
    engine: sa.Engine


@pytest.fixture(scope="session")
def _databases(environment: dict[str, str]) -> Iterator[Callable[[str], _Database]]:
    made: dict[str, _Database] = {}

    def database(service: str) -> _Database:
        if service not in made:
            settings = Settings.from_env(service, environment)
            provision(service, settings.database)
            engine = new_engine(settings.database.app_url, pool_size=30, application="tests")
            made[service] = _Database(settings, engine)
        _let_go(made.values())
        return made[service]

    yield database
    for one in made.values():
        one.engine.dispose()
        drop(one.settings.database)


def _let_go(databases: Iterable[_Database]) -> None:
    """Give back the connections that a crowd left in a pool."""
    for one in databases:
        pool = one.engine.pool
        if isinstance(pool, sa.QueuePool) and pool.checkedin() > IDLE_CONNECTIONS:
            one.engine.dispose()


@pytest.fixture(scope="session")
def new_runtime(_databases: Callable[[str], _Database]) -> Callable[[str], Runtime]:
    """Make the runtime of one service, on an empty database."""

    def make(name: str) -> Runtime:
        database = _databases(name)
        service = load(name)
        _empty(database)
        return Runtime(
            service=service,
            engine=database.engine,
            clock=SettableClock(),
            keyring=database.settings.keyring,
            neighbours=FakeNeighbours(),
            settings=database.settings,
        )

    return make


@pytest.fixture
def service_runtime(new_runtime: Callable[[str], Runtime]) -> Callable[[str], Runtime]:
    """The same, for one test."""
    return new_runtime


@pytest.fixture
def http() -> Callable[[Runtime], Client]:
    """An in-process client of a runtime's routes."""
    return Client


_PRISTINE: dict[str, dict[str, list[dict[str, object]]]] = {}


def _empty(database: _Database) -> None:
    """Back to what the migrations left: reference rows they wrote are put back."""
    owner = sa.create_engine(
        database.settings.database.owner_url.replace("postgresql://", "postgresql+psycopg2://", 1),
        poolclass=sa.NullPool,
    )
    with owner.begin() as connection:
        tables = sa.inspect(connection).get_table_names()
        tables.remove("alembic_version")
        name = database.settings.database.name
        if name not in _PRISTINE:
            _PRISTINE[name] = {}
            for table in tables:
                rows = connection.execute(sa.text(f'SELECT * FROM "{table}"')).mappings().all()
                if rows:
                    _PRISTINE[name][table] = [dict(row) for row in rows]
            return
        listed = ", ".join(f'"{table}"' for table in tables)
        connection.execute(sa.text(f"TRUNCATE {listed} RESTART IDENTITY"))
        metadata = sa.MetaData()
        for table, rows in _PRISTINE[name].items():
            reflected = sa.Table(table, metadata, autoload_with=connection)
            connection.execute(sa.insert(reflected), rows)
