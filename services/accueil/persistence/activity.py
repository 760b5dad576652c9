"""The activity of reception, counted by SQL at the Paris day things happened."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accueil.persistence import tables as t


class Activity:
    """Figures between two instants, the second excluded."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def rows(self, start: datetime, end: datetime) -> list[dict[str, Any]]:
        """Every figure of the period, zeros left out."""
        v, o, p = t.visite.c, t.orientation.c, t.personne.c
        identified = v.personne_id.is_not(None).label("identified")
        by_place = (o.mds, o.site, o.target)
        return [
            *self._count(
                "VISITES",
                (v.mds, v.site, v.channel, v.origin, v.outcome, identified),
                (v.arrived_at >= start, v.arrived_at < end),
            ),
            *self._count(
                "ORIENTATIONS_REQUESTED", by_place, (o.requested_at >= start, o.requested_at < end)
            ),
            *self._count(
                "ORIENTATIONS_ANSWERED", by_place, (o.answered_at >= start, o.answered_at < end)
            ),
            *self._count(
                "ORIENTATIONS_OVERDUE", by_place, (o.overdue_at >= start, o.overdue_at < end)
            ),
            *self._count(
                "PERSONNES_REGISTERED",
                (p.mds, p.site),
                (p.registered_at >= start, p.registered_at < end),
            ),
        ]

    def _count(
        self,
        measure: str,
        dimensions: tuple[sa.ColumnElement[Any], ...],
        conditions: tuple[sa.ColumnElement[bool], ...],
    ) -> list[dict[str, Any]]:
        # Ranks rather than expressions: one bound parameter twice is not one expression.
        ranks: list[sa.ColumnClause[Any]] = [
            sa.literal_column(str(n)) for n in range(1, len(dimensions) + 1)
        ]
        query = (
            sa.select(*dimensions, sa.func.count().label("count"))
            .where(*conditions)
            .group_by(*ranks)
            .order_by(*ranks)
        )
        return [
            {"measure": measure} | {name: value for name, value in row.items() if value is not None}
            for row in self._session.execute(query).mappings()
        ]
