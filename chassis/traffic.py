"""Running totals of messages, kept in the transaction that moves them: the books must balance."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

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
    """The books of one service: what it published and applied, and what is still on its way.

    One statement, hence one snapshot: read one after the other, "nothing left to publish" and
    "so many published" could describe two moments, and books that do not balance would seem to.
    """
    tables = runtime.tables
    waiting = tables.inbox.c.state == "waiting"
    row = uow.session.execute(
        sa.select(
            _all_totals(tables).label("totals"),
            _count(tables.outbox, tables.outbox.c.published_at.is_(None)).label("outbox_pending"),
            _count(tables.inbox, waiting).label("inbox_waiting"),
            _count(tables.inbox, waiting & (tables.inbox.c.attempts > 0)).label("deferred"),
            _count(tables.inbox, tables.inbox.c.state == "parked").label("inbox_parked"),
            _count(tables.parked, tables.parked.c.state == "parked").label("parked"),
        )
    ).one()
    totals = [_Total(*total) for total in row.totals]
    return {
        "outbox_pending": row.outbox_pending,
        "inbox_waiting": row.inbox_waiting,
        "deferred": row.deferred,
        "inbox_parked": row.inbox_parked + row.parked,
        "published": {t.aggregate_type: t.total for t in totals if t.kind == "published"},
        "applied": {
            f"{t.source}/{t.aggregate_type}": t.total for t in totals if t.kind == "applied"
        },
        "duplicates": _sum(totals, "duplicate"),
        "retried": _sum(totals, "retried"),
        "parked": _sum(totals, "parked"),
        "sources": list(runtime.service.subscriptions.sources),
        "follows": _follows(runtime),
    }


class _Total(NamedTuple):
    kind: str
    source: str
    aggregate_type: str
    total: int


def _all_totals(tables: ChassisTables) -> sa.ScalarSelect[Any]:
    traffic = tables.traffic.c
    row = sa.func.json_build_array(
        traffic.kind, traffic.source, traffic.aggregate_type, traffic.total
    )
    found = sa.func.coalesce(sa.func.json_agg(row), sa.text("'[]'::json"))
    return sa.select(found).select_from(tables.traffic).scalar_subquery()


def _follows(runtime: Runtime) -> list[list[str]]:
    """(source, aggregate type) followed; `*` stands for all of a source."""
    subscriptions = runtime.service.subscriptions
    return [list(pair) for pair in subscriptions.followed]


def _count(table: sa.Table, condition: Any) -> sa.ScalarSelect[Any]:
    return sa.select(sa.func.count()).select_from(table).where(condition).scalar_subquery()


def _sum(totals: list[_Total], kind: str) -> int:
    return sum(each.total for each in totals if each.kind == kind)
