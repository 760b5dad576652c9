"""What every booking and every search reads is found through an index, whatever the years past."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from chassis.ids import new_id
from services.rendezvous.persistence.occupations import _SITUATION
from tests.integration.rendezvous.conftest import NINE, World, minutes

#: Tables that grow with the years.
GROWING = ("occupation", "opening", "absence")


@pytest.mark.parametrize("table", GROWING)
def test_the_situation_reads_no_growing_table_whole(world: World, table: str) -> None:
    known = {
        "agents": [new_id()],
        "resources": [new_id()],
        "from_at": NINE,
        "to_at": NINE + minutes(45),
        "now": NINE,
    }
    with world.runtime.engine.connect() as connection:
        # An empty table is read whole by choice: without it, is there another way?
        connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
        plan = connection.exec_driver_sql(f"EXPLAIN {_SITUATION}", known).scalars().all()

    assert any(f" on {table}" in line for line in plan)
    assert not any(f"Seq Scan on {table}" in line for line in plan), "\n".join(plan)
