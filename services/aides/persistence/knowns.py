"""What other services told us: people and dossiers, in whatever order it came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session

from chassis.upsert import upsert
from services.aides.persistence import tables as t


class Knowns:
    """What other services told us: upserts, no order assumed across aggregates."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def personne_registered(self, personne_id: UUID) -> None:
        """A personne exists; what is already known stays."""
        insert = pg.insert(t.personne).values(personne_id=personne_id)
        self._session.execute(insert.on_conflict_do_nothing())

    def personne_deceased(self, personne_id: UUID, died_on: date) -> None:
        """A personne has died."""
        upsert(self._session, t.personne, {"personne_id": personne_id, "died_on": died_on})

    def any_deceased(self, personne_ids: Sequence[UUID]) -> bool:
        """Whether one of these people has died."""
        c = t.personne.c
        query = sa.select(c.personne_id).where(
            c.personne_id.in_(personne_ids), c.died_on.is_not(None)
        )
        return self._session.scalar(query.limit(1)) is not None

    def dossier_is(self, dossier_id: UUID, *, is_open: bool) -> None:
        """A dossier is open, or closed."""
        upsert(self._session, t.dossier, {"dossier_id": dossier_id, "is_open": is_open})

    def is_closed(self, dossier_id: UUID) -> bool:
        """True only for a dossier known to be closed."""
        query = sa.select(t.dossier.c.is_open).where(t.dossier.c.dossier_id == dossier_id)
        return self._session.scalar(query) is False
