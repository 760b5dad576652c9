"""Envelopes and their ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from chassis.errors import NotFound
from services.aides.domain.enveloppe import Enveloppe, LedgerLine
from services.aides.domain.nature import Nature
from services.aides.persistence import tables as t


class Enveloppes:
    """Envelopes and their ledger."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, enveloppe: Enveloppe) -> None:
        """Keep a new envelope; the database refuses a nature covered twice."""
        self._session.add(enveloppe)
        self._session.flush()
        rows = [
            {"year": enveloppe.year, "nature": nature, "enveloppe_id": enveloppe.id}
            for nature in enveloppe.natures
        ]
        self._session.execute(sa.insert(t.enveloppe_nature), rows)

    def get(self, enveloppe_id: UUID, *, lock: bool = False) -> Enveloppe:
        """One envelope. Raises NotFound."""
        found = self._one(t.enveloppe.c.id == enveloppe_id, lock=lock)
        if found is None:
            raise NotFound("Aucune enveloppe à cet identifiant.")
        return found

    def covering(self, nature: Nature, year: int, *, lock: bool = False) -> Enveloppe | None:
        """The year's envelope for a nature."""
        covers = t.enveloppe_nature
        chosen = (
            sa.select(covers.c.enveloppe_id)
            .where(covers.c.year == year, covers.c.nature == str(nature))
            .scalar_subquery()
        )
        return self._one(t.enveloppe.c.id == chosen, lock=lock)

    def _one(self, condition: sa.ColumnElement[bool], *, lock: bool) -> Enveloppe | None:
        query = sa.select(Enveloppe).where(condition)
        if lock:
            # What was read before waiting for the lock is stale: read the row again, once our
            # own changes are written.
            self._session.flush()
            query = query.with_for_update().execution_options(populate_existing=True)
        return self._session.scalar(query)

    def write(self, line: LedgerLine) -> None:
        """Write one line of the ledger."""
        values = {name: value for name, value in asdict(line).items() if name != "number"}
        self._session.execute(sa.insert(t.mouvement).values(values))

    def of_year(self, year: int) -> Sequence[Enveloppe]:
        """The envelopes of a year."""
        return self._session.scalars(
            sa.select(Enveloppe).where(t.enveloppe.c.year == year).order_by(t.enveloppe.c.id)
        ).all()

    def ledger(self, enveloppe_id: UUID, *, after: int, limit: int) -> Sequence[LedgerLine]:
        """Lines in the order they were written."""
        rows = self._session.execute(
            sa.select(t.mouvement)
            .where(t.mouvement.c.enveloppe_id == enveloppe_id, t.mouvement.c.number > after)
            .order_by(t.mouvement.c.number)
            .limit(limit)
        )
        return [LedgerLine(**row) for row in rows.mappings()]
