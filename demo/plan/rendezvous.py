"""Every published rendezvous at an hour of an agent of that MDS, and the unhappy ones on top."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from demo.apportionment import largest_remainder
from demo.figures import LINES, Figures, Line
from demo.plan import shares
from demo.plan.agenda import Agenda, PlanError, Slot
from demo.population import Agent, Mds, Personne, PersonneMaker, Population
from demo.streams import stream
from demo.worked_days import Period, month, year_of

#: How many days worked ahead a rendezvous is taken, at most, by kind and modality. *Exemple.*
LEADS: Mapping[tuple[str, str], int] = {
    ("PREMIER_ACCUEIL", "TELEPHONE"): 2,
    ("PREMIER_ACCUEIL", "PRESENTIEL"): 6,
    ("ACCOMPAGNEMENT", "PRESENTIEL"): 15,
    ("ACCOMPAGNEMENT", "VAD"): 15,
}
HONOURED, MISSED, EXCUSED, CANCELLED = "HONOURED", "MISSED", "EXCUSED", "CANCELLED"


@dataclass(frozen=True)
class Rendezvous:
    """One rendezvous from booking to its end."""

    ref: str
    line: Line
    mds: str
    site: str
    agent: str
    personne: str
    slot: Slot
    booked_on: date
    fate: str = HONOURED
    #: Booked there first, then moved to `slot` on `changed_on`.
    moved_from: Slot | None = None
    #: Day, in the evening, of the move or of the cancellation.
    changed_on: date | None = None
    #: Someone else who wants the same slot.
    rival: str | None = None
    is_double_click: bool = False
    is_held: bool = False
    after_visite: bool = False
    has_orientation: bool = False
    has_intervention: bool = False

    @property
    def first_slot(self) -> Slot:
        """The slot booked at first."""
        return self.moved_from or self.slot

    def within(self, period: Period) -> Rendezvous | None:
        """The same, taken no earlier than the period's first day worked; None if held outside."""
        if not period.first <= self.slot.day <= period.last:
            return None
        first = period.days[0]
        moved_from = self.moved_from
        if moved_from and not first < moved_from.day <= period.last:
            moved_from = None
        changed_on = self.changed_on and max(self.changed_on, first)
        if self.fate != CANCELLED and moved_from is None:
            changed_on = None
        return replace(
            self,
            booked_on=max(self.booked_on, first),
            moved_from=moved_from,
            changed_on=changed_on,
        )


@dataclass(frozen=True)
class Reception:
    """Everything about rendezvous: those planned, and the people who came for the first time."""

    rendezvous: tuple[Rendezvous, ...]
    newcomers: tuple[Personne, ...]


def plan_rendezvous(figures: Figures, population: Population, seed: int) -> Reception:
    """The same rendezvous for the same figures and seed. Raises PlanError if they do not fit."""
    planner = _Planner(figures, population, seed)
    for number in range(1, 13):
        for place in population.mds:
            planner.plan_month(place, number)
    return Reception(tuple(planner.rendezvous), tuple(planner.newcomers))


def agents_for(line: Line, place: Mds, population: Population) -> list[Agent]:
    """Who receives: the plate-forme holds the first receptions of its MDS, its CESF included.

    The published note: « pour Montauban, les premiers accueils intègrent les rendez-vous de la
    CESF de la plate-forme » (in the ASS rows).
    """
    plateforme = [
        agent
        for profession in ("ASS", "CESF")
        for agent in population.workers(profession, place.code, plateforme=True)
    ]
    if line.kind == "PREMIER_ACCUEIL" and line.profession == "ASS" and plateforme:
        return plateforme
    return population.workers(line.profession, place.code) or population.workers(
        line.profession, place.code, plateforme=True
    )


def by_month(total: int, year: int) -> list[int]:
    """A yearly count over twelve months, in proportion to days worked; adds up exactly."""
    return largest_remainder(total, [len(month(year, number).days) for number in range(1, 13)])


