"""The year as steps: which errands are run at which moment, and what waits for what."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, time
from typing import Any, TypeVar

from demo.acts import aides, installation, partages, rendezvous, stock, visites, volants
from demo.engine import Chain, Step, Wave
from demo.plan.partages import PARTENAIRES
from demo.plan.rendezvous import CANCELLED
from demo.plan.year import Plan
from demo.population import Agent
from demo.worked_days import EVENING, MORNING, NOON, Period, at, eve, every_day, is_worked
from demo.world import World
from services import roles

Item = TypeVar("Item")
#: Hours of the preparation and of the closing.
INSTALLATION, _CLOSING = time(7), time(20)
#: Hours at which agents receive. *Exemple.*
_HOURS = (("09:00", "12:00"), ("14:00", "17:00"))
_OPENINGS_AT_ONCE = 200


def steps(plan: Plan, period: Period, agent_id: Callable[[str], Any]) -> list[Step]:
    """Every step of a period, the preparation first. `plan` is already cut to the period."""
    days = _Days(plan)
    found = list(_preparation(plan, period, agent_id))
    for day in every_day(period.first, period.last):
        if not is_worked(day):
            found.append(Step(f"{day}/midi", at(day, NOON)))
            continue
        found.append(Step(f"{day}/matin", at(day, MORNING), days.morning(day)))
        found.append(Step(f"{day}/soir", at(day, EVENING), days.evening(day)))
    closing = (_partners_read("clôture"),)
    found.append(Step(f"{period.last}/clôture", at(period.last, _CLOSING), closing))
    return found


def _preparation(plan: Plan, period: Period, agent_id: Callable[[str], Any]) -> Iterator[Step]:
    """The annuaire and the rules, then the stock: all before the first day."""
    before = eve(period.days[0])
    population = plan.population
    yield Step(
        "installation",
        at(before, INSTALLATION),
        (
            _each(installation.create_mds, population.mds),
            Wave(
                [
                    [(installation.load_sectors, None)],
                    *_chains(installation.register_agent, population.agents),
                    [(installation.create_motifs, None)],
                    [(installation.adopt_rules, None)],
                    [(partages.sign_contracts, None)],
                    [(read_nomenclature, period.first)],
                    *_chains(installation.name_sites, population.mds),
                ],
                settles=True,
            ),
            _each(installation.open_agendas, _openings(plan, period, agent_id)),
        ),
    )
    batches = _batches(population.stock, stock.BATCH)
    yield Step(
        "reprise",
        at(before, MORNING),
        (
            # One batch after the other: each looks for duplicates among those before it.
            Wave(_one_by_one(stock.import_people, batches), settles=True),
            Wave(_one_by_one(stock.import_dossiers, batches), settles=True),
        ),
    )


def read_nomenclature(world: World, day: date) -> None:
    """Codes of interventions that stand in a dossier (nothing about IP or IS)."""
    route = f"dsu GET /v1/nomenclature?on={day.isoformat()}"
    types = world.ask(roles.DIRECTION, route, act="nomenclature").json["types"]
    codes = sorted(each["code"] for each in types if each["filing"] == "DOSSIER")
    world.state["nomenclature"] = json.dumps(codes)


class _Days:
    """The plan's items by the day they happen."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        came = plan.registered_on()
        self._newcomers = _by(plan.newcomers, lambda each: came[each.ref])
        self._booked = _by(plan.rendezvous, lambda each: each.booked_on)
        self._held = _by(
            [each for each in plan.rendezvous if each.fate != CANCELLED],
            lambda each: each.slot.day,
        )
        self._changed = _by(
            [each for each in plan.rendezvous if each.changed_on], lambda each: each.changed_on
        )
        self._filed = _by(plan.demandes, lambda each: each.filed_on)
        self._decided = _by(plan.demandes, lambda each: each.decided_on)
        self._visites = _by(plan.visites, lambda each: each.day)
        self._granted = _by(plan.partages, lambda each: each.granted_on)
        self._withdrawn = _by(
            [each for each in plan.partages if each.withdrawn_on], lambda each: each.withdrawn_on
        )
        # A month is asked, proposed and accepted on the first day that anything of it is due.
        first: dict[str, date] = {}
        for each in sorted(plan.besoins, key=lambda one: one.first):
            first.setdefault(f"{each.first:%Y-%m}", each.first)
        self._besoins = _by(plan.besoins, lambda each: first[f"{each.first:%Y-%m}"])

    def morning(self, day: date) -> tuple[Wave, ...]:
        """The volants of the month, the door, the desk, those who want an hour already taken."""
        booked = self._booked[day]
        asked = self._besoins[day]
        helped = sorted({each.mds for each in asked})
        callers = [each for each in booked if each.after_visite]
        waves = (
            Wave(_chains(volants.ask, asked)),
            Wave(_chains(volants.propose, [day] if asked else [])),
            Wave(_chains(volants.accept, [(mds, day) for mds in helped])),
            Wave(_chains(visites.register, self._newcomers[day])),
            Wave(
                _chains(visites.come_for, callers)
                + _chains(visites.come_anonymously, self._visites[day]),
                # The desk books only people the other services have heard of.
                settles=bool(self._newcomers[day]),
            ),
            Wave(
                _chains(partages.grant, self._granted[day])
                + _chains(partages.withdraw, self._withdrawn[day])
            ),
            Wave(
                _chains(rendezvous.book, booked) + _chains(aides.file, self._filed[day]),
            ),
            Wave(_one_by_one(rendezvous.contest, [each for each in booked if each.rival])),
        )
        return tuple(wave for wave in waves if wave.chains or wave.settles)

    def evening(self, day: date) -> tuple[Wave, ...]:
        """What became of the day; moves come last, into hours that are free by then."""
        changed = self._changed[day]
        cancelled = [each for each in changed if each.fate == CANCELLED]
        moved = [each for each in changed if each.fate != CANCELLED]
        contested = [each for each in self._booked[day] if each.rival]
        waves = (
            _partners_read(f"{day}"),
            Wave(
                _chains(rendezvous.end, self._held[day])
                + _chains(rendezvous.cancel, cancelled)
                + _chains(rendezvous.give_up, contested)
                + _chains(aides.decide, self._decided[day])
            ),
            Wave(_chains(rendezvous.move, moved)),
        )
        return tuple(wave for wave in waves if wave.chains)


