"""Migrations are numbered, reversible, and end where the code's tables are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from chassis.catalogue import load, service_names
from chassis.database import one_shot_engine
from chassis.migrations import config, migrate
from chassis.provision import drop, provision
from chassis.settings import database_settings

SERVICES = service_names()


@pytest.fixture
def database(environment, request):
    service = request.getfixturevalue("service")
    settings = database_settings(
        service, environment | {"DATABASE_PREFIX": environment["DATABASE_PREFIX"] + "m"}
    )
    provision(service, settings)
    yield settings
    drop(settings)


@pytest.mark.parametrize("service", SERVICES)
class TestMigrations:
    def test_are_numbered_without_a_hole(self, service):
        script = ScriptDirectory.from_config(config(service))
        revisions = sorted(revision.revision for revision in script.walk_revisions())

        assert revisions == [f"{number:04d}" for number in range(1, len(revisions) + 1)]
        for revision in script.walk_revisions():
            assert re.match(rf"{revision.revision}_\w+\.py$", Path(revision.path).name)

    def test_go_up_down_and_up_again(self, service, database):
        migrate(service, database.owner_url, to="base")
        engine = one_shot_engine(database.owner_url)
        assert set(sa.inspect(engine).get_table_names()) <= {"alembic_version"}

        migrate(service, database.owner_url)
        assert "outbox" in sa.inspect(engine).get_table_names()

    def test_end_where_the_tables_of_the_code_are(self, service, database):
        engine = one_shot_engine(database.owner_url)
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, load(service).metadata) == []
