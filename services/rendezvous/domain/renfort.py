"""The monthly planning of the volants: a pure function, explained line by line.

Needs are served in one order: rank 1 before rank 2, then those that have waited longest (in
days), then those whose MDS received least of what it asked this year, then by id. Each takes all
it can before the next, week by week and profession by profession; a day taken by one before may
be moved, never taken back (an augmenting path), so that no day is left empty that a need could
have had. Days are then handed out to volants so that each stays where they are: whole weeks
first, the MDS of the week before if it is the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from uuid import UUID

from services.rendezvous.domain.besoin import Profession, Reason, week_of


@dataclass(frozen=True, kw_only=True)
class Volant:
    """Someone of the service volant, and the whole days they can give in the month."""

    agent_id: UUID
    profession: Profession
    days: frozenset[date]


@dataclass(frozen=True, kw_only=True)
class Need:
    """What is left to give to a besoin in the month.

    `days`: the days worked on which it may be served; `given`: days of its weeks it has already,
    by Monday; `received`, `asked`: days of its MDS and profession this year.
    """

    besoin_id: UUID
    mds: str
    profession: Profession
    reason: Reason
    asked_on: date
    days_per_week: int
    days: frozenset[date]
    given: Mapping[date, int] = field(default_factory=dict)
    received: int = 0
    asked: int = 0

    def wanted(self, week: date) -> int:
        """Days still asked in a week."""
        return max(0, self.days_per_week - self.given.get(week, 0))

    def days_of(self, week: date) -> list[date]:
        """Its days of a week, in order."""
        return sorted(day for day in self.days if week_of(day) == week)


@dataclass(frozen=True, kw_only=True)
class Assigned:
    """Days of one volant for one besoin in one week, and why."""

    agent_id: UUID
    besoin_id: UUID
    mds: str
    profession: Profession
    reason: Reason
    days: tuple[date, ...]
    explanation: str


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Days a besoin asked in a week and that nobody is left to give."""

    besoin_id: UUID
    mds: str
    profession: Profession
    week: date
    missing: int


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A month: what is given, and what is not."""

    lines: Sequence[Assigned]
    gaps: Sequence[Gap]


def propose(
    volants: Collection[Volant], needs: Collection[Need], *, places: Mapping[UUID, str]
) -> Proposal:
    """The same proposal for the same volants and needs, in whatever order they come.

    `places`: the MDS where each volant was last, before the month.
    """
    lines: list[Assigned] = []
    gaps: list[Gap] = []
    for profession in Profession:
        team = sorted(
            (one for one in volants if one.profession is profession), key=lambda one: one.agent_id
        )
        month = _Month(team, places)
        mine = [one for one in needs if one.profession is profession]
        for week in sorted({week_of(day) for need in mine for day in need.days}):
            served = month.serve(mine, week)
            lines += month.hand_out(served)
            gaps += _gaps(served, week)
    return Proposal(lines=lines, gaps=gaps)


@dataclass(frozen=True)
class _Served:
    """What a need gets in a week, out of how many days."""

    need: Need
    days: Sequence[date]
    wanted: int
    why: str


class _Month:
    """The volants of one profession over the weeks of a month."""

    def __init__(self, team: Sequence[Volant], places: Mapping[UUID, str]) -> None:
        self._team = team
        self._taken: set[tuple[UUID, date]] = set()
        self._place = dict(places)
        self._received: Counter[str] = Counter()

    def serve(self, needs: Sequence[Need], week: date) -> list[_Served]:
        """Days of one week to each need, in their order."""
        waiting = [need for need in needs if need.wanted(week) and need.days_of(week)]
        days = {day for need in waiting for day in need.days_of(week)}
        seats = _Seats({day: sum(day in one.days for one in self._team) for day in days})
        ordered = sorted(waiting, key=self._order)
        shares = {need.besoin_id: self._received_by(need) for need in ordered}
        wanted = {n.besoin_id: min(n.wanted(week), len(n.days_of(week))) for n in ordered}
        for need in ordered:
            seats.give(need.besoin_id, need.days_of(week), wanted[need.besoin_id])
        served = []
        for need in ordered:
            given = seats.days_of(need.besoin_id)
            self._received[need.mds] += len(given)
            asked = wanted[need.besoin_id]
            why = _explain(need, len(given), asked, shares[need.besoin_id])
            served.append(_Served(need, given, asked, why))
        return served

    def hand_out(self, served: Iterable[_Served]) -> list[Assigned]:
        """Who goes where: the longest stays first. On each day as many volants are free as needs
        are left to serve, so that nobody is ever missing."""
        lines = []
        for one in sorted(served, key=lambda each: -len(each.days)):
            left = set(one.days)
            while left:
                volant, days = self._best(left, one.need.mds)
                self._taken |= {(volant.agent_id, day) for day in days}
                left -= days
                lines.append((one, volant, days))
        # Where each is on their last day of the week, for the week that follows.
        by_day = sorted(lines, key=lambda line: max(line[2]))
        self._place |= {volant.agent_id: one.need.mds for one, volant, _ in by_day}
        return [_line(*each) for each in lines]

    def _best(self, days: set[date], mds: str) -> tuple[Volant, set[date]]:
        """Who covers most of these days; then who is at this MDS already; then the least free."""
        offers = [(one, {day for day in days if self._is_free(one, day)}) for one in self._team]
        return min(
            offers,
            key=lambda offer: (
                -len(offer[1]),
                self._place.get(offer[0].agent_id) != mds,
                self._free_days(offer[0], days),
                offer[0].agent_id,
            ),
        )

    def _is_free(self, volant: Volant, day: date) -> bool:
        return day in volant.days and (volant.agent_id, day) not in self._taken

    def _free_days(self, volant: Volant, days: set[date]) -> int:
        week = week_of(min(days))
        return sum(week_of(day) == week and self._is_free(volant, day) for day in volant.days)

    def _order(self, need: Need) -> tuple[int, date, Fraction, UUID]:
        share = Fraction(self._received_by(need), max(1, need.asked))
        return need.reason.rank, need.asked_on, share, need.besoin_id

    def _received_by(self, need: Need) -> int:
        return need.received + self._received[need.mds]


class _Seats:
    """One week: on each day, as many needs as volants. Grown by augmenting paths."""

    def __init__(self, seats: Mapping[date, int]) -> None:
        self._seats = seats
        self._at: dict[date, list[UUID]] = {day: [] for day in seats}
        self._days: dict[UUID, Sequence[date]] = {}

    def give(self, need: UUID, days: Sequence[date], most: int) -> None:
        """Up to `most` of these days; nobody served before loses any, they only move."""
        self._days[need] = days
        for _ in range(most):
            if not self._seat(need, set()):
                return

    def days_of(self, need: UUID) -> list[date]:
        """What a need got, in order."""
        return sorted(day for day, needs in self._at.items() if need in needs)

    def _seat(self, need: UUID, tried: set[date]) -> bool:
        """One more day, if anybody can be moved to free it."""
        for day in self._days[need]:
            if day in tried or need in self._at[day]:
                continue
            tried.add(day)
            if len(self._at[day]) < self._seats[day] or self._free(day, tried):
                self._at[day].append(need)
                return True
        return False

    def _free(self, day: date, tried: set[date]) -> bool:
        """Move someone from a day to another of theirs."""
        for other in list(self._at[day]):
            if self._seat(other, tried):
                self._at[day].remove(other)
                return True
        return False


def _gaps(served: Iterable[_Served], week: date) -> list[Gap]:
    return [
        Gap(
            besoin_id=one.need.besoin_id,
            mds=one.need.mds,
            profession=one.need.profession,
            week=week,
            missing=one.wanted - len(one.days),
        )
        for one in served
        if len(one.days) < one.wanted
    ]


def _line(one: _Served, volant: Volant, days: set[date]) -> Assigned:
    return Assigned(
        agent_id=volant.agent_id,
        besoin_id=one.need.besoin_id,
        mds=one.need.mds,
        profession=one.need.profession,
        reason=one.need.reason,
        days=tuple(sorted(days)),
        explanation=one.why,
    )


def _explain(need: Need, given: int, wanted: int, received: int) -> str:
    """Why a need is served so, in French; numbers and dates only."""
    return (
        f"Rang {need.reason.rank}, demandé le {need.asked_on:%d/%m/%Y} : "
        f"{given} jour(s) sur {wanted} possible(s) cette semaine. Cette année, la MDS avait reçu "
        f"{received} jour(s) sur {need.asked} demandé(s) pour cette profession."
    )
