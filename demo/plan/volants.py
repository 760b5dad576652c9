"""Every published day of the service volant, asked week by week by the MDS that received it.

The year and its split by MDS and profession are published; the split by month follows the days
worked, as for the rendezvous; that by week, and the reasons, are invented (*exemple*).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from demo.apportionment import matrix, split
from demo.figures import Figures
from demo.plan.agenda import PlanError
from demo.plan.rendezvous import by_month
from demo.population import Population
from demo.streams import stream
from demo.worked_days import Period, month

#: Why days are asked, most frequent first; an overload is measured, so none is planned. *Exemple.*
REASONS = (
    "VACANCE",
    "MALADIE",
    "MALADIE",
    "TEMPS_PARTIEL_DROIT",
    "REORGANISATION_2018",
    "TEMPS_PARTIEL_CHOISI",
    "STAGIAIRE",
)


@dataclass(frozen=True)
class Besoin:
    """Days of one week that an MDS asks of one volant."""

    ref: str
    mds: str
    profession: str
    reason: str
    first: date
    last: date
    days: int

    def within(self, period: Period) -> Besoin | None:
        """Itself if its whole week falls in the period."""
        return self if period.first <= self.first and self.last <= period.last else None


def plan_volants(figures: Figures, population: Population, seed: int) -> tuple[Besoin, ...]:
    """The same needs for the same figures and seed. Raises PlanError if they do not fit."""
    return tuple(
        besoin
        for profession in figures.jours_volants
        for number in range(1, 13)
        for besoin in _month(figures, population, profession, number, seed)
    )


def expected_days(besoins: Sequence[Besoin]) -> Counter[tuple[str, str]]:
    """Days by profession and MDS code."""
    counts: Counter[tuple[str, str]] = Counter()
    for each in besoins:
        counts[each.profession, each.mds] += each.days
    return counts


def _month(
    figures: Figures, population: Population, profession: str, number: int, seed: int
) -> Iterator[Besoin]:
    """A month's part of each MDS, over its weeks: no week asks more than the volants have."""
    places = {place.code: place.territoire for place in population.mds}
    yearly = figures.jours_volants[profession]
    parts = {
        code: by_month(yearly[name], figures.year)[number - 1] for code, name in places.items()
    }
    weeks = _weeks(month(figures.year, number).days)
    room = figures.postes[profession].volants * sum(map(len, weeks.values()))
    if sum(parts.values()) > room:
        raise PlanError(
            f"service volant, {profession}, mois {number} : {sum(parts.values())} jours demandés,"
            f" {room} possibles"
        )
    totals = split(sum(parts.values()), {week: len(days) for week, days in weeks.items()})
    for week, row in matrix(totals, parts).items():
        draw = stream(seed, "volants", profession, week)
        for code, asked in row.items():
            for rank, days in enumerate(_by_volant(asked, len(weeks[week])), start=1):
                yield Besoin(
                    ref=f"{profession}-{code}-{week:%Y-%m-%d}-{number:02d}-{rank}",
                    mds=code,
                    profession=profession,
                    reason=draw.choice(REASONS),
                    first=weeks[week][0],
                    last=weeks[week][-1],
                    days=days,
                )


def _weeks(days: Sequence[date]) -> dict[date, list[date]]:
    """Days worked of a month, by the Monday of their week."""
    weeks: dict[date, list[date]] = {}
    for day in days:
        weeks.setdefault(day - timedelta(days=day.weekday()), []).append(day)
    return weeks


def _by_volant(days: int, most: int) -> Iterator[int]:
    """Days of one week over as few volants as can be."""
    whole, rest = divmod(days, most)
    yield from [most] * whole
    if rest:
        yield rest