class _Planner:
    def __init__(self, figures: Figures, population: Population, seed: int) -> None:
        self._figures, self._population, self._seed = figures, population, seed
        self._agenda = Agenda(figures.year, seed)
        self._days = year_of(figures.year).days
        self._index = {day: index for index, day in enumerate(self._days)}
        self._followed = _by_referent(population)
        self._stock = _by_mds(population)
        self._makers = {
            place.code: PersonneMaker(figures.year, place, seed) for place in population.mds
        }
        self.rendezvous: list[Rendezvous] = []
        self.newcomers: list[Personne] = []

    def plan_month(self, place: Mds, number: int) -> None:
        """All of one MDS's month: the honoured first, then the others in the hours left."""
        self._seen: list[str] = []
        honoured: list[Rendezvous] = []
        others: list[tuple[Line, str]] = []
        for line in LINES:
            yearly = self._figures.rendezvous[line][place.territoire]
            count = by_month(yearly, self._figures.year)[number - 1]
            draw = stream(self._seed, "rendezvous", place.code, number, line.path)
            agents = agents_for(line, place, self._population)
            for rank in range(count):
                ref = f"R-{place.code}-{number:02d}-{line.path}-{rank + 1:04d}"
                honoured.append(self._place(ref, line, place, agents, number, draw))
            others += [(line, fate) for fate in _unhappy(count, draw)]
        for rank, (line, fate) in enumerate(others):
            draw = stream(self._seed, "autres", place.code, number, rank)
            ref = f"X-{place.code}-{number:02d}-{rank + 1:04d}"
            agents = agents_for(line, place, self._population)
            self.rendezvous.append(self._place(ref, line, place, agents, number, draw, fate=fate))
        self.rendezvous += [self._trouble(each, number) for each in honoured]

    def _place(
        self,
        ref: str,
        line: Line,
        place: Mds,
        agents: Sequence[Agent],
        number: int,
        draw: random.Random,
        *,
        fate: str = HONOURED,
    ) -> Rendezvous:
        first = month(self._figures.year, number).days[0]
        after = first if fate == CANCELLED else None
        agent, slot = self._agenda.take(agents, number, after=after)
        booked_on = self._earlier(slot.day, draw.randint(0, LEADS[line.kind, line.modality]))
        if fate == CANCELLED:
            booked_on = min(booked_on, self._earlier(slot.day, 1))
        personne = self._personne(line, place, agent, slot, draw)
        self._agenda.occupy(personne, slot)
        is_first = line.kind == "PREMIER_ACCUEIL"
        after_visite = is_first and draw.randrange(100) < shares.AFTER_VISITE
        return Rendezvous(
            ref=ref,
            line=line,
            mds=place.code,
            site=agent.site,
            agent=agent.ref,
            personne=personne,
            slot=slot,
            booked_on=booked_on,
            fate=fate,
            changed_on=self._between(booked_on, slot.day, draw) if fate == CANCELLED else None,
            is_double_click=draw.randrange(100) < shares.DOUBLE_CLICK,
            is_held=draw.randrange(100) < shares.HELD,
            after_visite=after_visite,
            has_orientation=after_visite and draw.randrange(2) == 0,
            has_intervention=fate == HONOURED
            and not is_first
            and draw.randrange(100) < shares.INTERVENTION,
        )

    def _personne(
        self, line: Line, place: Mds, agent: Agent, slot: Slot, draw: random.Random
    ) -> str:
        if line.kind == "PREMIER_ACCUEIL":
            return self._first_received(place, slot, draw)
        people = self._followed.get(agent.ref) or self._stock[place.code]
        start = draw.randrange(len(people))
        turned = people[start:] + people[:start]
        found = self._agenda.first_free(turned, slot)
        found = found or self._agenda.first_free(self._stock[place.code], slot)
        if found is None:
            raise PlanError(f"{place.code}, {slot.day} : plus personne de libre à cette heure")
        return found

    def _first_received(self, place: Mds, slot: Slot, draw: random.Random) -> str:
        if self._seen and draw.randrange(100) < shares.SEEN_AGAIN:
            again = self._seen[draw.randrange(len(self._seen))]
            if self._agenda.is_free(again, slot):
                return again
        ref = f"N-{place.code}-{slot.day:%m}-{len(self._seen) + 1:04d}"
        self._seen.append(ref)
        self.newcomers.append(self._makers[place.code].make(ref))
        return ref

    def _trouble(self, each: Rendezvous, number: int) -> Rendezvous:
        """A move, or a rival, for a few of the honoured."""
        draw = stream(self._seed, "imprévus", each.ref)
        first = month(self._figures.year, number).days[0]
        if draw.randrange(100) < shares.MOVED and each.slot.day > first:
            return self._moved(each, number, first, draw) or each
        if draw.randrange(100) < shares.CONTESTED:
            rival = self._agenda.first_free(self._stock[each.mds][::-1], each.slot)
            return replace(each, rival=rival if rival != each.personne else None)
        return each

    def _moved(
        self, each: Rendezvous, number: int, first: date, draw: random.Random
    ) -> Rendezvous | None:
        agent = next(a for a in self._population.agents if a.ref == each.agent)
        try:
            _, former = self._agenda.take([agent], number, after=first)
        except PlanError:
            return None
        if not self._agenda.is_free(each.personne, former):
            return None
        self._agenda.occupy(each.personne, former)
        earliest = min(former.day, each.slot.day)
        booked_on = min(each.booked_on, self._earlier(earliest, 1))
        return replace(
            each,
            moved_from=former,
            booked_on=booked_on,
            changed_on=self._between(booked_on, earliest, draw),
        )

    def _earlier(self, day: date, worked: int) -> date:
        return self._days[max(0, self._index[day] - worked)]

    def _between(self, first: date, before: date, draw: random.Random) -> date:
        """A day worked from `first`, strictly before `before`."""
        low, high = self._index[first], self._index[before] - 1
        return self._days[draw.randint(low, max(low, high))]


def _unhappy(count: int, draw: random.Random) -> Iterator[str]:
    """Fates of the rendezvous that come on top, for so many honoured ones."""
    rates = ((CANCELLED, shares.CANCELLED), (MISSED, shares.MISSED), (EXCUSED, shares.EXCUSED))
    for fate, rate in rates:
        whole, rest = divmod(count * rate, 100)
        for _ in range(whole + (draw.randrange(100) < rest)):
            yield fate


def _by_referent(population: Population) -> dict[str, list[str]]:
    followed: defaultdict[str, list[str]] = defaultdict(list)
    for personne in population.stock:
        if personne.referent:
            followed[personne.referent].append(personne.ref)
    return dict(followed)


def _by_mds(population: Population) -> dict[str, list[str]]:
    people: defaultdict[str, list[str]] = defaultdict(list)
    for personne in population.stock:
        people[personne.mds].append(personne.ref)
    return dict(people)
