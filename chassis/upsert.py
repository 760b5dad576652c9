"""Write a row whether or not it is there: the last word wins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session


def upsert(
    session: Session,
    table: sa.Table,
    *rows: Mapping[str, Any],
    initially: Mapping[str, Any] | None = None,
) -> None:
    """Insert rows of the same columns, or change those whose primary key is there already.

    Columns that are not given stay as they are; `initially` gives those of a new row alone.
    """
    keys = {column.name for column in table.primary_key}
    written = [{**(initially or {}), **row} for row in rows]
    # SQLAlchemy caches the statement of one row, not that of a list of rows.
    insert = pg.insert(table).values(written[0] if len(written) == 1 else written)
    changed = {name: insert.excluded[name] for name in rows[0] if name not in keys}
    session.execute(insert.on_conflict_do_update(index_elements=sorted(keys), set_=changed))
