"""Closings as rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session

from services.rendezvous.domain.fermeture import Fermeture
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.persistence.tables import fermeture


class Fermetures:
    """When nobody receives."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, new: Sequence[Fermeture]) -> None:
        """Store closings; a public holiday loaded before, for the same MDS, is left as it is."""
        if new:
            rows = [vars(one) for one in new]
            self._session.execute(pg.insert(fermeture).on_conflict_do_nothing(), rows)

    def get(self, fermeture_id: UUID) -> Fermeture | None:
        """One closing."""
        row = self._session.execute(
            sa.select(fermeture).where(fermeture.c.id == fermeture_id)
        ).one_or_none()
        return _as_fermeture(row) if row else None

    def delete(self, fermeture_id: UUID) -> bool:
        """Remove a closing. False when another did so first."""
        gone = sa.delete(fermeture).where(fermeture.c.id == fermeture_id)
        return self._session.scalar(gone.returning(fermeture.c.id)) is not None

    def within(self, window: Interval) -> list[Fermeture]:
        """Closings that touch a window, by time."""
        return self._list(fermeture.c.starts_at < window.end, fermeture.c.ends_at > window.start)

    def feries(self, first_day: date, last_day: date, mds: str | None) -> list[Fermeture]:
        """The public holidays loaded for an MDS, or for everybody, from a day to another."""
        return self._list(
            fermeture.c.ferie_on.between(first_day, last_day),
            fermeture.c.mds.is_not_distinct_from(mds),
        )

    def _list(self, *wanted: sa.ColumnElement[bool]) -> list[Fermeture]:
        query = sa.select(fermeture).where(*wanted)
        rows = self._session.execute(query.order_by(fermeture.c.starts_at, fermeture.c.id))
        return [_as_fermeture(row) for row in rows]


def _as_fermeture(row: sa.Row[Any]) -> Fermeture:
    return Fermeture(**row._mapping)
