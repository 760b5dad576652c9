"""Works what fell due: claims it, runs it by kind, keeps what fails for later."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from chassis.correlation import correlated
from chassis.deadlines import Due
from chassis.events import Correlation
from chassis.logs import get_logger, told
from chassis.runtime import Runtime

BATCH = 200
#: How long outside work is lent to one process; after a crash it comes back.
LEASE = timedelta(seconds=60)
_BACKOFF_CAP = timedelta(hours=1)
_WHAT_IS_DUE = """
    SELECT kind, count(*) FILTER (WHERE retry_at <= clock_timestamp()),
           count(*) FILTER (WHERE retry_at > clock_timestamp())
    FROM due WHERE done_at IS NULL AND due_at <= %s GROUP BY kind ORDER BY kind
"""
R = TypeVar("R")
log = get_logger(__name__)


@dataclass(frozen=True)
class Round:
    """What one round did, what is left to do now, and what a failure put off."""

    done: int
    remaining: int
    postponed: int


def run_due(runtime: Runtime, limit: int = BATCH) -> Round:
    """One round. Call again until nothing remains."""
    due = _what_is_due(runtime)
    done = sum(_work(runtime, kind, limit) for kind, ready, _ in due if ready)
    left = _what_is_due(runtime) if due else []
    return Round(
        done=done,
        remaining=sum(ready for _, ready, _ in left),
        postponed=sum(postponed for _, _, postponed in left),
    )


def _work(runtime: Runtime, kind: str, limit: int) -> int:
    outside = runtime.service.deadlines.outside_worker(kind)
    if outside is not None:
        return _work_outside(runtime, kind, outside, limit)
    return _work_inside(runtime, kind, limit)


def _work_inside(runtime: Runtime, kind: str, limit: int) -> int:
    try:
        return runtime.transaction(lambda uow: _work_batch(runtime, uow, kind, limit))
    except Exception as error:  # noqa: BLE001 - one bad item must not hold the others
        log.warning("due_batch_split", kind=kind, error_class=type(error).__name__)
        return sum(_work_one(runtime, kind, item) for item in _due_ids(runtime, kind, limit))


def _work_one(runtime: Runtime, kind: str, item_id: UUID) -> int:
    try:
        return runtime.transaction(lambda uow: _work_batch(runtime, uow, kind, 1, only=item_id))
    except Exception as error:  # noqa: BLE001 - whatever the worker raised, keep the item
        _postpone(runtime, kind, item_id, error)
        return 0


def _work_batch(
    runtime: Runtime, uow: Any, kind: str, limit: int, *, only: UUID | None = None
) -> int:
    items = _claim(runtime, uow, kind, limit, only=only)
    worker = runtime.service.deadlines.worker(kind)
    if worker is None or not items:
        return 0
    for correlation_id, group in groupby(items, key=attrgetter("correlation_id")):
        with correlated(Correlation(correlation_id=correlation_id)):
            worker(uow, list(group))
    uow.session.flush()
    finish(uow, [item.id for item in items])
    return len(items)


def _work_outside(runtime: Runtime, kind: str, worker: Any, limit: int) -> int:
    """Lend a batch, then let the worker open its own transactions and call `finish`."""
    items = runtime.transaction(lambda uow: _lend(runtime, uow, kind, limit))
    if items:
        try:
            worker(runtime, items)
        except Exception as error:  # noqa: BLE001 - the lease runs out and the items come back
            log.error("due_outside_failed", kind=kind, **told(error))
            return 0
    return len(items)


def work_apart(
    runtime: Runtime,
    items: Sequence[Due],
    work: Callable[[Runtime, Due], None],
    *,
    again_in: timedelta,
) -> None:
    """Do outside work one item after the other, each under the correlation of who planned it.

    `work` opens its own transactions and finishes the item (`in_one` does both). One that fails is
    put off by `again_in`, in technical time, and holds up none of the others.
    """
    for item in items:
        with correlated(Correlation(correlation_id=item.correlation_id)):
            try:
                work(runtime, item)
            except Exception as error:  # noqa: BLE001 - whatever it was, the item is kept for later
                log.warning(
                    "due_deferred", kind=item.kind, aggregate_id=item.subject, **told(error)
                )
                error_class = type(error).__name__
                runtime.transaction(partial(_put_off, item, again_in, error_class))


def in_one(runtime: Runtime, item: Due, act: Callable[[Any, Due], R]) -> R:
    """Do one item and finish it in one transaction: a crash leaves both or neither. Answers what
    `act(uow, item)` does."""
    return runtime.transaction(partial(_act_and_finish, item, act))


def _act_and_finish(item: Due, act: Callable[[Any, Due], R], uow: Any) -> R:
    answer = act(uow, item)
    finish(uow, [item.id])
    return answer


def _put_off(item: Due, delay: timedelta, error_class: str, uow: Any) -> None:
    postpone(uow, item.id, delay, error_class)


def finish(uow: Any, ids: Sequence[Any]) -> None:
    """Mark due work as done at trade time, in the worker's own transaction."""
    due = uow.chassis.due
    uow.session.execute(sa.update(due).where(due.c.id.in_(ids)).values(done_at=uow.now))


