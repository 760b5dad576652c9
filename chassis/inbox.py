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

from chassis import metrics
from chassis.correlation import caused_by, correlated
from chassis.errors import Rejected, Unavailable
from chassis.events import Event, Unreadable
from chassis.logs import get_logger, told
from chassis.runtime import Runtime
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
#: wakes it; this is for an applier that dies, or waits in vain, before it could.
_GAP_WAIT = timedelta(seconds=5)

_COLUMNS = """
    position, event_id, source, aggregate_type, aggregate_id, aggregate_version, envelope
"""
_IS_READY = "state = 'waiting' AND next_attempt_at <= clock_timestamp()"
_CLAIM = f"""
    SELECT {_COLUMNS} FROM inbox WHERE {_IS_READY}
    ORDER BY next_attempt_at, position LIMIT %s FOR UPDATE SKIP LOCKED
"""  # noqa: S608 - constants of this module
_CLAIM_ONE = f"""
    SELECT {_COLUMNS} FROM inbox WHERE position = %s AND {_IS_READY} FOR UPDATE SKIP LOCKED
"""  # noqa: S608 - constants of this module
_LOCK_HEADS = """
    INSERT INTO applied_head (source, aggregate_type, aggregate_id, version)
    SELECT source, type, id, 0
    FROM unnest(%(sources)s::text[], %(types)s::text[], %(ids)s::uuid[]) AS w(source, type, id)
    ON CONFLICT DO NOTHING;
    SELECT head.source, head.aggregate_type, head.aggregate_id, head.version
    FROM applied_head AS head
    JOIN unnest(%(sources)s::text[], %(types)s::text[], %(ids)s::uuid[]) AS w(source, type, id)
      ON head.source = w.source AND head.aggregate_type = w.type AND head.aggregate_id = w.id
    ORDER BY 1, 2, 3 FOR UPDATE OF head
"""
_PARK_REUSED = """
    UPDATE inbox AS late SET state = 'parked', error_class = 'NumberReused'
    WHERE late.position = ANY(%s::bigint[]) AND EXISTS (
        SELECT FROM inbox AS first
        WHERE first.source = late.source AND first.aggregate_type = late.aggregate_type
          AND first.aggregate_id = late.aggregate_id
          AND first.aggregate_version = late.aggregate_version
          AND first.event_id <> late.event_id AND first.state IN ('applied', 'discarded'))
    RETURNING late.position
"""
#: Heads; then the rows; then, in one statement, the books and the early events of what moved,
#: except those another applier holds (it waits for our heads: waiting for each other would be a
#: deadlock). Answers those.
_SETTLE = """
    UPDATE applied_head AS head SET version = moved.version
    FROM unnest(%(sources)s::text[], %(types)s::text[], %(ids)s::uuid[], %(versions)s::int[])
      AS moved(source, type, id, version)
    WHERE head.source = moved.source AND head.aggregate_type = moved.type
      AND head.aggregate_id = moved.id;
    UPDATE inbox SET state = 'applied', envelope = NULL, applied_at = now(), error_class = NULL
    WHERE position = ANY(%(done)s::bigint[]);
    UPDATE inbox SET next_attempt_at = now() + %(gap_wait)s
    WHERE position = ANY(%(early)s::bigint[]);
    WITH asleep AS (
        SELECT position FROM inbox
        WHERE state = 'waiting' AND attempts = 0 AND next_attempt_at > now()
          AND aggregate_id = ANY(%(ids)s::uuid[]) AND position <> ALL(%(early)s::bigint[])
    ), woken AS (
        UPDATE inbox SET next_attempt_at = now() WHERE position IN (
            SELECT position FROM inbox WHERE position IN (TABLE asleep) FOR UPDATE SKIP LOCKED)
        RETURNING position, pg_notify('inbox', '')
    ), books AS (
        INSERT INTO traffic (kind, source, aggregate_type, total)
        SELECT * FROM unnest(%(kinds)s::text[], %(counted_sources)s::text[],
                             %(counted_types)s::text[], %(totals)s::bigint[])
        ON CONFLICT (kind, source, aggregate_type)
        DO UPDATE SET total = traffic.total + EXCLUDED.total
    )
    TABLE asleep EXCEPT SELECT position FROM woken
"""
#: The same for those another applier held, once our heads are free: now we may wait for it.
_WAKE_HELD = """
    UPDATE inbox SET next_attempt_at = now() WHERE position IN (
        SELECT position FROM inbox
        WHERE position = ANY(%s::bigint[]) AND state = 'waiting' AND attempts = 0
        ORDER BY position FOR UPDATE)
    RETURNING pg_notify('inbox', '')
"""

AggregateKey = tuple[str, str, UUID]
log = get_logger(__name__)


@dataclass
class _Batch:
    """What became of the rows of one claimed batch."""

    heads: dict[AggregateKey, int]
    applied: list[Any] = field(default_factory=list)
    #: Their number was already applied, under this event id or another.
    stale: list[Any] = field(default_factory=list)
    #: Their number was applied under another id: somebody must look.
    parked: list[Any] = field(default_factory=list)
    #: A predecessor is missing or failing.
    early: list[Any] = field(default_factory=list)

    @property
    def moved(self) -> set[AggregateKey]:
        """The aggregates that advanced."""
        return {_key(row) for row in self.applied}


