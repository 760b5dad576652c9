"""What a refused time comes with: the nearest that the very same call can take."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain, islice
from uuid import UUID

from chassis.clock import paris_day
from services.rendezvous.agenda import Who
from services.rendezvous.domain.motif import Motif
from services.rendezvous.domain.occupation import Interval, in_force
from services.rendezvous.domain.rendezvous import Place
from services.rendezvous.domain.rights import Viewer
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.slots.search import Creneau, Search, find_free

#: Sought from a week before to two weeks after, then six weeks on: *exemple*.
_BEFORE, _NEAR, _FAR = timedelta(days=7), timedelta(days=14), timedelta(days=42)
_FEWEST, _MOST = 3, 5


@dataclass(frozen=True, kw_only=True)
class Refused:
    """What was refused, and for whom others are sought.

    `own`: what gives up its place when the call is made again; `viewer`: who makes it, None when
    who may book is not asked; `same_team`: the hour alone may change; `any_room`, `any_vehicle`:
    none was named, where the motif needs one.
    """

    motif: Motif
    place: Place
    personne_ids: tuple[UUID, ...]
    own: UUID | None = None
    viewer: Viewer | None = None
    same_team: bool = False
    any_room: bool = False
    any_vehicle: bool = False
    #: Whether the call keeps the travel of its place; else it is read again.
    keeps_travel: bool = False

    def may_take(self, motif: Motif) -> bool:
        """Whether the same call could be made on a day of another version of its motif."""
        place = self.place
        if self.viewer is not None and not motif.is_open_to(
            self.viewer.roles, is_personne=self.viewer.is_personne
        ):
            return False
        if place.zone is not None and not motif.is_away:
            return False
        lost = motif.needs_identity and not self.motif.needs_identity
        return not (lost and not self.personne_ids) and len(place.agent_ids) >= motif.min_agents


def alternatives(uow: UnitOfWork, refused: Refused) -> list[dict[str, object]]:
    """Three to five bookable times nearest to a refused one, where the horizon has them: those of
    the same team first, then of any team as large on the site, in any of its rooms. Each day is
    that of its own version of the motif."""
    place = refused.place
    wanted = place.starts_at
    whole = _around(place, _FAR)
    days = paris_day(whole.start), paris_day(whole.end)
    versions = [
        _team(refused, motif)
        for motif in uow.motifs.versions(refused.motif.code, *days)
        if refused.may_take(motif)
    ]
    found = _nearest(refused, _free(uow, versions, _around(place, _NEAR)))
    if len(found) < _FEWEST:
        found = _nearest(refused, _free(uow, versions, whole))
    if len(found) < _FEWEST and not refused.same_team:
        others = [_others(team, place) for team in versions]
        before = _free(uow, others, Interval(wanted - _BEFORE, wanted))
        after = _free(uow, others, Interval(wanted, wanted + _FAR), whole=False)
        more = _nearest(refused, chain(before, islice(after, _MOST)))
        known = {(one.starts_at, one.agent_ids) for one in found}
        found += [one for one in more if (one.starts_at, one.agent_ids) not in known]
    return [_told(one) for one in found[:_MOST]]


def _free(
    uow: UnitOfWork, versions: Sequence[Search], window: Interval, *, whole: bool = True
) -> Iterator[Creneau]:
    """Free slots of a window, by time: a search by version of the motif."""
    for search in versions:
        there = replace(search, window=in_force(search.motif, window))
        yield from find_free(uow, there, whole=whole)


def _team(refused: Refused, motif: Motif) -> Search:
    place = refused.place
    keeps_travel = refused.keeps_travel and refused.motif.is_away and motif.is_away
    return Search(
        motif=motif,
        window=_around(place, _FAR),
        agent_ids=place.agent_ids,
        sites=(place.site,),
        who=Who.TOGETHER,
        room_id=None if refused.any_room and motif.needs_room else place.room_id,
        vehicle_id=None if refused.any_vehicle and motif.needs_vehicle else place.vehicle_id,
        zone=place.zone,
        travel_minutes=place.travel_minutes if keeps_travel else None,
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
