"""The activity of a period, summed by SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.aides.domain.activity import Tally
from services.aides.persistence import tables as t


class Activity:
    """Figures of a period, both days included."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def tally(self, first: date, last: date) -> Sequence[Tally]:
        """Decisions of a period, summed by every code the report needs."""
        d, a = t.decision.c, t.demande.c
        codes = (a.mds, a.nature, d.outcome, d.instance, a.partner)
        rows = self._session.execute(
            sa.select(
                *codes,
                sa.func.count().label("count"),
                sa.func.sum(d.amount_cents).label("amount_cents"),
            )
            .join_from(t.decision, t.demande, d.demande_id == a.id)
            .where(d.decided_on.between(first, last))
            .group_by(*codes)
        )
        return [
            Tally(**{**row, "amount_cents": int(row["amount_cents"])}) for row in rows.mappings()
        ]