def apply_waiting(runtime: Runtime, limit: int = BATCH) -> int:
    """Apply one batch. Answers how many events were claimed: 0 means nothing was ready."""
    try:
        claimed, held = runtime.transaction(lambda uow: _apply_batch(runtime, uow, limit))
    except Exception as error:  # noqa: BLE001 - any failure of any handler is deferred below
        log.warning("batch_split", error_class=type(error).__name__)
        return _apply_one_by_one(runtime, limit)
    _wake_held(runtime, held)
    return claimed


def _apply_batch(runtime: Runtime, uow: Any, limit: int) -> tuple[int, list[int]]:
    rows = _claim(uow, limit)
    return len(rows), _apply_rows(runtime, uow, rows) if rows else []


def _apply_rows(runtime: Runtime, uow: Any, rows: Sequence[Any]) -> list[int]:
    """Apply what can be. Answers the early events that could not be woken: another holds them."""
    batch = _Batch(heads=_lock_heads(uow, rows))
    for row in rows:
        _apply_row(runtime, uow, row, batch)
    if batch.stale:
        _park_reused(uow, batch)
    uow.session.flush()
    return _settle(uow, batch)


def _apply_row(runtime: Runtime, uow: Any, row: Any, batch: _Batch) -> None:
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
        positions = [row.position for row in _claim(uow, limit)]
        uow.rollback()
    for position in positions:
        try:
            held = runtime.transaction(partial(_apply_at, runtime, position=position))
        except Exception as error:  # noqa: BLE001 - whatever the handler raised, keep the event
            _defer(runtime, position, error)
        else:
            _wake_held(runtime, held)
    return len(positions)


def _apply_at(runtime: Runtime, uow: Any, *, position: int) -> list[int]:
    rows = uow.run(_CLAIM_ONE, (position,)).all()
    return _apply_rows(runtime, uow, rows) if rows else []


def _wake_held(runtime: Runtime, positions: list[int]) -> None:
    """Wake the early events our batch had to pass over.

    PostgreSQL locks a row before it checks again that the row still fits, so that an applier
    may hold one it did not take: it would never look at it. It has it until its batch ends.
    """
    if not positions:
        return
    try:
        runtime.transaction(lambda uow: uow.run(_WAKE_HELD, (positions,)))
    except Unavailable as error:
        log.warning("early_event_still_held", error_class=type(error).__name__)


def _claim(uow: Any, limit: int) -> Sequence[Any]:
    rows = uow.run(_CLAIM, (limit,)).all()
    return sorted(rows, key=lambda row: (row.aggregate_version, row.position))


def _lock_heads(uow: Any, rows: Sequence[Any]) -> dict[AggregateKey, int]:
    """Lock the position of each aggregate, in sorted order, creating the missing ones."""
    sources, kinds, keys = zip(*sorted({_key(row) for row in rows}), strict=True)
    wanted = {"sources": list(sources), "types": list(kinds), "ids": list(keys)}
    locked = uow.run(_LOCK_HEADS, wanted)
    return {(source, kind, key): version for source, kind, key, version in locked}


def _settle(uow: Any, batch: _Batch) -> list[int]:
    """Write what became of the batch, in one exchange. Answers the early events passed over."""
    moved = sorted(batch.moved)
    totals = sorted(
        [
            *_totals("applied", batch.applied).items(),
            *_totals("duplicate", batch.stale).items(),
            *_totals("parked", batch.parked).items(),
        ]
    )
    passed_over = uow.run(
        _SETTLE,
        {
            "sources": [source for source, _, _ in moved],
            "types": [kind for _, kind, _ in moved],
            "ids": [key for _, _, key in moved],
            "versions": [batch.heads[key] for key in moved],
            "done": [row.position for row in batch.applied + batch.stale],
            "early": [row.position for row in batch.early],
            "gap_wait": _GAP_WAIT,
            "kinds": [kind for (kind, _, _), _ in totals],
            "counted_sources": [source for (_, source, _), _ in totals],
            "counted_types": [aggregate for (_, _, aggregate), _ in totals],
            "totals": [total for _, total in totals],
        },
    )
    metrics.INBOX_APPLIED.inc(len(batch.applied))
    return [position for (position,) in passed_over]


def _park_reused(uow: Any, batch: _Batch) -> None:
    """A number already applied under another id is not a repeat: keep it for a person to see.

    A producer that repeats itself keeps its ids, and those were absorbed on arrival; a producer
    restored to an earlier point gives new facts old numbers. Where the first bearer was purged
    (30 days), nothing tells the two apart and the event counts as a repeat.
    """
    reused = {row.position for row in uow.run(_PARK_REUSED, ([r.position for r in batch.stale],))}
    for row in batch.stale:
        if row.position in reused:
            log.error("event_number_reused", event_id=str(row.event_id), source=row.source)
    batch.parked = [row for row in batch.stale if row.position in reused]
    batch.stale = [row for row in batch.stale if row.position not in reused]


def _totals(kind: str, rows: Sequence[Any]) -> Counter[tuple[str, str, str]]:
    return Counter((kind, row.source, row.aggregate_type) for row in rows)


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
        attempts=row.attempts + 1,
        **told(error),
    )


def _key(row: Any) -> AggregateKey:
    return (row.source, row.aggregate_type, row.aggregate_id)
