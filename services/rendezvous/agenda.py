"""Slot arithmetic: pure functions over loaded intervals, no input, no output.

A start time `s` is free for one agent when
- `[s, s + duration)` lies inside their openings (openings that touch are one),
- `[s - before, s + duration + after)` meets none of their busy times (rendezvous and holds with
  their own buffers, absences),
- `[s, s + duration)` meets none of the times to avoid (the person's own rendezvous: no buffer).
It is free for several agents together when it is free for each. Everything is in UTC, so that a
clock change lengthens or shortens nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from services.rendezvous.domain.motif import Shape
from services.rendezvous.domain.occupation import Interval, merged

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Starts(NamedTuple):
    """Every start from `first` to `last`, both included."""

    first: datetime
    last: datetime


@dataclass(frozen=True, kw_only=True)
class AgentTime:
    """What one agent's agenda says."""

    openings: Sequence[Interval]
    busy: Sequence[Interval]


def free_starts(
    agents: Sequence[AgentTime], shape: Shape, *, avoid: Sequence[Interval] = ()
) -> list[Starts]:
    """When all these agents can start together. No agent: never."""
    if not agents:
        return []
    common = _starts_of(agents[0], shape, avoid)
    for agent in agents[1:]:
        common = _both(common, _starts_of(agent, shape, avoid))
    return common


def on_grid(starts: Iterable[Starts], *, window: Interval, step: timedelta) -> Iterator[datetime]:
    """The starts of a window that fall on the grid of `step`, in order.

    `step` divides the hour, and Paris is always whole hours from UTC: the grid is the same on
    the wall.
    """
    for first, last in starts:
        moment = _next_on_grid(max(first, window.start), step)
        while moment <= last and moment < window.end:
            yield moment
            moment += step


def _starts_of(agent: AgentTime, shape: Shape, avoid: Sequence[Interval]) -> list[Starts]:
    allowed = [
        Starts(start, end - shape.duration)
        for start, end in merged(agent.openings)
        if start <= end - shape.duration
    ]
    margin_before = shape.duration + shape.after
    forbidden = [Interval(s - margin_before, e + shape.before) for s, e in agent.busy if s < e]
    forbidden += [Interval(s - shape.duration, e) for s, e in avoid if s < e]
    return _without(allowed, _open_union(forbidden))


def _open_union(intervals: Iterable[Interval]) -> list[Interval]:
    """Union of open intervals: two that only touch leave the point between them allowed."""
    result: list[Interval] = []
    for start, end in sorted(intervals):
        if result and start < result[-1].end:
            result[-1] = Interval(result[-1].start, max(end, result[-1].end))
        else:
            result.append(Interval(start, end))
    return result


def _without(allowed: Sequence[Starts], forbidden: Sequence[Interval]) -> list[Starts]:
    """Closed ranges minus open ones, both sorted: one pass."""
    result: list[Starts] = []
    at = 0
    for first, last in allowed:
        while at < len(forbidden) and forbidden[at].end <= first:
            at += 1
        here = at
        free_from = first
        while free_from <= last and here < len(forbidden) and forbidden[here].start < last:
            if free_from <= forbidden[here].start:
                result.append(Starts(free_from, forbidden[here].start))
            free_from = max(free_from, forbidden[here].end)
            here += 1
        if free_from <= last:
            result.append(Starts(free_from, last))
    return result


def _both(ones: Sequence[Starts], others: Sequence[Starts]) -> list[Starts]:
    """Intersection of two sorted lists of closed ranges."""
    result: list[Starts] = []
    i = j = 0
    while i < len(ones) and j < len(others):
        first = max(ones[i].first, others[j].first)
        last = min(ones[i].last, others[j].last)
        if first <= last:
            result.append(Starts(first, last))
        if ones[i].last < others[j].last:
            i += 1
        else:
            j += 1
    return result


def _next_on_grid(moment: datetime, step: timedelta) -> datetime:
    return moment + (_EPOCH - moment) % step
