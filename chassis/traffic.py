"""Running totals of messages, kept in the transaction that moves them: the books must balance."""

from __future__ import annotations

from collections import Counter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session

from chassis.runtime import Runtime
from chassis.tables import ChassisTables


def count(
    session: Session, tables: ChassisTables, kind: str, increments: Counter[tuple[str, str]]
) -> None:
    """Add to the totals of `kind` per (source, aggregate type). Call it last: the rows are hot."""
    traffic = tables.traffic
    rows = [
        {"kind": kind, "source": source, "aggregate_type": aggregate, "total": total}
        for (source, aggregate), total in sorted(increments.items())
    ]
    insert = pg.insert(traffic).values(rows)
    session.execute(
        insert.on_conflict_do_update(
            index_elements=[traffic.c.kind, traffic.c.source, traffic.c.aggregate_type],
            set_={"total": traffic.c.total + insert.excluded.total},
        )
    )


def report(runtime: Runtime, uow: Any) -> dict[str, Any]:
    """The books of one service: what it published and applied, and what is still on its way."""
    session, tables = uow.session, runtime.tables
    totals = session.execute(sa.select(tables.traffic)).all()
    return {
        "outbox_pending": _count_rows(
            session, tables.outbox, tables.outbox.c.published_at.is_(None)
        ),
        "inbox_waiting": _count_rows(session, tables.inbox, tables.inbox.c.state == "waiting"),
        "deferred": _count_rows(
            session,
            tables.inbox,
            sa.and_(tables.inbox.c.state == "waiting", tables.inbox.c.attempts > 0),
        ),
        "inbox_parked": _parked(session, tables),
        "published": {r.aggregate_type: r.total for r in totals if r.kind == "published"},
        "applied": {
            f"{r.source}/{r.aggregate_type}": r.total for r in totals if r.kind == "applied"
        },
        "duplicates": _total(totals, "duplicate"),
        "retried": _total(totals, "retried"),
        "parked": _total(totals, "parked"),
        "sources": list(runtime.service.subscriptions.sources),
        "follows": _follows(runtime),
    }


def _follows(runtime: Runtime) -> list[list[str]]:
    """(source, aggregate type) followed; `*` stands for all of a source."""
    subscriptions = runtime.service.subscriptions
    return [list(pair) for pair in subscriptions.followed]


def _parked(session: Session, tables: ChassisTables) -> int:
    return _count_rows(session, tables.inbox, tables.inbox.c.state == "parked") + _count_rows(
        session, tables.parked, tables.parked.c.state == "parked"
    )


def _count_rows(session: Session, table: sa.Table, condition: Any) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(table).where(condition)) or 0


def _total(totals: Any, kind: str) -> int:
    return sum(row.total for row in totals if row.kind == kind)
