"""Slot arithmetic: pure functions over loaded intervals, no input, no output.

Times are whole microseconds since 1970 in UTC (`ticks`), so that a clock change lengthens or
shortens nothing. On one site, a start `s` is free
- for one agent, when `[s, s + duration)` lies inside their openings (openings that touch are one)
  and `[s - before, s + duration + after)` meets none of their busy times (rendezvous and holds
  with their own buffers, absences);
- for several agents together, when it is free for each;
- for any `size` agents, when one who may lead it and `size - 1` others who may second are free;
- with a room or a vehicle, when one of those of the site meets none of its own busy times;
- for the personnes, when `[s, s + duration)` meets none of theirs (no buffer).

Everything is lazy: an agent's agenda is looked into once the merge has come to their first
opening, so that the first slots of many agents cost little more than those of a few.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from heapq import heapify, heappop, heappush, heapreplace, merge
from typing import NamedTuple

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


class Span(NamedTuple):
    """From `start` included to `end` excluded, in ticks. A plain pair does as well."""

    start: int
    end: int


class Reach(NamedTuple):
    """The time a rendezvous takes, in ticks: the person's, and what is added around it."""

    duration: int
    before: int = 0
    after: int = 0


class Slot(NamedTuple):
    """A start, where, the agents (the lead first), and one resource of each pool."""

    start: int
    site: str
    agents: tuple[Hashable, ...]
    resources: tuple[Hashable, ...] = ()


class Who(StrEnum):
    """Which agents: each alone, all of them together, or any so many of them."""

    ALONE = "ALONE"
    TOGETHER = "TOGETHER"
    ANY = "ANY"


