"""Free hours: no agent and no person is ever in two rendezvous at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from demo.population import Agent
from demo.streams import stream
from demo.worked_days import STARTS, at, month


class PlanError(ValueError):
    """The figures do not fit into the year. The message, in French, says where."""


@dataclass(frozen=True, order=True)
class Slot:
    """One hour of one day."""

    day: date
    hour: int

    @property
    def starts_at(self) -> datetime:
        """When it starts, in Paris."""
        return at(self.day, STARTS[self.hour])


class Agenda:
    """The free slots of every agent, month by month, in an order drawn once."""

    def __init__(self, year: int, seed: int) -> None:
        self._year, self._seed = year, seed
        self._free: dict[tuple[str, int], list[Slot]] = {}
        self._busy: defaultdict[str, set[Slot]] = defaultdict(set)
        self._turns: defaultdict[tuple[str, ...], int] = defaultdict(int)

    def take(
        self, agents: Sequence[Agent], month_number: int, *, after: date | None = None
    ) -> tuple[Agent, Slot]:
        """A free slot of the agent whose turn it is. Raises PlanError when all are full.

        `after`: only slots of later days.
        """
        turn_key = tuple(agent.ref for agent in agents)
        for _ in agents:
            agent = agents[self._turns[turn_key] % len(agents)]
            self._turns[turn_key] += 1
            slot = self._pop(agent.ref, month_number, after)
            if slot:
                return agent, slot
        place = agents[0].mds if agents else "?"
        raise PlanError(
            f"{place}, mois {month_number} : plus aucune heure libre pour {len(agents)} agent(s) ;"
            " les chiffres demandent plus de rendez-vous que leur agenda n’en contient"
        )

    def is_free(self, personne: str, slot: Slot) -> bool:
        """Whether this person has nothing else then."""
        return slot not in self._busy[personne]

    def occupy(self, personne: str, slot: Slot) -> None:
        """This person is expected then."""
        self._busy[personne].add(slot)

    def first_free(self, people: Iterable[str], slot: Slot) -> str | None:
        """The first of these people who has nothing else then."""
        return next((ref for ref in people if self.is_free(ref, slot)), None)

    def _pop(self, agent: str, month_number: int, after: date | None) -> Slot | None:
        free = self._slots(agent, month_number)
        for index in range(len(free) - 1, -1, -1):
            if after is None or free[index].day > after:
                return free.pop(index)
        return None

    def _slots(self, agent: str, month_number: int) -> list[Slot]:
        if (agent, month_number) not in self._free:
            days = month(self._year, month_number).days
            slots = [Slot(day, hour) for day in days for hour in range(len(STARTS))]
            stream(self._seed, "agenda", agent, month_number).shuffle(slots)
            self._free[agent, month_number] = slots
        return self._free[agent, month_number]
