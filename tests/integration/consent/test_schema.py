"""The migrations and the tables of the code are the same thing."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext


def test_the_migrated_schema_is_the_one_the_code_expects(service_runtime):
    runtime = service_runtime("consent")
    chassis = {table.name for table in vars(runtime.service.metadata.info["chassis"]).values()}

    def is_ours(_item, name, kind, _reflected, _compared) -> bool:
        return not (kind == "table" and name in chassis)

    with runtime.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": is_ours, "compare_type": False}
        )
        differences = compare_metadata(context, runtime.service.metadata)

    assert differences == []