class AgentTime(NamedTuple):
    """What one agent's agenda says on a site. Spans in any order, overlapping or empty."""

    id: Hashable
    openings: Sequence[tuple[int, int]]
    busy: Sequence[tuple[int, int]]
    #: Whether they may lead the rendezvous, and second it.
    leads: bool = True
    seconds: bool = True


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A room or a vehicle: when it is taken, and the time it needs around the rendezvous."""

    id: Hashable
    busy: Sequence[tuple[int, int]]
    before: int = 0
    after: int = 0


@dataclass(frozen=True, kw_only=True)
class SiteTime:
    """One site: its agents in the order they are proposed in, and its pools of resources, of
    each of which one is needed."""

    site: str
    reach: Reach
    agents: Sequence[AgentTime]
    pools: Sequence[Sequence[Resource]] = ()


@dataclass(frozen=True, kw_only=True)
class Ask:
    """Which slots. `size` is read for Who.ANY; `avoid` is the time of the personnes. `step`
    divides the hour, and Paris is always whole hours from UTC: the grid is that of the wall."""

    window: tuple[int, int]
    step: int
    who: Who = Who.ALONE
    size: int = 1
    avoid: Sequence[tuple[int, int]] = ()


def cut(times: Iterable[tuple[int, int]], holes: Iterable[tuple[int, int]]) -> list[Span]:
    """What holes leave of times, in the order of the times."""
    left = [Span(*one) for one in times]
    for start, end in holes:
        parts = (
            Span(*part)
            for one in left
            for part in ((one.start, min(one.end, start)), (max(one.start, end), one.end))
        )
        left = [part for part in parts if part.start < part.end]
    return left


def ticks(moment: datetime) -> int:
    """An instant as a number."""
    return (moment - _EPOCH) // _TICK


def moment_of(number: int) -> datetime:
    """A number as an instant, in UTC."""
    return _EPOCH + timedelta(microseconds=number)


def slots(sites: Iterable[SiteTime], ask: Ask) -> Iterator[Slot]:
    """Free slots by start, then site, then the order of the agents. With Who.ANY, one team for a
    start and a site: the first that can be made, no combination being tried."""
    return merge(*(_of_site(site, ask) for site in sorted(sites, key=lambda one: one.site)))


def _of_site(site: SiteTime, ask: Ask) -> Iterator[Slot]:
    barred = Barred(ask.avoid, site.reach, before=0, after=0)
    pools = [
        [(one.id, Barred(one.busy, site.reach, before=one.before, after=one.after)) for one in pool]
        for pool in site.pools
    ]
    for start, agents in _TEAMS[ask.who](site, ask):
        if barred.bars(start):
            continue
        found = [_first_free(pool, start) for pool in pools]
        if None not in found:
            yield Slot(start, site.site, agents, tuple(found))


def _first_free(pool: Sequence[tuple[Hashable, Barred]], start: int) -> Hashable | None:
    return next((identity for identity, barred in pool if not barred.bars(start)), None)


class Barred:
    """The starts that busy times leave no room for: open ranges, sorted and disjoint."""

    __slots__ = ("_ends", "_starts")

    def __init__(
        self, busy: Iterable[tuple[int, int]], reach: Reach, *, before: int, after: int
    ) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        margin = reach.duration + after
        for start, end in sorted(busy):
            if start >= end:
                continue
            first, last = start - margin, end + before
            # Two that only touch leave the start between them free.
            if self._ends and first < self._ends[-1]:
                self._ends[-1] = max(last, self._ends[-1])
            else:
                self._starts.append(first)
                self._ends.append(last)

    def bars(self, start: int) -> bool:
        """Whether a start meets a busy time."""
        at = bisect_left(self._starts, start) - 1
        return at >= 0 and start < self._ends[at]

    def without(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """What is left of the starts from `first` to `last`, both included."""
        at = max(bisect_left(self._starts, first) - 1, 0)
        while first <= last and at < len(self._starts) and self._starts[at] < last:
            if first <= self._starts[at]:
                yield first, self._starts[at]
            first = max(first, self._ends[at])
            at += 1
        if first <= last:
            yield first, last


def _alone(site: SiteTime, ask: Ask) -> Iterator[tuple[int, tuple[Hashable, ...]]]:
    """Every agent's starts, merged. An agent waits with the bound of their first opening."""
    leads = [agent for agent in site.agents if agent.leads]
    queue: list[tuple[int, int, Iterator[int] | None]] = []
    for rank, agent in enumerate(leads):
        bound = _bound(agent, ask)
        if bound is not None:
            queue.append((bound, rank, None))
    heapify(queue)
    while queue:
        start, rank, starts = queue[0]
        if starts is None:
            starts = _grid(_on_grid(leads[rank], site.reach, ask), ask.step)
        else:
            yield start, (leads[rank].id,)
        following = next(starts, None)
        if following is None:
            heappop(queue)
        else:
            heapreplace(queue, (following, rank, starts))


def _together(site: SiteTime, ask: Ask) -> Iterator[tuple[int, tuple[Hashable, ...]]]:
    """The starts that are free for all, the first of whom leads."""
    if not site.agents or not site.agents[0].leads:
        return
    team = tuple(agent.id for agent in site.agents)
    common = _on_grid(site.agents[0], site.reach, ask)
    for agent in site.agents[1:]:
        common = _both(common, _on_grid(agent, site.reach, ask))
    for start in _grid(common, ask.step):
        yield start, team


def _any(site: SiteTime, ask: Ask) -> Iterator[tuple[int, tuple[Hashable, ...]]]:
    """One team for each start: a sweep over who becomes free and who no longer is."""
    sweep = _Sweep(site, ask)
    start = sweep.next_start()
    while start is not None:
        team = _team(site.agents, sweep.free_at(start), ask.size)
        if team is not None:
            yield start, tuple(site.agents[rank].id for rank in team)
        start = sweep.next_start(start + ask.step)


