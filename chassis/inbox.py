"""Applies what was received: at most once, in order per aggregate, never dropping anything.

Rows arrive `waiting` (from the relay, or from the local relay in embedded mode). A batch is
claimed and applied in one transaction together with what the handlers change. When a handler
fails, the batch rolls back and its events run one by one, so that only the failing one is
deferred; the later events of its aggregate queue behind it (the idea of Axon's sequenced dead
letters), the others go on. After a day of retries the event is parked, for a person to decide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from chassis import metrics
from chassis.correlation import caused_by, correlated
from chassis.errors import Rejected
from chassis.events import Event, Unreadable
from chassis.logs import get_logger
from chassis.runtime import Runtime
from chassis.tables import ChassisTables
from chassis.traffic import count

BATCH = 100
#: Waits between attempts; after the last one the event is parked (about a day in all).
BACKOFF = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=8),
    timedelta(hours=12),
)
#: How long an event waits for its predecessor before it is looked at again. The predecessor
#: wakes it; this is for the case nobody thought of.
_GAP_WAIT = timedelta(seconds=30)

AggregateKey = tuple[str, str, UUID]
log = get_logger(__name__)


@dataclass
class _Batch:
    """What became of the rows of one claimed batch."""

    heads: dict[AggregateKey, int]
    applied: list[sa.Row[Any]] = field(default_factory=list)
    #: Their number was already applied, under this event id or another.
    stale: list[sa.Row[Any]] = field(default_factory=list)
    #: A predecessor is missing or failing.
    early: list[sa.Row[Any]] = field(default_factory=list)

    @property
    def moved(self) -> set[AggregateKey]:
        """The aggregates that advanced."""
        return {_key(row) for row in self.applied}


def apply_waiting(runtime: Runtime, limit: int = BATCH) -> int:
    """Apply one batch. Answers how many events were claimed: 0 means nothing was ready."""
    try:
        return runtime.transaction(lambda uow: _apply_batch(runtime, uow, limit))
    except Exception as error:  # noqa: BLE001 - any failure of any handler is deferred below
        log.warning("batch_split", error_class=type(error).__name__)
        return _apply_one_by_one(runtime, limit)


def _apply_batch(runtime: Runtime, uow: Any, limit: int) -> int:
    rows = _claim(uow, runtime, limit)
    if rows:
        _apply_rows(runtime, uow, rows)
    return len(rows)


def _apply_rows(runtime: Runtime, uow: Any, rows: Sequence[sa.Row[Any]]) -> None:
    batch = _Batch(heads=_lock_heads(uow, runtime, rows))
    for row in rows:
        _apply_row(runtime, uow, row, batch)
    uow.session.flush()
    _settle(uow, runtime, batch)


def _apply_row(runtime: Runtime, uow: Any, row: sa.Row[Any], batch: _Batch) -> None:
    key = _key(row)
    head = batch.heads[key]
    if row.aggregate_version > head + 1:
        batch.early.append(row)
    elif row.aggregate_version <= head:
        batch.stale.append(row)
    else:
        event = Event.from_bytes(bytes(row.envelope))
        with correlated(caused_by(event)):
            runtime.service.subscriptions.apply(uow, event)
        batch.heads[key] = row.aggregate_version
        batch.applied.append(row)


def _apply_one_by_one(runtime: Runtime, limit: int) -> int:
    """Find the event that fails: each in its own transaction, the failing one deferred."""
    with runtime.unit_of_work() as uow:
        positions = [row.position for row in _claim(uow, runtime, limit)]
        uow.rollback()
    for position in positions:
        try:
            runtime.transaction(partial(_apply_at, runtime, position=position))
        except Exception as error:  # noqa: BLE001 - whatever the handler raised, keep the event
            _defer(runtime, position, error)
    return len(positions)


def _apply_at(runtime: Runtime, uow: Any, *, position: int) -> None:
    inbox = runtime.tables.inbox
    row = uow.session.execute(
        sa.select(inbox)
        .where(inbox.c.position == position, *_ready(inbox))
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is not None:
        _apply_rows(runtime, uow, [row])


def _claim(uow: Any, runtime: Runtime, limit: int) -> Sequence[sa.Row[Any]]:
    inbox = runtime.tables.inbox
    rows: Sequence[sa.Row[Any]] = uow.session.execute(
        sa.select(inbox)
        .where(*_ready(inbox))
        .order_by(inbox.c.next_attempt_at, inbox.c.position)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    return sorted(rows, key=lambda row: (row.aggregate_version, row.position))


def _ready(inbox: sa.Table) -> tuple[Any, ...]:
    return (inbox.c.state == "waiting", inbox.c.next_attempt_at <= sa.func.clock_timestamp())


def _lock_heads(uow: Any, runtime: Runtime, rows: Sequence[sa.Row[Any]]) -> dict[AggregateKey, int]:
    """Lock the position of each aggregate, in sorted order, creating the missing ones."""
    head = runtime.tables.applied_head
    keys = sorted({_key(row) for row in rows})
    columns = (head.c.source, head.c.aggregate_type, head.c.aggregate_id)
    uow.session.execute(
        pg.insert(head)
        .values(
            [
                dict(zip(("source", "aggregate_type", "aggregate_id"), k, strict=True))
                | {"version": 0}
                for k in keys
            ]
        )
        .on_conflict_do_nothing()
    )
    locked = uow.session.execute(
        sa.select(*columns, head.c.version)
        .where(sa.tuple_(*columns).in_(keys))
        .order_by(*columns)
        .with_for_update()
    )
    return {(source, kind, key): version for source, kind, key, version in locked}


def _settle(uow: Any, runtime: Runtime, batch: _Batch) -> None:
    session, tables = uow.session, runtime.tables
    if batch.applied:
        _write_heads(session, tables.applied_head, batch)
        _wake_followers(session, tables.inbox, batch)
    if done := batch.applied + batch.stale:
        _update(
            session,
            tables.inbox,
            done,
            state="applied",
            envelope=None,
            applied_at=sa.func.now(),
            error_class=None,
        )
    if batch.early:
        _update(session, tables.inbox, batch.early, next_attempt_at=sa.func.now() + _GAP_WAIT)
    _count(session, tables, "applied", batch.applied)
    _count(session, tables, "duplicate", batch.stale)
    metrics.INBOX_APPLIED.inc(len(batch.applied))


def _update(session: Any, inbox: sa.Table, rows: Sequence[sa.Row[Any]], **values: Any) -> None:
    positions = [row.position for row in rows]
    session.execute(sa.update(inbox).where(inbox.c.position.in_(positions)).values(values))


def _count(session: Any, tables: ChassisTables, kind: str, rows: Sequence[sa.Row[Any]]) -> None:
    if rows:
        count(session, tables, kind, Counter((row.source, row.aggregate_type) for row in rows))


def _write_heads(session: Any, head: sa.Table, batch: _Batch) -> None:
    rows = [(*key, batch.heads[key]) for key in batch.moved]
    fresh = sa.values(
        sa.column("source", sa.Text),
        sa.column("aggregate_type", sa.Text),
        sa.column("aggregate_id", pg.UUID),
        sa.column("version", sa.Integer),
        name="fresh",
    ).data(rows)
    session.execute(
        sa.update(head)
        .where(
            head.c.source == fresh.c.source,
            head.c.aggregate_type == fresh.c.aggregate_type,
            head.c.aggregate_id == sa.cast(fresh.c.aggregate_id, pg.UUID),
        )
        .values(version=fresh.c.version)
    )


def _wake_followers(session: Any, inbox: sa.Table, batch: _Batch) -> None:
    """An event that came early may run as soon as its predecessor has.

    One that another applier holds is skipped: it waits for the head we hold, and will find it
    moved; waiting for each other would be a deadlock.
    """
    early = (
        sa.select(inbox.c.position)
        .where(
            inbox.c.state == "waiting",
            inbox.c.attempts == 0,
            inbox.c.next_attempt_at > sa.func.now(),
            inbox.c.aggregate_id.in_({key[2] for key in batch.moved}),
        )
        .with_for_update(skip_locked=True)
    )
    session.execute(
        sa.update(inbox).where(inbox.c.position.in_(early)).values(next_attempt_at=sa.func.now())
    )


def _defer(runtime: Runtime, position: int, error: Exception) -> None:
    """Keep a failing event for later, or park it when it can never be applied."""
    inbox = runtime.tables.inbox
    with runtime.unit_of_work() as uow:
        row = uow.session.execute(
            sa.select(inbox.c.attempts, inbox.c.source, inbox.c.aggregate_type, inbox.c.event_id)
            .where(inbox.c.position == position, inbox.c.state == "waiting")
            .with_for_update()
        ).one_or_none()
        if row is None:
            return
        parked = isinstance(error, Rejected | Unreadable) or row.attempts >= len(BACKOFF)
        values: dict[str, Any] = {"attempts": row.attempts + 1, "error_class": type(error).__name__}
        if parked:
            values |= {"state": "parked"}
        else:
            values |= {"next_attempt_at": sa.func.now() + BACKOFF[row.attempts]}
        uow.session.execute(sa.update(inbox).where(inbox.c.position == position).values(values))
        kind = "parked" if parked else "retried"
        count(uow.session, runtime.tables, kind, Counter({(row.source, row.aggregate_type): 1}))
        uow.commit()
    log.warning(
        "event_parked" if parked else "event_deferred",
        event_id=str(row.event_id),
        error_class=type(error).__name__,
        attempts=row.attempts + 1,
    )


def _key(row: sa.Row[Any]) -> AggregateKey:
    return (row.source, row.aggregate_type, row.aggregate_id)
