"""Openings and absences."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session

from services.rendezvous.domain.occupation import Interval
from services.rendezvous.domain.planning import Absence, AbsenceKind, Opening
from services.rendezvous.persistence.tables import absence, opening


class Plannings:
    """When agents receive and when they do not."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add_openings(self, new: Sequence[Opening]) -> None:
        """Store openings in one statement."""
        rows = [vars(o) | {"kinds": sorted(o.kinds), "motifs": sorted(o.motifs)} for o in new]
        self._session.execute(sa.insert(opening), rows)

    def opening(self, opening_id: UUID) -> Opening | None:
        """An opening by id."""
        row = self._session.execute(
            sa.select(opening).where(opening.c.id == opening_id)
        ).one_or_none()
        return as_opening(row) if row else None

    def delete_opening(self, opening_id: UUID) -> bool:
        """Remove an opening. False when it no longer was there."""
        done = self._session.scalars(
            sa.delete(opening).where(opening.c.id == opening_id).returning(opening.c.id)
        )
        return done.one_or_none() is not None

    def openings_of(self, agent_id: UUID, window: Interval) -> list[Opening]:
        """An agent's openings that touch a window."""
        rows = self._session.execute(
            sa.select(opening)
            .where(
                opening.c.agent_id == agent_id,
                sa.func.tstzrange(opening.c.starts_at, opening.c.ends_at).op("&&")(
                    sa.func.tstzrange(window.start, window.end)
                ),
            )
            .order_by(opening.c.starts_at)
        )
        return [as_opening(row) for row in rows]

    def open_in(
        self, window: Interval, *, mds: str | None, site: str | None
    ) -> list[tuple[UUID, str, str]]:
        """(agent, site, MDS) of the openings in a window on a site, in an MDS, or anywhere; each
        once, in order."""
        where = [opening.c.site == site] if site else [opening.c.mds == mds] if mds else []
        rows = self._session.execute(
            sa.select(opening.c.agent_id, opening.c.site, opening.c.mds)
            .where(*where, opening.c.starts_at < window.end, opening.c.ends_at > window.start)
            .distinct()
            .order_by(opening.c.agent_id, opening.c.site)
        )
        return [(row.agent_id, row.site, row.mds) for row in rows]

    def add_absences(self, new: Sequence[Absence]) -> None:
        """Store absences in one statement."""
        if new:
            self._session.execute(sa.insert(absence), [vars(one) for one in new])

    def external_of(self, agent_id: UUID) -> list[Absence]:
        """The busy times of an agent that come from their own calendar, by time."""
        rows = self._session.execute(
            sa.select(absence)
            .where(absence.c.agent_id == agent_id, absence.c.kind == AbsenceKind.EXTERNAL)
            .order_by(absence.c.starts_at)
        )
        return [as_absence(row) for row in rows]

    def lengthen(self, absence_id: UUID, ends_at: datetime) -> None:
        """Have an absence last longer."""
        self._session.execute(
            sa.update(absence).where(absence.c.id == absence_id).values(ends_at=ends_at)
        )

    def absence(self, absence_id: UUID, *, to_keep: bool = False) -> Absence | None:
        """An absence by id; `to_keep`: nobody lifts it before this transaction ends."""
        query = sa.select(absence).where(absence.c.id == absence_id)
        if to_keep:
            query = query.with_for_update(read=True, key_share=True)
        row = self._session.execute(query).one_or_none()
        return as_absence(row) if row else None

    def delete_absence(self, absence_id: UUID) -> bool:
        """Remove an absence. False when another did so first."""
        gone = sa.delete(absence).where(absence.c.id == absence_id).returning(absence.c.id)
        return self._session.scalar(gone) is not None

    def delete_absences(self, absence_ids: Collection[UUID]) -> None:
        """Remove absences."""
        if absence_ids:
            self._session.execute(sa.delete(absence).where(absence.c.id.in_(absence_ids)))

    def absences_of(self, agent_ids: Collection[UUID], window: Interval) -> list[Absence]:
        """Absences of these agents that touch a window."""
        rows = self._session.execute(
            sa.select(absence)
            .where(
                absence.c.agent_id == sa.any_(sa.cast(list(agent_ids), pg.ARRAY(pg.UUID))),
                absence.c.starts_at < window.end,
                absence.c.ends_at > window.start,
            )
            .order_by(absence.c.starts_at)
        )
        return [as_absence(row) for row in rows]


def as_opening(row: sa.Row[Any]) -> Opening:
    """A row as the domain sees it."""
    codes = {"kinds": frozenset(row.kinds), "motifs": frozenset(row.motifs)}
    return Opening(**{**row._mapping, **codes})


def as_absence(row: sa.Row[Any]) -> Absence:
    """A row as the domain sees it."""
    return Absence(**{**row._mapping, "kind": AbsenceKind(row.kind)})
