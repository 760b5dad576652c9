"""The activity figures, counted by PostgreSQL over dsu's own tables."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.dsu.persistence.tables import dossier, intervention, referent_period, timeline


class Activity:
    """Counts by MDS of the dossier."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def stock(self, day: date, *, by_referent: bool = False) -> list[dict[str, Any]]:
        """Dossiers followed that day: those a référent's period covers."""
        period = referent_period
        keys = [dossier.c.mds] + ([period.c.agent_id] if by_referent else [])
        query = (
            sa.select(*keys, sa.func.count().label("count"))
            .join_from(period, dossier)
            .where(
                period.c.starts_on <= day,
                sa.or_(period.c.ends_on.is_(None), period.c.ends_on > day),
            )
        )
        return self._counts(query, keys)

    def opened(self, first: date, last: date) -> list[dict[str, Any]]:
        """Dossiers opened in a period, both days included."""
        query = sa.select(dossier.c.mds, sa.func.count().label("count")).where(
            dossier.c.opened_on.between(first, last)
        )
        return self._counts(query, [dossier.c.mds])

    def happened(self, kind: str, first: date, last: date) -> list[dict[str, Any]]:
        """Closings or reopenings in a period: each counts, even of the same dossier."""
        query = (
            sa.select(dossier.c.mds, sa.func.count().label("count"))
            .join_from(timeline, dossier, timeline.c.dossier_id == dossier.c.dossier_id)
            .where(timeline.c.kind == kind, timeline.c.occurred_on.between(first, last))
        )
        return self._counts(query, [dossier.c.mds])

    def interventions(self, first: date, last: date) -> list[dict[str, Any]]:
        """Interventions by type in a period."""
        keys = [dossier.c.mds, intervention.c.champ, intervention.c.nomenclature]
        query = (
            sa.select(*keys, sa.func.count().label("count"))
            .join_from(intervention, dossier)
            .where(intervention.c.occurred_on.between(first, last))
        )
        return self._counts(query, keys)

    def _counts(self, query: sa.Select[Any], keys: list[Any]) -> list[dict[str, Any]]:
        rows = self._session.execute(query.group_by(*keys).order_by(*keys))
        return [dict(row) for row in rows.mappings()]
