"""What a refused time comes with: the nearest bookable ones."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain, islice
from uuid import UUID

from services.rendezvous.agenda import Who
from services.rendezvous.domain.motif import Motif
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.domain.rendezvous import Place
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.search import Creneau, Search, find_free

#: Sought from a week before to two weeks after, then six weeks on: *exemple*.
_BEFORE, _NEAR, _FAR = timedelta(days=7), timedelta(days=14), timedelta(days=42)
_FEWEST, _MOST = 3, 5


@dataclass(frozen=True, kw_only=True)
class Refused:
    """What was refused, and for whom others are sought."""

    motif: Motif
    place: Place
    personne_ids: tuple[UUID, ...]
    own: UUID | None = None


def alternatives(uow: UnitOfWork, refused: Refused) -> list[dict[str, object]]:
    """Three to five bookable times nearest to a refused one, where the horizon has them: those of
    the same team first, then of any team as large on the site, in any of its rooms."""
    place = refused.place
    wanted = place.starts_at
    team = _team(refused)
    near = replace(team, window=_around(place, _NEAR))
    found = _nearest(refused, find_free(uow, near, whole=True))
    if len(found) < _FEWEST:
        found = _nearest(refused, find_free(uow, team, whole=True))
    if len(found) < _FEWEST:
        others = _others(team, place)
        before = replace(others, window=Interval(wanted - _BEFORE, wanted))
        after = replace(others, window=Interval(wanted, wanted + _FAR))
        nearest_after = islice(find_free(uow, after), _MOST)
        more = _nearest(refused, chain(find_free(uow, before, whole=True), nearest_after))
        known = {(one.starts_at, one.agent_ids) for one in found}
        found += [one for one in more if (one.starts_at, one.agent_ids) not in known]
    return [_told(one) for one in found[:_MOST]]


def _team(refused: Refused) -> Search:
    place = refused.place
    return Search(
        motif=refused.motif,
        window=_around(place, _FAR),
        agent_ids=place.agent_ids,
        sites=(place.site,),
        who=Who.TOGETHER,
        room_id=place.room_id,
        vehicle_id=place.vehicle_id,
        zone=place.zone,
        personne_ids=refused.personne_ids,
        own=refused.own,
    )


def _others(team: Search, place: Place) -> Search:
    return replace(
        team,
        agent_ids=(),
        who=Who.ANY,
        size=len(place.agent_ids),
        room_id=None,
        vehicle_id=None,
        with_room=place.room_id is not None,
        with_vehicle=place.vehicle_id is not None,
    )


def _around(place: Place, after: timedelta) -> Interval:
    return Interval(place.starts_at - _BEFORE, place.starts_at + after)


def _nearest(refused: Refused, slots: Iterable[Creneau] | Iterator[Creneau]) -> list[Creneau]:
    wanted = refused.place.starts_at
    return heapq.nsmallest(_MOST, slots, key=lambda one: abs(one.starts_at - wanted))


def _told(one: Creneau) -> dict[str, object]:
    taken = {"room_id": one.room_id, "vehicle_id": one.vehicle_id}
    return {
        "starts_at": one.starts_at.isoformat(),
        "ends_at": one.ends_at.isoformat(),
        "site": one.site,
        "agent_ids": [str(agent_id) for agent_id in one.agent_ids],
        **{name: str(value) for name, value in taken.items() if value is not None},
    }
