"""Running totals of messages, kept in the transaction that moves them: the books must balance."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session

from chassis.runtime import Runtime
from chassis.tables import ChassisTables

_REPORT = """
    SELECT (SELECT coalesce(json_agg(json_build_array(kind, source, aggregate_type, total)), '[]')
            FROM traffic) AS totals,
           (SELECT count(*) FROM outbox WHERE published_at IS NULL) AS outbox_pending,
           waiting.total AS inbox_waiting, waiting.deferred,
           (SELECT count(*) FROM inbox WHERE state = 'parked')
           + (SELECT count(*) FROM parked WHERE state = 'parked') AS inbox_parked
    FROM (SELECT count(*) AS total, count(*) FILTER (WHERE attempts > 0) AS deferred
          FROM inbox WHERE state = 'waiting') AS waiting
"""


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
    row = uow.run(_REPORT, ()).one()
    totals = [_Total(*total) for total in row.totals]
    return {
        "outbox_pending": row.outbox_pending,
        "inbox_waiting": row.inbox_waiting,
        "deferred": row.deferred,
        "inbox_parked": row.inbox_parked,
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


def _follows(runtime: Runtime) -> list[list[str]]:
    """(source, aggregate type) followed; `*` stands for all of a source."""
    subscriptions = runtime.service.subscriptions
    return [list(pair) for pair in subscriptions.followed]


def _sum(totals: list[_Total], kind: str) -> int:
    return sum(each.total for each in totals if each.kind == kind)
