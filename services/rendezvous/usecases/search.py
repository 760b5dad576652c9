"""Free slots: loads a window at a time, then only arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby, islice
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from chassis.clock import instant_of, paris_day
from services.rendezvous import agenda
from services.rendezvous.agenda import Ask, Reach, SiteTime, Slot, Who, moment_of, ticks
from services.rendezvous.domain.motif import Motif, Shape
from services.rendezvous.domain.occupation import Interval, Stretch, takes
from services.rendezvous.domain.projections import Post
from services.rendezvous.domain.resource import Resource, ResourceKind
from services.rendezvous.domain.zone import travel_minutes
from services.rendezvous.persistence import UnitOfWork

STEP = timedelta(minutes=15)
#: The first window loaded, then twice as long each time: whoever wants a few slots of many agents
#: reads two days of them, and six months are read in seven statements at most.
_FIRST_WINDOW, _LONGEST_WINDOW = timedelta(days=2), timedelta(days=64)
#: So few agents are read at once over six weeks.
_FEW, _WINDOW_OF_FEW = 4, timedelta(days=42)

Times = Sequence[tuple[int, int]]


@dataclass(frozen=True, kw_only=True)
class Creneau:
    """A time that can be booked, the agents who would hold it (the lead first), and the room and
    the vehicle it would take."""

    starts_at: datetime
    ends_at: datetime
    site: str
    agent_ids: tuple[UUID, ...]
    room_id: UUID | None = None
    vehicle_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Search:
    """Which slots. Who.ALONE: of each of the agents; Who.TOGETHER: of all of them, the first
    leads; Who.ANY: of any `size` of them."""

    motif: Motif
    window: Interval
    #: Among whom; empty: whoever is open on the sites.
    agent_ids: tuple[UUID, ...] = ()
    #: Where; empty: wherever the agents are open.
    sites: tuple[str, ...] = ()
    who: Who = Who.ALONE
    size: int = 1
    #: Of the lead, and of the others; None: all that the motif takes, and any.
    profession: str | None = None
    second_profession: str | None = None
    room_id: UUID | None = None
    vehicle_id: UUID | None = None
    #: One of the site's, besides what the motif needs.
    with_room: bool = False
    with_vehicle: bool = False
    zone: str | None = None
    personne_ids: tuple[UUID, ...] = ()
    own: UUID | None = None
    step: timedelta = STEP

    @property
    def team(self) -> int:
        """How many agents receive together."""
        sizes = {Who.ALONE: 1, Who.TOGETHER: len(self.agent_ids), Who.ANY: self.size}
        return sizes[self.who]


def find_free(uow: UnitOfWork, search: Search) -> Iterator[Creneau]:
    """Free slots by time, then site and agents, as far as they are asked for. Two statements
    load a window, and the next one only once the slots of the first are used up."""
    window = _bookable(search, uow.now)
    if not (search.agent_ids or search.sites) or window.start >= window.end:
        return
    if search.team < search.motif.min_agents:
        return
    ground = _ground(uow, search)
    for part in _parts(window, len(search.agent_ids)):
        yield from _in_part(uow, search, ground, part)


def find_each(uow: UnitOfWork, searches: Sequence[Search]) -> list[Iterator[Creneau]]:
    """The free slots of each of several searches over one window, loaded at once. They differ by
    motif and profession alone."""
    if not searches:
        return []
    asked = [(search, _ground(uow, search)) for search in searches]
    times = _load(uow, asked, searches[0].window)
    return [_slots(search, ground, times, _bookable(search, uow.now)) for search, ground in asked]


def _bookable(search: Search, now: datetime) -> Interval:
    """The part of the window that the motif's delays let one book."""
    earliest, latest = search.motif.window(now)
    return Interval(max(search.window.start, earliest), min(search.window.end, latest))


def first(slots: Iterator[Creneau], most: int) -> list[Creneau]:
    """At most so many slots."""
    return list(islice(slots, most))


def _parts(window: Interval, agents: int) -> Iterator[Interval]:
    length = _WINDOW_OF_FEW if 0 < agents <= _FEW else _FIRST_WINDOW
    start = window.start
    while start < window.end:
        end = min(start + length, window.end)
        yield Interval(start, end)
        start, length = end, min(2 * length, _LONGEST_WINDOW)


