"""Figures about nobody in particular, and the nomenclature they are counted by."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.dsu.domain.nomenclature import Nomenclature, nomenclature_on
from services.dsu.persistence import UnitOfWork


def read_nomenclature(uow: UnitOfWork, *, on: date | None) -> Nomenclature:
    """The version valid that day, today by default. Raises UnknownCode."""
    return nomenclature_on(on or uow.today)


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
