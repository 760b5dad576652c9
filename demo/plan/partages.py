"""A few people who agree that a partner be told, and those who change their mind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from demo.plan import shares
from demo.plan.rendezvous import HONOURED, Rendezvous
from demo.population import Population
from demo.streams import stream
from demo.worked_days import Period

#: Partners of the replay, by code. *Exemple.*
PARTENAIRES = ("caf", "ccas")


@dataclass(frozen=True)
class Partage:
    """Consent given, partage signed by the référent the same day, perhaps withdrawn later."""

    ref: str
    personne: str
    agent: str
    mds: str
    partenaire: str
    granted_on: date
    withdrawn_on: date | None

    def within(self, period: Period) -> Partage | None:
        """The same, if granted in the period; a later withdrawal is left out."""
        if not period.first <= self.granted_on <= period.last:
            return None
        if self.withdrawn_on and self.withdrawn_on > period.last:
            return replace(self, withdrawn_on=None)
        return self


def plan_partages(
    rendezvous: Iterable[Rendezvous], population: Population, seed: int
) -> tuple[Partage, ...]:
    """One partage per person at most, given the day a rendezvous with their référent is taken.

    One in three is withdrawn, in the evening of the day before that rendezvous or that very
    morning: what follows for this person must then stay inside.
    """
    referents = {personne.ref: personne.referent for personne in population.stock}
    chosen: dict[str, Partage] = {}
    for each in sorted(rendezvous, key=lambda r: (r.booked_on, r.ref)):
        is_theirs = each.fate == HONOURED and referents.get(each.personne) == each.agent
        draw = stream(seed, "partage", each.ref)
        if not is_theirs or each.personne in chosen or draw.randrange(100) >= shares.SHARED:
            continue
        withdraws = draw.randrange(100) < shares.WITHDRAWN and each.slot.day > each.booked_on
        chosen[each.personne] = Partage(
            ref=f"P-{each.ref}",
            personne=each.personne,
            agent=each.agent,
            mds=each.mds,
            partenaire=PARTENAIRES[draw.randrange(len(PARTENAIRES))],
            granted_on=each.booked_on,
            withdrawn_on=each.slot.day if withdraws else None,
        )
    return tuple(chosen.values())