@dataclass(frozen=True, kw_only=True)
class _Ground:
    """What does not change from one window to the next."""

    shape: Shape
    #: Minutes by site then zone; None: the motif is not held at home.
    travel: Mapping[str, Mapping[str, int]] | None
    #: Those that will do, by kind; a kind that is not there is not wanted.
    resources: Mapping[ResourceKind, Sequence[Resource]]

    def shape_at(self, site: str, zone: str | None) -> Shape | None:
        """With the travel from a site; None when none is told for the zone."""
        if self.travel is None:
            return self.shape
        minutes = travel_minutes(self.travel.get(site, {}), zone)
        return None if minutes is None else self.shape.with_travel(minutes)

    @property
    def widest(self) -> Shape:
        """The shape with the longest travel there is."""
        sites = (self.travel or {}).values()
        return self.shape.with_travel(max((m for one in sites for m in one.values()), default=0))


def _ground(uow: UnitOfWork, search: Search) -> _Ground:
    motif = search.motif
    named = {ResourceKind.ROOM: search.room_id, ResourceKind.VEHICLE: search.vehicle_id}
    wanted = {
        ResourceKind.ROOM: search.with_room or motif.needs_room or search.room_id,
        ResourceKind.VEHICLE: search.with_vehicle or motif.needs_vehicle or search.vehicle_id,
    }
    kinds = [kind for kind in ResourceKind if wanted[kind]]
    found = uow.resources.of_sites(search.sites, kinds) if kinds else []
    return _Ground(
        shape=motif.shape,
        travel=uow.zones.travel() if motif.is_away else None,
        resources={
            kind: [one for one in found if one.kind is kind and named[kind] in (None, one.id)]
            for kind in kinds
        },
    )


def _in_part(uow: UnitOfWork, search: Search, ground: _Ground, part: Interval) -> Iterator[Creneau]:
    return _slots(search, ground, _load(uow, [(search, ground)], part), part)


class _Times(NamedTuple):
    """What a window holds."""

    posts: Sequence[Post]
    stretches: Sequence[Stretch]


def _load(uow: UnitOfWork, asked: Sequence[tuple[Search, _Ground]], part: Interval) -> _Times:
    """All that these searches, which differ by motif and profession alone, look into."""
    search = asked[0][0]
    days = (paris_day(part.start), paris_day(part.end))
    posts = uow.knowns.posts(search.agent_ids, search.sites, part, days)
    if not posts:
        return _Times((), ())
    agents = sorted({post.agent_id for post in posts})
    pools = [pool for _, ground in asked for pool in ground.resources.values()]
    others = {*(one.id for pool in pools for one in pool), *search.personne_ids}
    shapes = [(one.motif.shape.duration, ground.widest) for one, ground in asked]
    stretches = uow.occupations.stretches(
        agent_ids=agents,
        resource_ids=[*agents, *sorted(map(str, others))],
        window=Interval(
            part.start - max(widest.before for _, widest in shapes),
            part.end + max(duration + widest.after for duration, widest in shapes),
        ),
        now=uow.now,
        own=search.own,
    )
    return _Times(posts, stretches)


def _slots(search: Search, ground: _Ground, times: _Times, part: Interval) -> Iterator[Creneau]:
    if not times.posts or part.start >= part.end:
        return
    duration = ground.shape.duration
    ask = Ask(
        window=(ticks(part.start), ticks(part.end)),
        step=search.step // timedelta(microseconds=1),
        who=search.who,
        size=search.size,
        avoid=_times_of(list(map(str, search.personne_ids)), times.stretches),
    )
    for slot in agenda.slots(_sites(search, ground, *times), ask):
        yield _creneau(slot, duration, list(ground.resources))


def _creneau(slot: Slot, duration: timedelta, kinds: Sequence[ResourceKind]) -> Creneau:
    starts_at = moment_of(slot.start)
    taken = dict(zip(kinds, slot.resources, strict=True))
    return Creneau(
        starts_at=starts_at,
        ends_at=starts_at + duration,
        site=slot.site,
        agent_ids=tuple(UUID(str(agent)) for agent in slot.agents),
        room_id=taken.get(ResourceKind.ROOM),  # type: ignore[arg-type]  # as the pools were given
        vehicle_id=taken.get(ResourceKind.VEHICLE),  # type: ignore[arg-type]
    )


@dataclass
class _Loaded:
    """Stretches by what they are."""

    openings: dict[str, dict[str, list[tuple[int, int]]]] = field(default_factory=dict)
    #: By site; under None, of every site.
    closed: dict[str | None, list[tuple[int, int]]] = field(default_factory=dict)
    busy: dict[str, list[tuple[int, int]]] = field(default_factory=dict)

    def read(self, stretches: Sequence[Stretch], search: Search) -> None:
        """Sort them; openings elsewhere or for other motifs are left."""
        for kind, resource_id, site, kinds, motifs, starts, ends in stretches:
            if kind == "closure":
                self.closed.setdefault(site, []).extend(zip(starts, ends, strict=True))
            elif kind == "busy":
                self.busy.setdefault(resource_id, []).extend(zip(starts, ends, strict=True))
            elif (not search.sites or site in search.sites) and takes(kinds, motifs, search.motif):
                here = self.openings.setdefault(site or "", {})
                here.setdefault(resource_id, []).extend(zip(starts, ends, strict=True))

    def open_sites(self) -> Iterator[tuple[str, dict[str, Times]]]:
        """By site, the openings of each agent that closings leave."""
        for site, openings in self.openings.items():
            holes = [*self.closed.get(None, ()), *self.closed.get(site, ())]
            yield site, {one: agenda.cut(times, holes) for one, times in openings.items()}


