"""What reception did over a period of Paris days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from chassis.clock import PARIS
from services.accueil.persistence import UnitOfWork


def report(uow: UnitOfWork, *, first_day: date, last_day: date) -> dict[str, Any]:
    """Figures of the period, both days included."""
    start = datetime.combine(first_day, time(), tzinfo=PARIS)
    end = datetime.combine(last_day + timedelta(days=1), time(), tzinfo=PARIS)
    return {
        "first_day": first_day,
        "last_day": last_day,
        "rows": uow.activity.rows(start, end),
    }
