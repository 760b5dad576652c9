"""Where the suite's PostgreSQL and RabbitMQ are: those given, those that answer, or our own."""

from __future__ import annotations

import atexit
import os
import tempfile
from functools import cache
from pathlib import Path

import psycopg2

_LOCAL = (
    "postgresql://root@127.0.0.1:5432/postgres",
    "postgresql://postgres@127.0.0.1:5432/postgres",
)


@cache
def postgresql_url() -> str:
    """`DATABASE_URL` if set, else a local server we may administer, else an embedded one."""
    given = os.environ.get("DATABASE_URL")
    if given:
        return given
    for url in _LOCAL:
        if _is_superuser(url):
            return url
    return _embedded()


def _is_superuser(url: str) -> bool:
    try:
        connection = psycopg2.connect(url, connect_timeout=2)
    except psycopg2.OperationalError:
        return False
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        (superuser,) = cursor.fetchone() or (False,)
    connection.close()
    return bool(superuser)


def _embedded() -> str:
    from demo.postgres import EmbeddedPostgres  # noqa: PLC0415 - only where no server answers

    folder = tempfile.TemporaryDirectory(prefix="pg-tests-")
    server = EmbeddedPostgres(Path(folder.name))
    atexit.register(folder.cleanup)
    atexit.register(server.stop)
    return server.uri
