"""Stored versions of the règlement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from chassis.errors import NotFound
from services.aides.domain.reglement import Reglement
from services.aides.persistence import tables as t


class Reglements:
    """Stored versions of the règlement."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, reglement: Reglement) -> None:
        """Keep a new version."""
        self._session.add(reglement)

    def get(self, reglement_id: UUID) -> Reglement:
        """One version. Raises NotFound."""
        found = self._session.get(Reglement, reglement_id)
        if found is None:
            raise NotFound("Aucun règlement à cet identifiant.")
        return found

    def in_force(self, on: date) -> Reglement | None:
        """The version in force on a day."""
        effective_from = t.reglement.c.effective_from
        return self._session.scalar(
            sa.select(Reglement)
            .where(effective_from <= on)
            .order_by(effective_from.desc())
            .limit(1)
        )

    def is_empty(self) -> bool:
        """Whether none was ever stored."""
        return self._session.scalar(sa.select(t.reglement.c.id).limit(1)) is None

    def all(self) -> Sequence[Reglement]:
        """Every version, oldest first."""
        return self._session.scalars(
            sa.select(Reglement).order_by(t.reglement.c.effective_from)
        ).all()