def postpone(uow: Any, item_id: Any, delay: timedelta, error_class: str) -> None:
    """Hand one item back for later, in technical time."""
    due = uow.chassis.due
    uow.session.execute(
        sa.update(due)
        .where(due.c.id == item_id)
        .values(
            retry_at=sa.func.now() + delay, attempts=due.c.attempts + 1, error_class=error_class
        )
    )


def _claim(
    runtime: Runtime, uow: Any, kind: str, limit: int, *, only: UUID | None = None
) -> list[Due]:
    due = runtime.tables.due
    query = (
        sa.select(due)
        .where(*_ready(due, kind, uow.now))
        .order_by(due.c.due_at, due.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    if only is not None:
        query = query.where(due.c.id == only)
    return [_as_due(row) for row in uow.session.execute(query)]


def _due_ids(runtime: Runtime, kind: str, limit: int) -> list[UUID]:
    """What a failed batch held, and perhaps items another worker holds: those are skipped."""
    due = runtime.tables.due
    with runtime.engine.connect() as connection:
        ready = sa.select(due.c.id).where(*_ready(due, kind, runtime.clock()))
        return list(connection.scalars(ready.order_by(due.c.due_at, due.c.id).limit(limit)))


def _ready(due: sa.Table, kind: str, now: datetime) -> tuple[Any, ...]:
    return (
        due.c.kind == kind,
        due.c.done_at.is_(None),
        due.c.due_at <= now,
        due.c.retry_at <= sa.func.clock_timestamp(),
    )


def _lend(runtime: Runtime, uow: Any, kind: str, limit: int) -> list[Due]:
    items = _claim(runtime, uow, kind, limit)
    due = runtime.tables.due
    uow.session.execute(
        sa.update(due)
        .where(due.c.id.in_([item.id for item in items]))
        .values(retry_at=sa.func.now() + LEASE)
    )
    return items


def _postpone(runtime: Runtime, kind: str, item_id: UUID, error: Exception) -> None:
    due = runtime.tables.due
    with runtime.unit_of_work() as uow:
        attempts = uow.session.scalar(sa.select(due.c.attempts).where(due.c.id == item_id)) or 0
        delay = min(timedelta(seconds=5 * 2 ** min(attempts, 10)), _BACKOFF_CAP)
        postpone(uow, item_id, delay, type(error).__name__)
        uow.commit()
    log.warning("due_deferred", kind=kind, **told(error))


def _what_is_due(runtime: Runtime) -> list[tuple[str, int, int]]:
    """(kind, ready now, put off by a failure or lent) of all that fell due."""
    with runtime.engine.connect() as connection:
        found = connection.exec_driver_sql(_WHAT_IS_DUE, (runtime.clock(),))
        return [(kind, ready, postponed) for kind, ready, postponed in found]


def _as_due(row: Any) -> Due:
    return Due(
        id=row.id,
        kind=row.kind,
        subject=row.subject,
        due_at=row.due_at,
        payload=row.payload,
        correlation_id=row.correlation_id,
    )
