"""Free slots: loads intervals once, then only arithmetic."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from operator import attrgetter
from uuid import UUID

from chassis.clock import paris_day
from services.rendezvous.agenda import AgentTime, free_starts, on_grid
from services.rendezvous.domain.motif import Motif
from services.rendezvous.domain.occupation import Interval, Line, buffered
from services.rendezvous.domain.rendezvous import Place
from services.rendezvous.persistence import UnitOfWork

#: Alternatives are sought from a week before to two weeks after, then six weeks on: *exemple*.
_NEAR = (timedelta(days=7), timedelta(days=14))
_FAR = timedelta(days=42)
_FEWEST, _MOST = 3, 5
_STEP = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Creneau:
    """A time that can be booked, and the agents who would hold it together."""

    starts_at: datetime
    ends_at: datetime
    site: str
    agent_ids: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class Search:
    """Which slots. Each team is one agent, or several who receive together."""

    motif: Motif
    teams: Sequence[tuple[UUID, ...]]
    window: Interval
    site: str | None = None
    room_id: UUID | None = None
    personne_ids: tuple[UUID, ...] = ()
    own: UUID | None = None
    step: timedelta = _STEP


@dataclass(frozen=True, kw_only=True)
class Alternatives:
    """What was refused, and for whom others are sought."""

    motif: Motif
    place: Place
    personne_ids: tuple[UUID, ...]
    own: UUID | None = None


class _Loaded:
    """The lines of a search, by resource."""

    def __init__(self, lines: Sequence[Line], own: UUID | None) -> None:
        self._openings: dict[UUID, list[Line]] = {}
        self._busy: dict[UUID, list[Interval]] = {}
        for line in lines:
            if line.during is None or line.stale or (own and line.owner_id == own):
                continue
            if line.kind == "opening":
                self._openings.setdefault(line.resource_id, []).append(line)
            else:
                self._busy.setdefault(line.resource_id, []).append(line.during)

    def busy(self, resource_id: UUID | None) -> list[Interval]:
        """When a resource is taken."""
        return self._busy.get(resource_id, []) if resource_id else []

    def sites(self, team: tuple[UUID, ...]) -> list[str]:
        """Sites where every agent of the team has an opening."""
        open_at = [{line.site or "" for line in self._openings.get(a, ())} for a in team]
        return sorted(set.intersection(*open_at)) if open_at else []

    def time_of(self, agent_id: UUID, motif: Motif, site: str) -> AgentTime:
        """One agent's time on a site for a motif."""
        openings = [
            line.during
            for line in self._openings.get(agent_id, ())
            if line.during and line.is_open_for(motif, site)
        ]
        return AgentTime(openings=openings, busy=self.busy(agent_id))


def find_free(uow: UnitOfWork, search: Search) -> Iterator[Creneau]:
    """Free slots in order of time, then site and agents. One statement, then arithmetic."""
    earliest, latest = search.motif.window(uow.now)
    window = Interval(max(search.window.start, earliest), min(search.window.end, latest))
    agents = sorted({agent_id for team in search.teams for agent_id in team})
    if not agents or window.start >= window.end:
        return iter(())
    rooms = [search.room_id] if search.room_id else []
    shape = search.motif.shape
    lines = uow.occupations.situation(
        agent_ids=agents,
        resource_ids=[*agents, *rooms, *search.personne_ids],
        window=buffered(Interval(window.start, window.end + shape.duration), shape),
        now=uow.now,
    )
    loaded = _Loaded(lines, search.own)
    found = [_slots(search, window, loaded, team, at) for team, at in _pairs(search, loaded)]
    return heapq.merge(*found, key=attrgetter("starts_at", "site", "agent_ids"))


def _pairs(search: Search, loaded: _Loaded) -> Iterator[tuple[tuple[UUID, ...], str]]:
    for team in search.teams:
        for at in loaded.sites(team):
            if search.site is None or at == search.site:
                yield team, at


def _slots(
    search: Search, window: Interval, loaded: _Loaded, team: tuple[UUID, ...], at: str
) -> Iterator[Creneau]:
    shape = search.motif.shape
    room = loaded.busy(search.room_id)
    times = [loaded.time_of(agent_id, search.motif, at) for agent_id in team]
    times = [AgentTime(openings=t.openings, busy=[*t.busy, *room]) for t in times]
    avoid = [span for personne_id in search.personne_ids for span in loaded.busy(personne_id)]
    starts = free_starts(times, shape, avoid=avoid)
    for moment in on_grid(starts, window=window, step=search.step):
        yield Creneau(starts_at=moment, ends_at=moment + shape.duration, site=at, agent_ids=team)


def teams_of_site(
    uow: UnitOfWork, motif: Motif, site: str, *, window: Interval, profession: str | None
) -> list[tuple[UUID, ...]]:
    """Every agent open on a site in a window whose profession holds the motif, one by one."""
    return lone_teams(uow, motif, uow.plannings.agents_open_at(site, window), window, profession)


def lone_teams(
    uow: UnitOfWork,
    motif: Motif,
    agent_ids: Sequence[UUID],
    window: Interval,
    profession: str | None = None,
) -> list[tuple[UUID, ...]]:
    """Those of these agents who may lead the motif, each alone."""
    posts = uow.knowns.assignments_on(agent_ids, paris_day(window.start)) if agent_ids else {}
    return [
        (agent_id,)
        for agent_id in agent_ids
        if (post := posts.get(agent_id)) is not None
        and post.active
        and motif.takes(post.profession)
        and profession in (None, post.profession)
    ]


def alternatives(uow: UnitOfWork, refused: Alternatives) -> list[dict[str, object]]:
    """Three to five bookable times nearest to a refused one, where the horizon has them."""
    place = refused.place
    near = Interval(place.starts_at - _NEAR[0], place.starts_at + _NEAR[1])
    far = Interval(near.start, place.starts_at + _FAR)
    found = _nearest(uow, refused, [place.agent_ids], near)
    if len(found) < _FEWEST:
        found = _nearest(uow, refused, [place.agent_ids], far)
    if len(found) < _FEWEST and len(place.agent_ids) == 1:
        window = Interval(max(near.start, uow.now), near.end)
        others = teams_of_site(uow, refused.motif, place.site, window=window, profession=None)
        others = [team for team in others if team != place.agent_ids]
        found = (found + _nearest(uow, refused, others, near))[:_MOST]
    return [
        {
            "starts_at": one.starts_at.isoformat(),
            "ends_at": one.ends_at.isoformat(),
            "site": one.site,
            "agent_ids": [str(agent_id) for agent_id in one.agent_ids],
        }
        for one in found
    ]


def _nearest(
    uow: UnitOfWork, refused: Alternatives, teams: Sequence[tuple[UUID, ...]], window: Interval
) -> list[Creneau]:
    wanted = refused.place.starts_at
    slots = find_free(
        uow,
        Search(
            motif=refused.motif,
            teams=teams,
            window=window,
            site=refused.place.site,
            room_id=refused.place.room_id,
            personne_ids=refused.personne_ids,
            own=refused.own,
        ),
    )
    return heapq.nsmallest(_MOST, slots, key=lambda one: abs(one.starts_at - wanted))


def first(slots: Iterator[Creneau], most: int) -> list[Creneau]:
    """At most so many slots."""
    return list(islice(slots, most))
