"""Payments, by demande and by reference."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.aides.domain.paiement import Paiement
from services.aides.persistence import tables as t


class Paiements:
    """Payments made."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, paiement: Paiement) -> None:
        """Keep a payment."""
        self._session.add(paiement)

    def by_reference(self, reference: str) -> Paiement | None:
        """The payment of this reference, if it was made."""
        return self._session.scalar(sa.select(Paiement).where(t.paiement.c.reference == reference))

    def of(self, demande_id: UUID) -> Sequence[Paiement]:
        """The payments of a demande, by instalment."""
        return self._session.scalars(
            sa.select(Paiement)
            .where(t.paiement.c.demande_id == demande_id)
            .order_by(t.paiement.c.instalment)
        ).all()
