"""Free slots: loads a window at a time, then only arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from itertools import islice
from uuid import UUID

from services.rendezvous import agenda
from services.rendezvous.agenda import Ask, Reach, SiteTime, Slot, Who, moment_of, ticks
from services.rendezvous.domain.motif import Motif, Shape
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.domain.resource import Resource, ResourceKind
from services.rendezvous.domain.window import Look, Times, Window
from services.rendezvous.domain.zone import travel_minutes
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.slots.loaded import Loaded, Post, Spans

STEP = timedelta(minutes=15)
#: The first window loaded, then four times as long each time: the first slots of three hundred
#: agents are in two hours of them, and six months are read in eight statements at most.
_FIRST_WINDOW, _GROWTH, _LONGEST_WINDOW = timedelta(hours=2), 4, timedelta(days=64)
#: So few agents are read at once over six weeks.
_FEW, _WINDOW_OF_FEW = 4, timedelta(days=42)


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
    #: Each way from the sites sought, whatever the table says now; None: as it says.
    travel_minutes: int | None = None
    personne_ids: tuple[UUID, ...] = ()
    own: UUID | None = None
    step: timedelta = STEP

    @property
    def team(self) -> int:
        """How many agents receive together."""
        sizes = {Who.ALONE: 1, Who.TOGETHER: len(self.agent_ids), Who.ANY: self.size}
        return sizes[self.who]


def find_free(uow: UnitOfWork, search: Search, *, whole: bool = False) -> Iterator[Creneau]:
    """Free slots by time, then site and agents, as far as they are asked for. A statement loads
    a window, and the next one only once the slots of the first are used up; `whole`, for who
    wants them all, loads everything at once."""
    window = _bookable(search, uow.now)
    if not (search.agent_ids or search.sites) or window.start >= window.end:
        return
    if search.team < search.motif.min_agents:
        return
    ground = _ground(uow, search)
    start = window.start
    length = window.end - start if whole else _first_length(search)
    while start < window.end:
        read = _read(uow, [(search, ground)], Interval(start, window.end), length)
        yield from _slots(search, ground, read.times, Interval(start, read.end))
        start, length = read.end, min(_GROWTH * length, _LONGEST_WINDOW)


def find_each(uow: UnitOfWork, searches: Sequence[Search]) -> list[Iterator[Creneau]]:
    """The free slots of each of several searches over one window, loaded at once. They differ by
    motif and profession alone."""
    if not searches:
        return []
    asked = [(search, _ground(uow, search)) for search in searches]
    whole = searches[0].window
    times = _read(uow, asked, whole, whole.end - whole.start).times
    return [_slots(search, ground, times, _bookable(search, uow.now)) for search, ground in asked]


def _bookable(search: Search, now: datetime) -> Interval:
    """The part of the window that the motif's delays let one book."""
    earliest, latest = search.motif.window(now)
    return Interval(max(search.window.start, earliest), min(search.window.end, latest))


def first(slots: Iterator[Creneau], most: int) -> list[Creneau]:
    """At most so many slots."""
    return list(islice(slots, most))


def _first_length(search: Search) -> timedelta:
    return _WINDOW_OF_FEW if 0 < len(search.agent_ids) <= _FEW else _FIRST_WINDOW


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
        travel=_travel(uow, search) if motif.is_away else None,
        resources={
            kind: [one for one in found if one.kind is kind and named[kind] in (None, one.id)]
            for kind in kinds
        },
    )


def _travel(uow: UnitOfWork, search: Search) -> Mapping[str, Mapping[str, int]]:
    if search.travel_minutes is None:
        return uow.zones.travel()
    return {site: {search.zone or "": search.travel_minutes} for site in search.sites}


def _read(
    uow: UnitOfWork, asked: Sequence[tuple[Search, _Ground]], window: Interval, length: timedelta
) -> Window:
    """All that these searches, which differ by motif and profession alone, look into."""
    search = asked[0][0]
    pools = [pool for _, ground in asked for pool in ground.resources.values()]
    shapes = [ground.widest for _, ground in asked]
    return uow.windows.read(
        Look(
            window=window,
            length=length,
            before=max(shape.before for shape in shapes),
            after=max(shape.duration + shape.after for shape in shapes),
            now=uow.now,
            agent_ids=search.agent_ids,
            sites=search.sites,
            other_ids={*(one.id for pool in pools for one in pool), *search.personne_ids},
            own=search.own,
        )
    )


