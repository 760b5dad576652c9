"""What became of rendezvous over a period of Paris days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.rendezvous.domain.activity import (
    ActivityRow,
    RenfortDays,
    TableCell,
    published_table,
)
from services.rendezvous.domain.rendezvous import Status
from services.rendezvous.persistence import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class StatusCount:
    """Rendezvous of an MDS in one state."""

    mds: str
    status: Status
    count: int


@dataclass(frozen=True, kw_only=True)
class Activity:
    """The figures of a period of Paris days, both included."""

    first_day: date
    last_day: date
    rows: Sequence[ActivityRow]
    table: Sequence[TableCell]
    statuses: Sequence[StatusCount]
    renforts: Sequence[RenfortDays]


def read_activity(uow: UnitOfWork, *, first_day: date, last_day: date) -> Activity:
    """Raw rows, published lines, and counts by state, at the Paris date of the rendezvous."""
    rows = uow.activities.rows(first_day, last_day)
    by_status: Counter[tuple[str, Status]] = Counter()
    for row in rows:
        by_status[row.mds, row.status] += row.count
    return Activity(
        first_day=first_day,
        last_day=last_day,
        rows=rows,
        table=published_table(rows),
        statuses=[
            StatusCount(mds=mds, status=status, count=count)
            for (mds, status), count in sorted(by_status.items())
        ],
        renforts=uow.activities.renforts(first_day, last_day),
    )
