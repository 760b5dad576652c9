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

from chassis.tables import Instant
from chassis.upsert import upsert
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.domain.participation import OpenSession, Participation, Session
from services.rendezvous.domain.rendezvous import CancelledBy, CancelReason, Rendezvous, Status
from services.rendezvous.domain.rights import Viewer
from services.rendezvous.persistence.holds import kept_seat
from services.rendezvous.persistence.rendezvous import revive
from services.rendezvous.persistence.tables import (
    hold,
    motif,
    occupation,
    participation,
    rendezvous,
)

_UUIDS = pg.ARRAY(pg.UUID)


class Participations:
    """The participations of collective rendezvous."""

    def __init__(self, session: Connection) -> None:
        self._session = session

    def session_of(self, collective: Rendezvous, *, kept: int = 0) -> Session:
        """A collective rendezvous with who takes part; `kept`: see `Holds.seats_kept`.

        To change it, lock the rendezvous first, in a statement of its own: what was committed
        while one waited is seen by the next statement alone.
        """
        return Session(collective, self.of([collective.id])[collective.id], kept=kept)

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
        self, *, motif: str, site: str | None, window: Interval, now: datetime, limit: int
    ) -> list[OpenSession]:
        """The collective rendezvous of a motif still to be held in a window, soonest first."""
        wanted = [*_open(motif), rendezvous.c.starts_at >= window.start]
        wanted.append(rendezvous.c.starts_at < window.end)
        if site is not None:
            wanted.append(rendezvous.c.site == site)
        left = _seats_left(now)
        query = sa.select(rendezvous, left.label("seats_left")).where(*wanted)
        query = query.order_by(rendezvous.c.starts_at, rendezvous.c.id).limit(limit)
        return [_as_open(row) for row in self._session.execute(query)]

    def others(
        self, refused: Rendezvous, viewer: Viewer, *, personne_id: UUID, now: datetime, limit: int
    ) -> list[OpenSession]:
        """Other sessions of the motif with a seat, at a time the person is free, that this caller
        may enrol them in; nearest first. What a responsable let overlap stands in the way too."""
        distance = sa.extract("epoch", rendezvous.c.starts_at - refused.place.starts_at)
        left = _seats_left(now)
        query = (
            sa.select(rendezvous, left.label("seats_left"))
            .join(motif, motif.c.id == rendezvous.c.motif_id)
            .where(
                *_open(refused.motif),
                *_takes(viewer, now),
                rendezvous.c.id != refused.id,
                rendezvous.c.starts_at > now,
                left > 0,
                *(~_taken(personne_id, passed_over=one) for one in (False, True)),
            )
            .order_by(sa.func.abs(distance), rendezvous.c.id)
            .limit(limit)
        )
        return [_as_open(row) for row in self._session.execute(query)]


def _open(code: str) -> Sequence[sa.ColumnElement[bool]]:
    return (
        rendezvous.c.motif == code,
        rendezvous.c.capacity > 1,
        rendezvous.c.status == Status.BOOKED,
    )


def _seats_left(now: datetime) -> sa.ColumnElement[int]:
    """Neither taken nor kept for whom it is offered to."""
    kept = (
        sa.select(sa.func.count())
        .where(hold.c.session_id == rendezvous.c.id, *kept_seat(now))
        .correlate(rendezvous)
        .scalar_subquery()
    )
    taken = sa.func.cardinality(rendezvous.c.personne_ids)
    return sa.func.greatest(0, rendezvous.c.capacity - taken - kept)


def _as_open(row: sa.Row[Any]) -> OpenSession:
    values = dict(row._mapping)
    left = values.pop("seats_left")
    return OpenSession(rendezvous=revive(values), seats_left=left)


def _takes(viewer: Viewer, now: datetime) -> Sequence[sa.ColumnElement[bool]]:
    """What `join` asks of the motif: a person minds its delays."""
    if not viewer.is_personne:
        roles = pg.array(sorted(viewer.roles), type_=sa.Text)
        return (sa.or_(motif.c.bookable_by == [], motif.c.bookable_by.overlap(roles)),)
    ahead = rendezvous.c.starts_at - sa.cast(now, Instant)
    return (
        motif.c.bookable_by_personne,
        ahead >= sa.func.make_interval(0, 0, 0, 0, 0, motif.c.min_notice_minutes),
        ahead <= sa.func.make_interval(0, 0, 0, motif.c.max_ahead_days),
    )


def _taken(personne_id: UUID, *, passed_over: bool) -> sa.ColumnElement[bool]:
    """Whether the person is taken during a session; in two parts, as the indexes are."""
    overridden = occupation.c.overridden
    return sa.exists().where(
        occupation.c.resource_id == personne_id,
        overridden if passed_over else ~overridden,
        occupation.c.during.op("&&")(
            sa.func.tstzrange(rendezvous.c.starts_at, rendezvous.c.ends_at)
        ),
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
