"""What a process does about itself now and then: gauges, and the end of what was kept long enough.

Retention is technical time: applied inbox rows 30 days (the deduplication window), published
outbox rows 30 days, answers to idempotent requests 24 hours, done work 30 days.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from chassis import metrics
from chassis.runtime import Runtime
from chassis.web.idempotency import RETENTION as ANSWERS_KEPT

MESSAGES_KEPT = timedelta(days=30)
#: How far back facts may be published again. Well under MESSAGES_KEPT: when they arrive, a broker
#: that was away included, their consumers must still remember those they had.
REPUBLISHABLE = timedelta(days=21)
_DELETE_BATCH = 1000


def keep_house(runtime: Runtime) -> None:
    """One round; each deletion is a small transaction of its own."""
    for table, condition in _expired(runtime):
        while purge(runtime, table, condition) == _DELETE_BATCH:
            pass


def measure(runtime: Runtime) -> None:
    """Refresh the gauges that need a query."""
    runtime.transaction(lambda uow: _measure(runtime, uow))


def _measure(runtime: Runtime, uow: Any) -> None:
    inbox, due = runtime.tables.inbox, runtime.tables.due
    waiting, deferred, oldest = uow.session.execute(
        sa.select(
            sa.func.count(),
            sa.func.count().filter(inbox.c.attempts > 0),
            _age(sa.func.min(inbox.c.received_at)),
        ).where(inbox.c.state == "waiting")
    ).one()
    metrics.INBOX_WAITING.set(waiting)
    metrics.INBOX_DEFERRED.set(deferred)
    metrics.INBOX_OLDEST_SECONDS.set(oldest or 0)
    metrics.PARKED.set(_parked(runtime, uow))
    still_open = sa.select(sa.func.min(due.c.due_at)).where(due.c.done_at.is_(None))
    first_due = uow.session.scalar(still_open)
    late = (uow.now - first_due).total_seconds() if first_due else 0
    metrics.DUE_LATE_SECONDS.set(max(late, 0))
    pool: Any = runtime.engine.pool
    metrics.POOL_IN_USE.set(pool.checkedout())
    metrics.POOL_SIZE.set(pool.size())


def purge(runtime: Runtime, table: sa.Table, condition: Any) -> int:
    """Delete one batch of rows. Answers how many went."""

    def delete(uow: Any) -> int:
        keys = list(table.primary_key.columns)
        batch = sa.select(*keys).where(condition).limit(_DELETE_BATCH)
        result = uow.session.execute(sa.delete(table).where(sa.tuple_(*keys).in_(batch)))
        return int(result.rowcount)

    return runtime.transaction(delete)


def _expired(runtime: Runtime) -> list[tuple[sa.Table, Any]]:
    tables, now = runtime.tables, sa.func.now()
    return [
        (
            tables.inbox,
            sa.and_(
                tables.inbox.c.state.in_(["applied", "discarded"]),
                tables.inbox.c.received_at < now - MESSAGES_KEPT,
            ),
        ),
        (tables.outbox, tables.outbox.c.published_at < now - MESSAGES_KEPT),
        (tables.idempotency, tables.idempotency.c.answered_at < now - ANSWERS_KEPT),
        (tables.due, tables.due.c.done_at < runtime.clock() - MESSAGES_KEPT),
    ]


def _parked(runtime: Runtime, uow: Any) -> int:
    inbox, parked = runtime.tables.inbox, runtime.tables.parked
    counted = (
        sa.select(sa.func.count()).select_from(inbox).where(inbox.c.state == "parked"),
        sa.select(sa.func.count()).select_from(parked).where(parked.c.state == "parked"),
    )
    return sum(uow.session.scalar(query) or 0 for query in counted)


def _age(column: Any) -> Any:
    return sa.func.extract("epoch", sa.func.clock_timestamp() - column)