def _partners_read(name: str) -> Wave:
    """Each partner reads what it may at this moment: decided then, not when it was written."""
    return Wave(_chains(partages.read_facts, [(code, name) for code in PARTENAIRES]))


def _openings(
    plan: Plan, period: Period, agent_id: Callable[[str], Any]
) -> list[list[dict[str, str]]]:
    """Every half-day of every agent who receives, two hundred at a time."""
    receiving = {each.agent for each in plan.rendezvous}
    agents = [agent for agent in plan.population.agents if agent.ref in receiving]
    rows = [
        _opening(agent, day, hours, agent_id)
        for agent in agents
        for day in period.days
        for hours in _HOURS
    ]
    return [list(batch) for batch in _batches(rows, _OPENINGS_AT_ONCE)]


def _opening(
    agent: Agent, day: date, hours: tuple[str, str], agent_id: Callable[[str], Any]
) -> dict[str, str]:
    return {
        "agent_id": str(agent_id(agent.ref)),
        "site": agent.site,
        "day": day.isoformat(),
        "from": hours[0],
        "to": hours[1],
    }


def _each(act: Callable[[World, Item], None], items: Iterable[Item]) -> Wave:
    return Wave(_chains(act, items), settles=True)


def _chains(act: Callable[[World, Item], None], items: Iterable[Item]) -> list[Chain]:
    return [[(act, item)] for item in items]


def _one_by_one(act: Callable[[World, Item], None], items: Sequence[Item]) -> list[Chain]:
    """One chain: each takes what the one before has left."""
    return [[(act, item) for item in items]] if items else []


def _batches(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


def _by(items: Iterable[Item], day_of: Callable[[Item], Any]) -> defaultdict[date, list[Item]]:
    found: defaultdict[date, list[Item]] = defaultdict(list)
    for item in items:
        found[day_of(item)].append(item)
    return found
