"""First 50 free slots over six weeks: HTTP against pure arithmetic, and against a century."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from uuid import UUID

from benchmarks.ground import Ground
from benchmarks.pairs import Measure, compare
from benchmarks.rendezvous.town import CLOCK, FIRST_DAY, LAST_DAY, MOTIF
from benchmarks.rendezvous.wire import Link, request
from chassis.clock import end_of_day, instant_of
from services.rendezvous.agenda import AgentTime, free_starts, on_grid
from services.rendezvous.domain.motif import Motif
from services.rendezvous.domain.occupation import Interval, buffered

MOST = 50
_STEP = timedelta(minutes=15)
Slot = tuple[datetime, UUID]


def against_arithmetic(
    on: Ground, link: Link, headers: Mapping[str, str], site: str, *, turns: int, pairs: int
) -> Measure:
    """HTTP search / `agenda.py` alone on the six weeks' intervals, already in memory."""
    motif, times = _loaded(on, site)
    pure = partial(_pure, motif, times)
    wanted = _request(site, headers)
    (body,) = link.send([wanted]).expect(200).bodies
    if _told(body) != pure():
        raise RuntimeError(f"{site} : la recherche et le calcul seul ne trouvent pas la même chose")

    def arithmetic() -> None:
        for _ in range(turns):
            pure()

    return compare(
        f"Recherche, {len(times)} agents{' complets' * (site == 'PLEIN')} / calcul seul",
        turns,
        reference=lambda: arithmetic,
        chassis=lambda: partial(_search, link, wanted, turns),
        pairs=pairs,
    )


def against_a_century(
    year: Link, century: Link, headers: Mapping[str, str], site: str, *, turns: int, pairs: int
) -> Measure:
    """The same HTTP search with a hundred times the rendezvous / with those of the year."""
    wanted = _request(site, headers)
    few, many = (link.send([wanted]).expect(200).bodies for link in (year, century))
    if _told(few[0]) != _told(many[0]):
        raise RuntimeError(f"{site} : un siècle de données change les créneaux")
    return compare(
        f"Recherche, {site}, un siècle / une année",
        turns,
        reference=lambda: partial(_search, year, wanted, turns),
        chassis=lambda: partial(_search, century, wanted, turns),
        pairs=pairs,
    )


def _search(link: Link, wanted: bytes, turns: int) -> None:
    link.send([wanted] * turns).expect(200)


def _request(site: str, headers: Mapping[str, str]) -> bytes:
    query = f"motif={MOTIF}&site={site}&from={FIRST_DAY}&to={LAST_DAY}&limit={MOST}"
    return request("GET", f"/v1/creneaux?{query}", headers)


def _told(body: bytes) -> list[Slot]:
    return [
        (datetime.fromisoformat(one["starts_at"]).astimezone(UTC), UUID(one["agent_ids"][0]))
        for one in json.loads(body)["creneaux"]
    ]


def _loaded(on: Ground, site: str) -> tuple[Motif, dict[UUID, AgentTime]]:
    """What the arithmetic rests on, read once."""
    window = Interval(instant_of(FIRST_DAY), end_of_day(LAST_DAY))
    with on.runtimes["rendezvous"].unit_of_work() as uow:
        motif = uow.motifs.find(MOTIF, FIRST_DAY)
        agents = uow.plannings.agents_open_at(site, window)
        lines = uow.occupations.situation(
            agent_ids=agents,
            resource_ids=agents,
            window=buffered(window, motif.shape),
            now=CLOCK,
        )
    openings: dict[UUID, list[Interval]] = {agent: [] for agent in agents}
    busy: dict[UUID, list[Interval]] = {agent: [] for agent in agents}
    for line in lines:
        if line.during is not None:
            (openings if line.kind == "opening" else busy)[line.resource_id].append(line.during)
    return motif, {agent: AgentTime(openings=openings[agent], busy=busy[agent]) for agent in agents}


def _pure(motif: Motif, times: Mapping[UUID, AgentTime]) -> list[Slot]:
    window = Interval(max(instant_of(FIRST_DAY), CLOCK), end_of_day(LAST_DAY))
    found = [_slots(motif, agent, time, window) for agent, time in times.items()]
    return list(islice(heapq.merge(*found), MOST))


def _slots(motif: Motif, agent: UUID, time: AgentTime, window: Interval) -> Iterator[Slot]:
    for moment in on_grid(free_starts([time], motif.shape), window=window, step=_STEP):
        yield moment, agent
