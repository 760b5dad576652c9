"""The whole plan of a year, and the part of it that one period replays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol, Self, TypeVar

from demo.figures import Figures, Line
from demo.plan.aides import Demande, plan_aides
from demo.plan.partages import Partage, plan_partages
from demo.plan.rendezvous import HONOURED, Rendezvous, plan_rendezvous
from demo.plan.visites import Visite, plan_visites
from demo.plan.volants import Besoin, plan_volants
from demo.population import Personne, Population, number_phones, populate
from demo.worked_days import Period


class _Dated(Protocol):
    def within(self, period: Period) -> Self | None: ...


Dated = TypeVar("Dated", bound=_Dated)


@dataclass(frozen=True)
class Plan:
    """Everything that will be asked of the platform, and nothing it answers."""

    figures: Figures
    seed: int
    population: Population
    newcomers: tuple[Personne, ...]
    rendezvous: tuple[Rendezvous, ...]
    demandes: tuple[Demande, ...]
    visites: tuple[Visite, ...]
    partages: tuple[Partage, ...]
    besoins: tuple[Besoin, ...]

    def within(self, period: Period) -> Plan:
        """What this period replays: held, decided or granted in it."""
        rendezvous = tuple(_kept(self.rendezvous, period))
        came = {each.personne for each in rendezvous}
        return Plan(
            figures=self.figures,
            seed=self.seed,
            population=self.population,
            newcomers=tuple(each for each in self.newcomers if each.ref in came),
            rendezvous=rendezvous,
            demandes=tuple(_kept(self.demandes, period)),
            visites=tuple(_kept(self.visites, period)),
            partages=plan_partages_within(rendezvous, self.population, self.seed, period),
            besoins=tuple(_kept(self.besoins, period)),
        )

    def registered_on(self) -> dict[str, date]:
        """The day each newcomer first comes: when their first rendezvous is taken."""
        first: dict[str, date] = {}
        for each in self.rendezvous:
            known = first.get(each.personne, each.booked_on)
            first[each.personne] = min(known, each.booked_on)
        return {each.ref: first[each.ref] for each in self.newcomers}


def make_plan(figures: Figures, seed: int) -> Plan:
    """The same plan for the same figures and seed. Raises PlanError if it does not fit."""
    population = populate(figures, seed)
    reception = plan_rendezvous(figures, population, seed)
    numbered = sum(personne.sms is not None for personne in population.stock)
    return Plan(
        figures=figures,
        seed=seed,
        population=population,
        newcomers=tuple(number_phones(reception.newcomers, numbered)),
        rendezvous=reception.rendezvous,
        demandes=plan_aides(figures, population, seed),
        visites=plan_visites(figures, population, seed),
        partages=plan_partages(reception.rendezvous, population, seed),
        besoins=plan_volants(figures, population, seed),
    )


def plan_partages_within(
    rendezvous: tuple[Rendezvous, ...], population: Population, seed: int, period: Period
) -> tuple[Partage, ...]:
    """Partages are given when a rendezvous is taken: computed again on the period's own dates."""
    return tuple(_kept(plan_partages(rendezvous, population, seed), period))


def expected_rendezvous(plan: Plan) -> Counter[tuple[Line, str]]:
    """Honoured rendezvous by line and MDS code."""
    return Counter((each.line, each.mds) for each in plan.rendezvous if each.fate == HONOURED)


def _kept(items: Iterable[Dated], period: Period) -> list[Dated]:
    return [kept for item in items if (kept := item.within(period)) is not None]
