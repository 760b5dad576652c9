"""Which days are worked: by everybody, and by one MDS, which closes whole days of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.rendezvous.domain.fermeture import Fermeture, closes_day
from services.rendezvous.jours_feries import is_holiday
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.slots.creneaux import days

_SATURDAY = 5


@dataclass(frozen=True)
class Closings:
    """The closings of a span of days."""

    fermetures: Sequence[Fermeture]

    def is_off(self, mds: str, day: date) -> bool:
        """Whether a day is a public holiday of metropolitan France, or a whole day on which the
        MDS is closed, among those of the span."""
        return is_holiday(day) or closes_day(self.fermetures, mds, day)

    def worked(self, mds: str, among: Iterable[date]) -> list[date]:
        """Those of these days, worked elsewhere, on which the MDS is not closed."""
        return [day for day in among if not closes_day(self.fermetures, mds, day)]


def closings(uow: UnitOfWork, first: date, last: date) -> Closings:
    """Those that touch a span of Paris days, both ends included: one statement."""
    return Closings(uow.fermetures.within(days(first, last)))


def worked_days(first: date, last: date) -> list[date]:
    """Neither week-end nor public holiday of metropolitan France, both ends included."""
    span = (last - first).days + 1
    among = (first + timedelta(days=offset) for offset in range(max(0, span)))
    return [day for day in among if day.weekday() < _SATURDAY and not is_holiday(day)]
