"""What became of rendezvous over a period of Paris days, by MDS, motif and profession."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.rendezvous.domain.statistics import Outcomes
from services.rendezvous.persistence import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Statistics:
    """The statistics of a period of Paris days, both included."""

    first_day: date
    last_day: date
    rows: Sequence[Outcomes]


def read_statistics(uow: UnitOfWork, *, first_day: date, last_day: date) -> Statistics:
    """At the Paris date of the rendezvous."""
    return Statistics(
        first_day=first_day, last_day=last_day, rows=uow.statistics.outcomes(first_day, last_day)
    )
