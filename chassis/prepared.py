"""Statements that the server plans once per connection, not at each call.

psycopg2 writes values into the text, so that a long statement is planned each time it runs: for a
search of slots, 0.6 of its 1.6 ms. PREPARE outlives the transaction it is sent in, whatever
becomes of it; what a connection knows is kept with it. Plans are generic (`plan_cache_mode` in
database.py): a statement is worth preparing when one plan suits any values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa


class Prepared:
    """A statement with `%(name)s` for its values; `types`: of each, as PostgreSQL names them."""

    def __init__(self, name: str, statement: str, types: Mapping[str, str]) -> None:
        self._name = name
        numbered = statement % {value: f"${at}" for at, value in enumerate(types, 1)}
        self._prepare = f"PREPARE {name} ({', '.join(types.values())}) AS {numbered}"
        values = ", ".join(f"%({value})s::{kind}" for value, kind in types.items())
        #: What runs it, with the placeholders of the driver.
        self.execute = f"EXECUTE {name} ({values})"

    def prepare(self, connection: sa.Connection) -> None:
        """Have a connection know it, if it does not yet."""
        known = connection.info.setdefault("prepared", set())
        if self._name not in known:
            connection.exec_driver_sql(self._prepare)
            known.add(self._name)

    def run(self, connection: sa.Connection, values: Mapping[str, Any]) -> sa.CursorResult[Any]:
        """Run it in the transaction of a connection."""
        self.prepare(connection)
        return connection.exec_driver_sql(self.execute, values)