class _Sweep:
    """Who is free at each start of the grid, going forward."""

    def __init__(self, site: SiteTime, ask: Ask) -> None:
        self._site, self._ask = site, ask
        #: Ranks of those who are free, in order.
        self._free: list[int] = []
        #: (last start, rank) of those who are free; (first start, rank, last start) of the others.
        self._ending: list[tuple[int, int]] = []
        self._coming: list[tuple[int, int, int | None]] = []
        self._ranges: dict[int, Iterator[tuple[int, int]]] = {}
        for rank, agent in enumerate(site.agents):
            bound = _bound(agent, ask)
            if bound is not None and (agent.leads or agent.seconds):
                self._coming.append((bound, rank, None))
        heapify(self._coming)

    def next_start(self, after: int | None = None) -> int | None:
        """The next start at which anybody may be free: one step on while somebody is."""
        if after is not None and self._ending:
            return after
        return self._coming[0][0] if self._coming else None

    def free_at(self, start: int) -> Sequence[int]:
        """Ranks of those who are free at a start, which comes after those asked before."""
        while self._ending and self._ending[0][0] < start:
            _, rank = heappop(self._ending)
            del self._free[bisect_left(self._free, rank)]
            self._await(rank)
        while self._coming and self._coming[0][0] <= start:
            _, rank, last = heappop(self._coming)
            if last is None:
                self._ranges[rank] = _on_grid(self._site.agents[rank], self._site.reach, self._ask)
                self._await(rank)
            else:
                insort(self._free, rank)
                heappush(self._ending, (last, rank))
        return self._free

    def _await(self, rank: int) -> None:
        following = next(self._ranges[rank], None)
        if following is not None:
            heappush(self._coming, (following[0], rank, following[1]))


def _team(agents: Sequence[AgentTime], free: Sequence[int], size: int) -> list[int] | None:
    """One who leads and the first others who second, or None. When there are just enough to
    second, the lead is taken among those who do not."""
    lead = next((rank for rank in free if agents[rank].leads), None)
    if lead is None:
        return None
    others: list[int] = []
    for rank in free:
        if len(others) == size - 1:
            break
        if rank != lead and agents[rank].seconds:
            others.append(rank)
    if len(others) == size - 1:
        return [lead, *others]
    spare = next((r for r in free if agents[r].leads and not agents[r].seconds), None)
    if spare is None or len(others) < size - 2 or not agents[lead].seconds:
        return None
    return [spare, *sorted([lead, *others])]


_TEAMS = {Who.ALONE: _alone, Who.TOGETHER: _together, Who.ANY: _any}


def _bound(agent: AgentTime, ask: Ask) -> int | None:
    """A start on the grid before which the agent has none; None when they have none at all."""
    if not agent.openings:
        return None
    first = max(min(agent.openings)[0], ask.window[0])
    first += -first % ask.step
    return first if first < ask.window[1] else None


def _on_grid(agent: AgentTime, reach: Reach, ask: Ask) -> Iterator[tuple[int, int]]:
    """An agent's free starts as ranges, both ends included and on the grid, in order."""
    barred = Barred(agent.busy, reach, before=reach.before, after=reach.after)
    step = ask.step
    for opens, closes in merged(agent.openings):
        first = max(opens, ask.window[0])
        last = min(closes - reach.duration, ask.window[1] - 1)
        if first > last:
            continue
        for start, end in barred.without(first, last):
            on_first, on_last = start + -start % step, end - end % step
            if on_first <= on_last:
                yield on_first, on_last


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted and disjoint; those that touch become one, empty ones disappear."""
    result: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def _grid(ranges: Iterable[tuple[int, int]], step: int) -> Iterator[int]:
    for first, last in ranges:
        yield from range(first, last + 1, step)


def _both(
    ones: Iterator[tuple[int, int]], others: Iterator[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """What two sorted lists of closed ranges have in common."""
    one, other = next(ones, None), next(others, None)
    while one is not None and other is not None:
        first, last = max(one[0], other[0]), min(one[1], other[1])
        if first <= last:
            yield first, last
        if one[1] < other[1]:
            one = next(ones, None)
        else:
            other = next(others, None)
