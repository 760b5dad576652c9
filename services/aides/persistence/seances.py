"""Sessions of the commissions and their agendas: rows are added, never changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session

from services.aides.domain.seance import Seance
from services.aides.persistence import tables as t


class Seances:
    """Sessions, and which demandes each saw."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, seance: Seance) -> None:
        """Keep a session; the database refuses the same reference twice."""
        self._session.add(seance)
        self._session.flush()

    def get(self, seance_id: UUID) -> Seance | None:
        """One session."""
        return self._session.get(Seance, seance_id)

    def page(self, *, after: UUID | None, limit: int) -> Sequence[Seance]:
        """The last registered first."""
        query = sa.select(Seance).order_by(t.seance.c.id.desc()).limit(limit)
        if after is not None:
            query = query.where(t.seance.c.id < after)
        return self._session.scalars(query).all()

    def put_on_agenda(self, seance_id: UUID, demande_ids: Collection[UUID]) -> None:
        """Add files; one that is there stays."""
        rows = [{"seance_id": seance_id, "demande_id": one} for one in sorted(demande_ids)]
        if rows:
            insert = pg.insert(t.seance_demande).values(rows)
            self._session.execute(insert.on_conflict_do_nothing())

    def has_on_agenda(self, seance_id: UUID, demande_id: UUID) -> bool:
        """Whether the session saw this demande."""
        c = t.seance_demande.c
        query = sa.select(sa.literal(True)).where(
            c.seance_id == seance_id, c.demande_id == demande_id
        )
        return self._session.scalar(query) is True

    def agenda(self, seance_id: UUID) -> Sequence[UUID]:
        """The demandes a session saw, oldest first."""
        c = t.seance_demande.c
        query = sa.select(c.demande_id).where(c.seance_id == seance_id).order_by(c.demande_id)
        return self._session.scalars(query).all()
