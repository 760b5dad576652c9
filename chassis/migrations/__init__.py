"""Migrations: one Alembic environment for all services, and what their scripts share.

Scripts are in `services/<x>/migrations/`, numbered 0001, 0002, … and reversible. They run as the
owner role under an advisory lock, so that two upgrades started at once do not collide.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command, op
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from chassis.catalogue import PACKAGE
from chassis.database import one_shot_engine

_LOCK = "SELECT pg_advisory_lock(hashtext('chassis.migrations'))"


def config(service: str) -> Config:
    """The Alembic configuration of one service."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "environment"))
    root = Path(__file__).parents[2].joinpath(*PACKAGE.split("."), service, "migrations")
    settings.set_main_option("version_locations", str(root))
    settings.set_main_option("path_separator", "os")
    settings.attributes["service"] = service
    return settings


def migrate(service: str, owner_url: str, *, to: str = "head") -> None:
    """Bring one service's schema to a revision, up or down."""
    engine = one_shot_engine(owner_url)
    settings = config(service)
    with engine.connect() as connection:
        connection.execute(sa.text(_LOCK))
        step = command.downgrade if to != "head" and _is_below(connection, to) else command.upgrade
        # Alembic commits only the transactions it began itself.
        connection.commit()
        settings.attributes["connection"] = connection
        step(settings, to)
    engine.dispose()


def head(service: str) -> str | None:
    """The newest revision the code knows."""
    return ScriptDirectory.from_config(config(service)).get_current_head()


def revision(connection: sa.Connection) -> str | None:
    """The revision a database is at."""
    return MigrationContext.configure(connection).get_current_revision()


def append_only(table: str) -> None:
    """In a migration: no role may change or remove a row of this table once it is written."""
    app_role = sa.text(
        "SELECT quote_ident(current_database() || '_app')"
        " WHERE EXISTS (SELECT FROM pg_roles WHERE rolname = current_database() || '_app')"
    )
    for (role,) in op.get_bind().execute(app_role):
        op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}")
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'append-only table %', TG_TABLE_NAME; END $$"
    )
    op.execute(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def _is_below(connection: sa.Connection, target: str) -> bool:
    current = revision(connection)
    return current is not None and (target == "base" or target < current)
