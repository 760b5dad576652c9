"""Every published aid, to the cent, with those refused, withdrawn or granted in part on top."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from demo.amounts import draw_amounts, nature_by_mds
from demo.figures import Figures
from demo.plan import shares
from demo.plan.rendezvous import by_month
from demo.population import Personne, Population
from demo.streams import stream
from demo.worked_days import Period, month, year_of

GRANTED, PARTLY, REFUSED, DROPPED = "GRANTED", "PARTLY", "REFUSED", "DROPPED"
#: From demande to decision, in days worked at most. *Exemple.*
LONGEST = 8


@dataclass(frozen=True)
class Demande:
    """One demande from filing to payment."""

    ref: str
    mds: str
    site: str
    personne: str
    agent: str
    nature: str
    outcome: str
    requested_cents: int
    granted_cents: int
    filed_on: date
    decided_on: date
    is_double_click: bool = False

    @property
    def counts(self) -> bool:
        """Whether it stands in the published figures."""
        return self.outcome in (GRANTED, PARTLY)

    def within(self, period: Period) -> Demande | None:
        """The same, filed no earlier than the period; None if decided outside."""
        if not period.first <= self.decided_on <= period.last:
            return None
        return replace(self, filed_on=max(self.filed_on, period.days[0]))


def plan_aides(figures: Figures, population: Population, seed: int) -> tuple[Demande, ...]:
    """The same demandes for the same figures and seed."""
    planner = _Planner(figures, population, seed)
    granted = list(planner.granted())
    amounts = _amounts(figures, granted, seed)
    paid = [_with_amount(each, amounts[each.ref], seed) for each in granted]
    return tuple(paid + list(planner.others(len(paid))))


class _Planner:
    def __init__(self, figures: Figures, population: Population, seed: int) -> None:
        self._figures, self._population, self._seed = figures, population, seed
        self._days = year_of(figures.year).days
        self._queues = {
            place.code: _queue(population, place.code, seed) for place in population.mds
        }
        self._young = {
            place.code: _young(population, place.code, figures.faj[place.territoire])
            for place in population.mds
        }

    def granted(self) -> Iterator[Demande]:
        """Those that count, without their amounts."""
        by_mds = nature_by_mds(self._figures)
        for place in self._population.mds:
            counts = {**by_mds[place.territoire], "FAJ": self._figures.faj[place.territoire]}
            for nature, count in counts.items():
                months = by_month(count, self._figures.year)
                for number, monthly in enumerate(months, start=1):
                    for rank in range(monthly):
                        ref = f"A-{place.code}-{nature}-{number:02d}-{rank + 1:04d}"
                        yield self._demande(ref, place.code, nature, number, GRANTED)

    def others(self, count: int) -> Iterator[Demande]:
        """Refused or withdrawn, over the year, in proportion to those granted."""
        draw = stream(self._seed, "refus")
        fates = [REFUSED] * _share(count, shares.REFUSED) + [DROPPED] * _share(
            count, shares.DROPPED
        )
        places = [place.code for place in self._population.mds if self._queues[place.code]]
        for rank, outcome in enumerate(fates):
            number, place = draw.randint(1, 12), draw.choice(places)
            nature = draw.choice(("SECOURS", "AM", "AML"))
            each = self._demande(f"B-{place}-{rank + 1:04d}", place, nature, number, outcome)
            yield replace(each, requested_cents=100 * draw.randrange(100, 400))

    def _demande(self, ref: str, mds: str, nature: str, number: int, outcome: str) -> Demande:
        draw = stream(self._seed, "demande", ref)
        decided_on = draw.choice(month(self._figures.year, number).days)
        waited = draw.randint(0, LONGEST)
        queue = self._young[mds] if nature == "FAJ" else self._queues[mds]
        personne = _next(queue)
        return Demande(
            ref=ref,
            mds=mds,
            site=personne.site.code,
            personne=personne.ref,
            agent=personne.referent or "",
            nature=nature,
            outcome=outcome,
            requested_cents=0,
            granted_cents=0,
            filed_on=self._days[max(0, self._days.index(decided_on) - waited)],
            decided_on=decided_on,
            is_double_click=draw.randrange(100) < shares.DOUBLE_CLICK,
        )


def _amounts(figures: Figures, granted: list[Demande], seed: int) -> dict[str, int]:
    """Cents by demande; each nature adds up to what was published."""
    totals = {**figures.montants_cents, "FAJ": figures.faj_cents}
    by_nature: defaultdict[str, list[str]] = defaultdict(list)
    for each in granted:
        by_nature[each.nature].append(each.ref)
    amounts: dict[str, int] = {}
    for nature, refs in by_nature.items():
        drawn = draw_amounts(len(refs), totals[nature], stream(seed, "montants", nature))
        amounts.update(zip(refs, drawn, strict=True))
    return amounts


def _with_amount(each: Demande, cents: int, seed: int) -> Demande:
    draw = stream(seed, "accord", each.ref)
    if draw.randrange(100) >= shares.PARTLY:
        return replace(each, granted_cents=cents, requested_cents=cents)
    more = 100 * draw.randrange(10, 80)
    return replace(each, outcome=PARTLY, granted_cents=cents, requested_cents=cents + more)


def _share(count: int, rate: int) -> int:
    """A share in hundredths, at least one when there is anything."""
    return max(1, count * rate // 100) if count else 0


def _queue(population: Population, mds: str, seed: int) -> deque[Personne]:
    """Everybody of an MDS in an order drawn once: no one asks twice before all have asked."""
    people = [personne for personne in population.stock if personne.mds == mds]
    stream(seed, "demandeurs", mds).shuffle(people)
    return deque(people)


def _young(population: Population, mds: str, count: int) -> deque[Personne]:
    """The people of 18 to 23 that the population keeps for the FAJ: the first of each MDS."""
    people = [personne for personne in population.stock if personne.mds == mds]
    return deque(people[:count])


def _next(queue: deque[Personne]) -> Personne:
    queue.rotate(-1)
    return queue[-1]
