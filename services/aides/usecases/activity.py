"""What was decided over a period of Paris days."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.aides.domain.activity import report
from services.aides.persistence import UnitOfWork


def read_activity(uow: UnitOfWork, *, first_day: date, last_day: date) -> dict[str, Any]:
    """Figures of the period, both days included."""
    rows = report(uow.activity.tally(first_day, last_day))
    return {"first_day": first_day, "last_day": last_day, "rows": rows}
