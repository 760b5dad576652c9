"""Visites beside the rendezvous: anonymous people, and people who leave without being seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from demo.figures import Figures
from demo.plan import shares
from demo.plan.rendezvous import by_month
from demo.population import Population
from demo.streams import stream
from demo.worked_days import Period, month

#: Channel and origin of a visite, most frequent first. *Exemple.*
CHANNELS = ("SUR_PLACE", "SUR_PLACE", "SUR_PLACE", "TELEPHONE", "TELEPHONE", "COURRIEL", "COURRIER")
ORIGINS = ("PERSONNE", "PERSONNE", "PERSONNE", "TIERS", "PROFESSIONNEL")
OUTCOMES = ("ANSWERED", "ANSWERED", "PONCTUEL", "ORIENTATION")


@dataclass(frozen=True)
class Visite:
    """Someone at the door whom nobody asks their name; it counts once."""

    ref: str
    mds: str
    site: str
    day: date
    channel: str
    origin: str
    outcome: str

    def within(self, period: Period) -> Visite | None:
        """Itself if it falls in the period."""
        return self if period.first <= self.day <= period.last else None


def plan_visites(figures: Figures, population: Population, seed: int) -> tuple[Visite, ...]:
    """Anonymous visites, in proportion to the rendezvous of each MDS (*exemple*)."""
    visites = []
    for place in population.mds:
        held = sum(row[place.territoire] for row in figures.rendezvous.values())
        for number, monthly in enumerate(by_month(held, figures.year), start=1):
            draw = stream(seed, "visites", place.code, number)
            left = -(-monthly * shares.LEFT // 100)
            anonymous = -(-monthly * shares.ANONYMOUS // 100)
            for rank in range(anonymous + left):
                has_left = rank >= anonymous
                visites.append(
                    Visite(
                        ref=f"V-{place.code}-{number:02d}-{rank + 1:04d}",
                        mds=place.code,
                        site=draw.choice(place.sites).code,
                        day=draw.choice(month(figures.year, number).days),
                        channel="SUR_PLACE" if has_left else draw.choice(CHANNELS),
                        origin=draw.choice(ORIGINS),
                        outcome="LEFT" if has_left else draw.choice(OUTCOMES),
                    )
                )
    return tuple(visites)
