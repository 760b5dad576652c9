"""Who takes part in collective rendezvous, and the sessions that still have a seat."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session as Connection

from chassis.upsert import upsert
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.domain.participation import Participation, Session
from services.rendezvous.domain.rendezvous import CancelledBy, CancelReason, Rendezvous, Status
from services.rendezvous.persistence.rendezvous import as_rendezvous
from services.rendezvous.persistence.tables import occupation, participation, rendezvous

_UUIDS = pg.ARRAY(pg.UUID)


class Participations:
    """The participations of collective rendezvous."""

    def __init__(self, session: Connection) -> None:
        self._session = session

    def session_of(self, collective: Rendezvous) -> Session:
        """A collective rendezvous with who takes part.

        To change it, lock the rendezvous first, in a statement of its own: what was committed
        while one waited is seen by the next statement alone.
        """
        return Session(collective, self.of([collective.id])[collective.id])

    def of(self, rendezvous_ids: Collection[UUID]) -> dict[UUID, list[Participation]]:
        """The participations of these rendezvous, those who left included."""
        wanted = sa.cast(list(rendezvous_ids), _UUIDS)
        rows = self._session.execute(
            sa.select(participation)
            .where(participation.c.rendezvous_id == sa.any_(wanted))
            .order_by(participation.c.rendezvous_id, participation.c.personne_id)
        )
        found: dict[UUID, list[Participation]] = defaultdict(list)
        for row in rows:
            found[row.rendezvous_id].append(_as_participation(row))
        return found

    def save(self, *changed: Participation) -> None:
        """Store participations, new or changed."""
        if changed:
            upsert(self._session, participation, *map(vars, changed))

    def sessions(
        self, *, motif: str, site: str | None, window: Interval, limit: int
    ) -> list[Rendezvous]:
        """The collective rendezvous of a motif still to be held in a window, soonest first."""
        wanted = [*_open(motif), rendezvous.c.starts_at >= window.start]
        wanted.append(rendezvous.c.starts_at < window.end)
        if site is not None:
            wanted.append(rendezvous.c.site == site)
        query = sa.select(rendezvous).where(*wanted)
        query = query.order_by(rendezvous.c.starts_at, rendezvous.c.id).limit(limit)
        return [as_rendezvous(row) for row in self._session.execute(query)]

    def others(
        self, refused: Rendezvous, *, personne_id: UUID, now: datetime, limit: int
    ) -> list[Rendezvous]:
        """Other sessions of the motif with a seat, at a time the person is free, nearest first.
        What a responsable let overlap stands in the way too: its index is another."""
        taken = sa.or_(
            _taken(personne_id, ~occupation.c.overridden),
            _taken(personne_id, occupation.c.overridden),
        )
        distance = sa.extract("epoch", rendezvous.c.starts_at - refused.place.starts_at)
        query = (
            sa.select(rendezvous)
            .where(
                *_open(refused.motif),
                rendezvous.c.id != refused.id,
                rendezvous.c.starts_at > now,
                sa.func.cardinality(rendezvous.c.personne_ids) < rendezvous.c.capacity,
                ~taken,
            )
            .order_by(sa.func.abs(distance), rendezvous.c.id)
            .limit(limit)
        )
        return [as_rendezvous(row) for row in self._session.execute(query)]


def _taken(personne_id: UUID, which: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        occupation.c.resource_id == personne_id,
        which,
        occupation.c.during.op("&&")(
            sa.func.tstzrange(rendezvous.c.starts_at, rendezvous.c.ends_at)
        ),
    )


def _open(motif: str) -> Sequence[sa.ColumnElement[bool]]:
    return (
        rendezvous.c.motif == motif,
        rendezvous.c.capacity > 1,
        rendezvous.c.status == Status.BOOKED,
    )


def _as_participation(row: sa.Row[Any]) -> Participation:
    by, reason = row.cancelled_by, row.cancel_reason
    return Participation(
        **{
            **row._mapping,
            "status": Status(row.status),
            "cancelled_by": CancelledBy(by) if by else None,
            "cancel_reason": CancelReason(reason) if reason else None,
        }
    )