def _times_of(ids: Sequence[str], stretches: Sequence[Stretch]) -> Times:
    return [
        span
        for one in stretches
        if one.resource_id in ids
        for span in zip(one.starts, one.ends, strict=True)
    ]


def _sites(
    search: Search, ground: _Ground, posts: Sequence[Post], stretches: Sequence[Stretch]
) -> list[SiteTime]:
    loaded = _Loaded()
    loaded.read(stretches, search)
    held = {agent: list(some) for agent, some in groupby(posts, key=attrgetter("agent_id"))}
    sites = []
    for site, openings in loaded.open_sites():
        shape = ground.shape_at(site, search.zone)
        agents = _agents(search, held, openings, loaded.busy)
        if shape is None or not agents:
            continue
        pools = [
            _pool(
                [one for one in some if one.site == site],
                ground.shape if kind is ResourceKind.ROOM else shape,
                loaded.busy,
            )
            for kind, some in ground.resources.items()
        ]
        sites.append(SiteTime(site=site, reach=_reach(shape), agents=agents, pools=pools))
    return sites


def _reach(shape: Shape) -> Reach:
    return Reach(*(part // timedelta(microseconds=1) for part in _lengths(shape)))


def _lengths(shape: Shape) -> tuple[timedelta, timedelta, timedelta]:
    return shape.duration, shape.before, shape.after


def _pool(
    resources: Sequence[Resource], shape: Shape, busy: Mapping[str, Times]
) -> list[agenda.Resource]:
    _, before, after = _reach(shape)
    return [
        agenda.Resource(id=one.id, busy=busy.get(str(one.id), ()), before=before, after=after)
        for one in resources
    ]


def _agents(
    search: Search,
    held: Mapping[str, Sequence[Post]],
    openings: Mapping[str, Times],
    busy: Mapping[str, Times],
) -> list[agenda.AgentTime]:
    """Those who may hold it, in the order they are proposed in; none when a team lacks one."""
    if search.who is not Who.TOGETHER:
        return [
            agenda.AgentTime(
                id=agent_id,
                openings=_during(openings[agent_id], held[agent_id], days),
                busy=busy.get(agent_id, ()),
                leads=parts[0],
                seconds=parts[1],
            )
            for agent_id in sorted(openings)
            for parts, days in _parts_of(search, held[agent_id]).items()
        ]
    team = []
    for place, agent_id in enumerate(map(str, search.agent_ids)):
        posts = held.get(agent_id, ())
        fit = [post for post in posts if post.active and (place or _leads(search, post))]
        if not fit or agent_id not in openings:
            return []
        free = _during(openings[agent_id], posts, fit)
        team.append(agenda.AgentTime(id=agent_id, openings=free, busy=busy.get(agent_id, ())))
    return team


def _leads(search: Search, post: Post) -> bool:
    return search.motif.takes(post.profession) and search.profession in (None, post.profession)


def _parts_of(search: Search, posts: Sequence[Post]) -> dict[tuple[bool, bool], list[Post]]:
    """What an agent may do, lead and second, and in which posts: one entry but for those who
    change posts meanwhile."""
    found: dict[tuple[bool, bool], list[Post]] = {}
    for post in posts:
        seconds = search.second_profession in (None, post.profession)
        part = (post.active and _leads(search, post), post.active and seconds)
        if any(part):
            found.setdefault(part, []).append(post)
    return found


def _during(openings: Times, posts: Sequence[Post], some: Sequence[Post]) -> Times:
    """The openings while the agent holds some of their posts."""
    if len(some) == len(posts) == 1:
        return openings
    ends: list[date | None] = [post.effective_on for post in posts[1:]]
    spans = [
        (ticks(instant_of(post.effective_on)), ticks(instant_of(end)) if end else None)
        for post, end in zip(posts, [*ends, None], strict=True)
        if post in some
    ]
    return [
        (max(opens, start), closes if end is None else min(closes, end))
        for opens, closes in openings
        for start, end in spans
    ]