def _slots(
    search: Search, ground: _Ground, times: Sequence[Times], part: Interval
) -> Iterator[Creneau]:
    if part.start >= part.end:
        return
    loaded = Loaded(times, search.motif)
    duration = ground.shape.duration
    ask = Ask(
        window=(ticks(part.start), ticks(part.end)),
        step=search.step // timedelta(microseconds=1),
        who=search.who,
        size=search.size,
        avoid=loaded.busy_of(map(str, search.personne_ids)),
    )
    for slot in agenda.slots(_sites(search, ground, loaded), ask):
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


def _sites(search: Search, ground: _Ground, loaded: Loaded) -> list[SiteTime]:
    sites = []
    for site, openings in loaded.open_sites():
        shape = ground.shape_at(site, search.zone)
        agents = _agents(search, loaded, openings)
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
    resources: Sequence[Resource], shape: Shape, busy: Mapping[str, Spans]
) -> list[agenda.Resource]:
    _, before, after = _reach(shape)
    return [
        agenda.Resource(id=one.id, busy=busy.get(str(one.id), ()), before=before, after=after)
        for one in resources
    ]


def _agents(
    search: Search, loaded: Loaded, openings: Mapping[str, Spans]
) -> list[agenda.AgentTime]:
    """Those who may hold it, in the order they are proposed in; none when a team lacks one."""
    if search.who is Who.TOGETHER:
        return _team(search, loaded, openings)
    part_of = cache(partial(_part_of, search))
    return [
        agenda.AgentTime(
            id=agent_id,
            openings=_during(openings[agent_id], posts, some),
            busy=loaded.busy.get(agent_id, ()),
            leads=leads,
            seconds=seconds,
        )
        for agent_id in sorted(openings)
        for posts in (loaded.posts[agent_id],)
        for (leads, seconds), some in _by_part(posts, part_of)
        if leads or seconds
    ]


def _team(search: Search, loaded: Loaded, openings: Mapping[str, Spans]) -> list[agenda.AgentTime]:
    team = []
    for place, agent_id in enumerate(map(str, search.agent_ids)):
        posts = loaded.posts.get(agent_id, [])
        fit = [post for post in posts if post.active and (place or _leads(search, post.profession))]
        if not fit or agent_id not in openings:
            return []
        free = _during(openings[agent_id], posts, fit)
        busy = loaded.busy.get(agent_id, ())
        team.append(agenda.AgentTime(id=agent_id, openings=free, busy=busy))
    return team


def _leads(search: Search, profession: str) -> bool:
    return search.motif.takes(profession) and search.profession in (None, profession)


def _part_of(search: Search, profession: str, active: bool) -> tuple[bool, bool]:
    """Whether an agent may lead, and second."""
    leads = active and _leads(search, profession)
    return leads, active and search.second_profession in (None, profession)


def _by_part(
    posts: Sequence[Post], part_of: Callable[[str, bool], tuple[bool, bool]]
) -> Iterable[tuple[tuple[bool, bool], Sequence[Post]]]:
    """What an agent may do, and in which posts: one entry but for those who change meanwhile."""
    if len(posts) == 1:
        return [(part_of(posts[0].profession, posts[0].active), posts)]
    found: dict[tuple[bool, bool], list[Post]] = {}
    for post in posts:
        found.setdefault(part_of(post.profession, post.active), []).append(post)
    return found.items()


def _during(openings: Spans, posts: Sequence[Post], some: Sequence[Post]) -> Spans:
    """The openings while the agent holds some of their posts."""
    if len(some) == len(posts) == 1:
        return openings
    ends: list[int | None] = [post.since for post in posts[1:]]
    spans = [
        (post.since, end) for post, end in zip(posts, [*ends, None], strict=True) if post in some
    ]
    return [
        (max(opens, start), closes if end is None else min(closes, end))
        for opens, closes in openings
        for start, end in spans
    ]
