"""Decisions, by demande."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.aides.domain.decision import Decision
from services.aides.persistence import tables as t


class Decisions:
    """Decisions, never changed once written."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, decision: Decision) -> None:
        """Keep a decision."""
        self._session.add(decision)

    def of(self, demande_id: UUID) -> Sequence[Decision]:
        """The decisions of a demande, in order."""
        return self._session.scalars(
            sa.select(Decision)
            .where(t.decision.c.demande_id == demande_id)
            .order_by(t.decision.c.rank)
        ).all()
