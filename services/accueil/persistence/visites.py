"""Visites and orientations in the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accueil.domain.orientation import Orientation
from services.accueil.domain.recherche import Viewer
from services.accueil.domain.visite import Visite
from services.accueil.persistence import tables as t
from services.accueil.persistence.visibility import visible


class Visites:
    """Rows of visite; the queue of a site is a query on them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, visite: Visite) -> None:
        """Keep a new visite."""
        self._session.add(visite)

    def get(self, visite_id: UUID, *, lock: bool = False) -> Visite | None:
        """One visite, locked when it is to change."""
        return self._session.get(Visite, visite_id, with_for_update=lock, populate_existing=lock)

    def queue(self, site: str) -> list[Visite]:
        """Those who are there, first come first."""
        query = (
            sa.select(Visite)
            .where(t.visite.c.site == site, t.visite.c.outcome.is_(None))
            .order_by(t.visite.c.arrived_at, t.visite.c.visite_id)
        )
        return list(self._session.scalars(query))


class Orientations:
    """Rows of orientation."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, orientation: Orientation) -> None:
        """Keep a new orientation."""
        self._session.add(orientation)

    def get(self, orientation_id: UUID, *, lock: bool = False) -> Orientation | None:
        """One orientation, locked when it is to change."""
        return self._session.get(
            Orientation, orientation_id, with_for_update=lock, populate_existing=lock
        )

    def lock_many(self, orientation_ids: Collection[UUID]) -> list[Orientation]:
        """These orientations, locked in the order of their ids."""
        query = (
            sa.select(Orientation)
            .where(t.orientation.c.orientation_id.in_(orientation_ids))
            .order_by(t.orientation.c.orientation_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return list(self._session.scalars(query))

    def listed(
        self,
        filters: Mapping[str, Any],
        viewer: Viewer,
        *,
        after: Sequence[Any] | None,
        limit: int,
    ) -> list[Orientation]:
        """By deadline; those of a file hidden from the caller are left out."""
        o = t.orientation.c
        seen = visible(agent_id=viewer.agent_id, sees_protected=viewer.sees_protected)
        query = (
            sa.select(Orientation)
            .outerjoin(t.personne, t.personne.c.personne_id == o.personne_id)
            .where(sa.or_(o.personne_id.is_(None), seen))
            .order_by(o.due_on, o.orientation_id)
            .limit(limit)
        )
        for name in ("site", "mds", "target_agent_id"):
            if filters[name] is not None:
                query = query.where(o[name] == filters[name])
        if filters["status"] is not None:
            query = query.where(_STATUS[filters["status"]])
        if after:
            key = sa.tuple_(o.due_on, o.orientation_id)
            query = query.where(
                key > sa.tuple_(sa.cast(after[0], sa.Date), sa.cast(after[1], sa.Uuid))
            )
        return list(self._session.scalars(query))


_o = t.orientation.c
#: The same three states as `Orientation.status`.
_STATUS: dict[str, sa.ColumnElement[bool]] = {
    "OPEN": sa.and_(_o.answered_at.is_(None), _o.overdue_at.is_(None)),
    "ANSWERED": _o.answered_at.is_not(None),
    "OVERDUE": sa.and_(_o.answered_at.is_(None), _o.overdue_at.is_not(None)),
}
