"""Holds as rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session

from chassis.locks import lock_resources
from services.rendezvous.domain.hold import Hold, HoldStatus
from services.rendezvous.domain.occupation import Claim
from services.rendezvous.persistence.occupations import Occupations
from services.rendezvous.persistence.rendezvous import place_in
from services.rendezvous.persistence.tables import hold, occupation

_UUIDS = pg.ARRAY(pg.UUID)


class Holds:
    """Places kept for a few minutes."""

    def __init__(self, session: Session, occupations: Occupations) -> None:
        self._session = session
        self._occupations = occupations

    def add(self, new: Hold, claims: Sequence[Claim]) -> bool:
        """Store it with what it keeps. False when something of it was taken."""
        return self._occupations.take_for_new(_hold_row(new), claims, held_until=new.expires_at)

    def get(self, hold_id: UUID) -> Hold | None:
        """One hold, locked."""
        row = self._session.execute(
            sa.select(hold).where(hold.c.id == hold_id).with_for_update()
        ).one_or_none()
        return _as_hold(row) if row else None

    def seats_kept(self, session_id: UUID, now: datetime, *, own: UUID | None = None) -> int:
        """How many seats of a session are kept for whom they are offered to, `own` left out. Who
        has locked the session sees none appear meanwhile."""
        wanted = (hold.c.session_id == session_id, hold.c.id.is_distinct_from(own))
        query = sa.select(sa.func.count()).where(*wanted, *kept_seat(now))
        return self._session.execute(query).scalar_one()

    def seats_kept_of(self, session_ids: Collection[UUID], now: datetime) -> dict[UUID, int]:
        """The same of each of these sessions of which any is kept, to read."""
        wanted = hold.c.session_id == sa.any_(sa.cast(list(session_ids), _UUIDS))
        query = sa.select(hold.c.session_id, sa.func.count().label("kept"))
        query = query.where(wanted, *kept_seat(now)).group_by(hold.c.session_id)
        rows = self._session.execute(query)
        return {row.session_id: row.kept for row in rows}

    def seats_of(self, session_ids: Collection[UUID]) -> list[UUID]:
        """The holds that keep seats of these sessions."""
        wanted = hold.c.session_id == sa.any_(sa.cast(list(session_ids), _UUIDS))
        open_ones = hold.c.status == HoldStatus.OPEN
        return list(self._session.scalars(sa.select(hold.c.id).where(wanted, open_ones)))

    def lock_holder(self, held_by: str) -> None:
        """Two holds of one person at once go one after the other."""
        lock_resources(self._session, [f"holder:{held_by}"])

    def open_of(self, held_by: str) -> list[UUID]:
        """The holds a caller has open."""
        return list(
            self._session.scalars(
                sa.select(hold.c.id)
                .where(hold.c.held_by == held_by, hold.c.status == HoldStatus.OPEN)
                .order_by(hold.c.id)
            )
        )

    def set_status(self, hold_id: UUID, status: HoldStatus) -> None:
        """Say what became of it."""
        self._session.execute(sa.update(hold).where(hold.c.id == hold_id).values(status=status))

    def expire(self, ids: Collection[UUID], *, now: datetime) -> list[UUID]:
        """Close those of these holds that are still open past their time; answers them."""
        expired = list(
            self._session.scalars(
                sa.update(hold)
                .where(
                    hold.c.id == sa.any_(sa.cast(list(ids), _UUIDS)),
                    hold.c.status == HoldStatus.OPEN,
                    hold.c.expires_at <= now,
                )
                .values(status=HoldStatus.EXPIRED)
                .returning(hold.c.id)
            )
        )
        if expired:
            self._session.execute(
                sa.delete(occupation).where(
                    occupation.c.hold_id == sa.any_(sa.cast(expired, _UUIDS))
                )
            )
        return expired


def kept_seat(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """A seat is kept until its time has run out, whatever became of the work that was due."""
    return hold.c.status == HoldStatus.OPEN, hold.c.session_id.is_not(None), hold.c.expires_at > now


def _hold_row(item: Hold) -> dict[str, Any]:
    row = vars(item) | vars(item.place)
    del row["place"]
    return row | {"agent_ids": list(item.place.agent_ids)}


def _as_hold(row: sa.Row[Any]) -> Hold:
    values = dict(row._mapping)
    return Hold(place=place_in(values), **values | {"status": HoldStatus(values["status"])})
