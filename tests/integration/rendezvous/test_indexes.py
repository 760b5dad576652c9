"""What every booking and every search reads is found through an index, whatever the years past."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from chassis.ids import new_id
from services.rendezvous.persistence.occupations import _SITUATION
from services.rendezvous.persistence.windows import _WINDOWS
from tests.integration.rendezvous.conftest import NINE, World, minutes

#: Tables that grow with the years.
GROWING = ("occupation", "opening", "absence")


SITUATION = {
    "agents": [new_id()],
    "resources": [new_id()],
    "from_at": NINE,
    "to_at": NINE + minutes(45),
    "now": NINE,
}
SEARCH = {
    "sites": ["SITE"],
    "agents": [new_id()],
    "others": [new_id()],
    "from_at": NINE,
    "to_at": NINE + minutes(60 * 24 * 42),
    "length": minutes(120),
    "before": minutes(0),
    "after": minutes(60),
    "now": NINE,
    "own": None,
}
STATEMENTS = {"booking": (f"EXPLAIN {_SITUATION}", SITUATION)} | {
    f"search, {asked}": (f"EXPLAIN {statement.execute}", SEARCH)
    for asked, statement in _WINDOWS.items()
}


@pytest.mark.parametrize("table", GROWING)
@pytest.mark.parametrize("asked", STATEMENTS)
def test_no_growing_table_is_read_whole(world: World, table: str, asked: str) -> None:
    statement, values = STATEMENTS[asked]
    with world.runtime.engine.connect() as connection:
        # An empty table is read whole by choice: without it, is there another way?
        connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
        for prepared in _WINDOWS.values():
            prepared.prepare(connection)
        plan = connection.exec_driver_sql(statement, values).scalars().all()

    assert any(f" on {table}" in line for line in plan)
    assert not any(f"Seq Scan on {table}" in line for line in plan), "\n".join(plan)
