"""First 50 free slots over six weeks: HTTP against pure arithmetic, and against a century."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from uuid import UUID

from benchmarks.ground import Ground
from benchmarks.pairs import Measure, compare
from benchmarks.rendezvous.town import CLOCK, FIRST_DAY, LAST_DAY, MOTIF
from benchmarks.rendezvous.wire import Link, request
from chassis.clock import end_of_day, instant_of
from services.rendezvous.agenda import Ask, SiteTime, moment_of, slots, ticks
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.usecases.slots import search
from services.rendezvous.usecases.slots.loaded import Loaded

MOST = 50
#: The grid of a search that asks for none, in ticks.
_STEP = search.STEP // timedelta(microseconds=1)
Slot = tuple[datetime, UUID]


def against_arithmetic(
    on: Ground, link: Link, headers: Mapping[str, str], site: str, *, turns: int, pairs: int
) -> Measure:
    """HTTP search / `agenda.py` alone on the six weeks' intervals, already in memory."""
    sites = _loaded(on, site)
    agents = sum(len(one.agents) for one in sites)
    pure = partial(_pure, sites)
    wanted = _request(site, headers)
    (body,) = link.send([wanted]).expect(200).bodies
    if _told(body) != pure():
        raise RuntimeError(f"{site} : la recherche et le calcul seul ne trouvent pas la même chose")

    def arithmetic() -> None:
        for _ in range(turns):
            pure()

    return compare(
        f"Recherche, {agents} agents{' complets' * (site == 'PLEIN')} / calcul seul",
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


def _loaded(on: Ground, site: str) -> list[SiteTime]:
    """What the arithmetic rests on, the six weeks read once."""
    window = Interval(instant_of(FIRST_DAY), end_of_day(LAST_DAY))
    with on.runtimes["rendezvous"].unit_of_work() as uow:
        (motif,) = uow.motifs.versions(MOTIF, FIRST_DAY, FIRST_DAY)
        wanted = search.Search(motif=motif, window=window, sites=(site,))
        ground = search._ground(uow, wanted)
        read = search._read(uow, [(wanted, ground)], window, window.end - window.start)
    return search._sites(wanted, ground, Loaded(read.times, motif))


def _pure(sites: list[SiteTime]) -> list[Slot]:
    window = (ticks(max(instant_of(FIRST_DAY), CLOCK)), ticks(end_of_day(LAST_DAY)))
    found = slots(sites, Ask(window=window, step=_STEP))
    return [(moment_of(one.start), UUID(str(one.agents[0]))) for one in islice(found, MOST)]
