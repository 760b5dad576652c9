"""What was done in the dossiers over a period of Paris days."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.dsu.persistence import UnitOfWork


def read_activity(
    uow: UnitOfWork, *, first_day: date, last_day: date, on: date | None
) -> dict[str, Any]:
    """The figures of a period, and the stock at `on` (the last day by default), by MDS."""
    stock_day = on or last_day
    activity = uow.activity
    counted = {
        "STOCK": activity.stock(stock_day),
        "STOCK_BY_REFERENT": activity.stock(stock_day, by_referent=True),
        "OPENED": activity.opened(first_day, last_day),
        "CLOSED": activity.happened("CLOSED", first_day, last_day),
        "REOPENED": activity.happened("REOPENED", first_day, last_day),
        "INTERVENTIONS": activity.interventions(first_day, last_day),
    }
    rows = [{"kind": kind, **row} for kind, found in counted.items() for row in found]
    return {"first_day": first_day, "last_day": last_day, "on": stock_day, "rows": rows}
