"""Create a service's database, its two roles and its extensions, then migrate it.

Run as the administrator of `DATABASE_URL`; running it again changes nothing. The owner role
migrates; the app role reads and writes rows, and is neither superuser nor exempt from
row-level security.
"""

from __future__ import annotations

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT, connection

from chassis.migrations import migrate
from chassis.settings import DatabaseSettings

#: Trusted, shipped with PostgreSQL: constraints against overlaps. Names are searched by digest.
EXTENSIONS = ("btree_gist",)


def provision(service: str, database: DatabaseSettings) -> None:
    """Make the database ready for this version of the service."""
    with_admin = _connect(database.server_url)
    try:
        _ensure_role(with_admin, database.owner_role, database.password(database.owner_role))
        _ensure_role(with_admin, database.app_role, database.password(database.app_role))
        _ensure_database(with_admin, database)
    finally:
        with_admin.close()
    in_database = _connect(database.admin_url)
    try:
        _grant(in_database, database)
    finally:
        in_database.close()
    migrate(service, database.owner_url)


def drop(database: DatabaseSettings) -> None:
    """Remove a demo or test database and its roles."""
    admin = _connect(database.server_url)
    try:
        _run(admin, "DROP DATABASE IF EXISTS {} WITH (FORCE)", database.name)
        for role in (database.app_role, database.owner_role):
            _run(admin, "DROP ROLE IF EXISTS {}", role)
    finally:
        admin.close()


def _connect(url: str) -> connection:
    link = psycopg2.connect(url, connect_timeout=10)
    link.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
    return link


def _ensure_role(admin: connection, role: str, password: str) -> None:
    with admin.cursor() as cursor:
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", (role,))
        verb = "ALTER" if cursor.rowcount else "CREATE"
        cursor.execute(
            sql.SQL(
                verb + " ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD {}"
            ).format(sql.Identifier(role), sql.Literal(password))
        )


def _ensure_database(admin: connection, database: DatabaseSettings) -> None:
    with admin.cursor() as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", (database.name,))
        exists = bool(cursor.rowcount)
    if not exists:
        # The administrator of a managed server is not always superuser: it must be a member.
        _run(admin, "GRANT {} TO CURRENT_USER", database.owner_role)
        _run(
            admin,
            "CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0",
            database.name,
            database.owner_role,
        )


def _grant(admin: connection, database: DatabaseSettings) -> None:
    for extension in EXTENSIONS:
        _run(admin, "CREATE EXTENSION IF NOT EXISTS {}", extension)
    owner, app = database.owner_role, database.app_role
    _run(admin, "REVOKE ALL ON DATABASE {} FROM PUBLIC", database.name)
    _run(admin, "GRANT CONNECT ON DATABASE {} TO {}, {}", database.name, owner, app)
    _run(admin, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    _run(admin, "GRANT ALL ON SCHEMA public TO {}", owner)
    _run(admin, "GRANT USAGE ON SCHEMA public TO {}", app)
    tables = "ALTER DEFAULT PRIVILEGES FOR ROLE {} IN SCHEMA public GRANT "
    _run(admin, tables + "SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}", owner, app)
    _run(admin, tables + "USAGE, SELECT ON SEQUENCES TO {}", owner, app)


def _run(admin: connection, statement: str, *names: str) -> None:
    with admin.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
