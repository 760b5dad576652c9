"""What reception did over a period of Paris days."""

from __future__ import annotations

from datetime import date
from typing import Any

from chassis.clock import end_of_day, instant_of
from services.accueil.persistence import UnitOfWork


def read_activity(uow: UnitOfWork, *, first_day: date, last_day: date) -> dict[str, Any]:
    """Figures of the period, both days included."""
    return {
        "first_day": first_day,
        "last_day": last_day,
        "rows": uow.activity.rows(instant_of(first_day), end_of_day(last_day)),
    }
