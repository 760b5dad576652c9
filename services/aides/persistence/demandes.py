"""Demandes, and what their household was granted before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session

from chassis.errors import NotFound
from chassis.locks import lock_resources
from services.aides.domain.demande import Demande, Outcome, Status
from services.aides.domain.examen import PastAid
from services.aides.domain.nature import Nature
from services.aides.persistence import tables as t

_GRANTING = (Outcome.GRANTED, Outcome.PARTLY)


class Demandes:
    """Demandes: few statements each, a replay makes thousands of calls."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, demande: Demande) -> None:
        """Keep a new demande."""
        self._session.add(demande)

    def get(self, demande_id: UUID, *, lock: bool = False) -> Demande:
        """One demande. Raises NotFound."""
        query = sa.select(Demande).where(t.demande.c.id == demande_id)
        if lock:
            query = query.with_for_update().execution_options(populate_existing=True)
        found = self._session.scalar(query)
        if found is None:
            raise NotFound("Aucune demande à cet identifiant.")
        return found

    def page(
        self,
        *,
        mds: Sequence[str] | None,
        status: Status | None,
        after: UUID | None,
        limit: int,
    ) -> Sequence[Demande]:
        """Demandes by age. `mds` None: all of them."""
        query = sa.select(Demande).order_by(t.demande.c.id).limit(limit)
        if mds is not None:
            query = query.where(t.demande.c.mds.in_(mds))
        if status is not None:
            query = query.where(t.demande.c.status == status)
        if after is not None:
            query = query.where(t.demande.c.id > after)
        return self._session.scalars(query).all()

    def files(self, demande_ids: Collection[UUID]) -> dict[UUID, tuple[Nature, date]]:
        """Nature and filing day of those of these demandes that exist."""
        c = t.demande.c
        rows = self._session.execute(
            sa.select(c.id, c.nature, c.filed_on).where(c.id.in_(demande_ids))
        )
        return {demande_id: (nature, filed_on) for demande_id, nature, filed_on in rows}

    def lock_household(self, personne_ids: Sequence[UUID]) -> None:
        """One decision at a time about these people."""
        lock_resources(self._session, [f"foyer:{personne_id}" for personne_id in personne_ids])

    def granted_to(
        self, personne_ids: Sequence[UUID], *, since: date, excluding: UUID
    ) -> Sequence[PastAid]:
        """Aids granted to any of these people since a day, withdrawn ones left out."""
        c = t.demande.c
        rows = self._session.execute(
            sa.select(c.nature, c.granted_cents, c.decided_on).where(
                c.personne_ids.op("&&")(sa.cast(list(personne_ids), pg.ARRAY(pg.UUID))),
                c.outcome.in_(_GRANTING),
                c.decided_on >= since,
                c.status != Status.WITHDRAWN,
                c.id != excluding,
            )
        )
        return [
            PastAid(nature=nature, amount_cents=cents, decided_on=decided_on)
            for nature, cents, decided_on in rows
        ]
