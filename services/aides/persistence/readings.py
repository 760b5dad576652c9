"""The journal of sights of protected personnes' demandes: rows are added, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.aides.domain.lecture import Reading
from services.aides.persistence import tables as t


class Readings:
    """Who saw what, when and in which act."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, readings: Sequence[Reading]) -> None:
        """Keep them."""
        if readings:
            self._session.execute(sa.insert(t.reading), [_values(one) for one in readings])

    def of(self, demande_id: UUID, *, after: int, limit: int) -> Sequence[Reading]:
        """Those of one demande, in the order they were written."""
        rows = self._session.execute(
            sa.select(t.reading)
            .where(t.reading.c.demande_id == demande_id, t.reading.c.number > after)
            .order_by(t.reading.c.number)
            .limit(limit)
        )
        return [Reading(**row) for row in rows.mappings()]


def _values(reading: Reading) -> dict[str, Any]:
    return {name: value for name, value in asdict(reading).items() if name != "number"}
