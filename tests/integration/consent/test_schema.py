"""The migrations and the tables of the code are the same thing."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext


def test_the_migrated_schema_is_the_one_the_code_expects(service_runtime):
    runtime = service_runtime("consent")

    with runtime.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        differences = compare_metadata(context, runtime.service.metadata)

    told = [d for d in differences if "alembic_version" not in str(d) and d[0] != "remove_index"]
    assert told == []
