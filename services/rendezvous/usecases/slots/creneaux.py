"""What can be booked: free slots over some days, and the next one over six months."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import end_of_day, instant_of
from chassis.errors import Invalid
from services.rendezvous.agenda import Who
from services.rendezvous.domain.errors import (
    MotifUnknown,
    NotYoursToBook,
    RoomUnknown,
    SiteUnknown,
    VehicleUnknown,
    ZoneUnknown,
)
from services.rendezvous.domain.motif import Motif
from services.rendezvous.domain.occupation import Interval, in_force
from services.rendezvous.domain.resource import ResourceKind
from services.rendezvous.domain.rights import Viewer
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.slots.search import Creneau, Search, find_free, first
from services.rendezvous.usecases.viewers import viewer_of

#: How far the next availability is sought: six months.
HORIZON = timedelta(weeks=26)


@dataclass(frozen=True, kw_only=True)
class Question:
    """Which slots, as they are asked for."""

    motif: str
    site: str | None = None
    mds: str | None = None
    profession: str | None = None
    second_profession: str | None = None
    agent_ids: tuple[UUID, ...] = ()
    together: bool = False
    #: Any so many at once; None: each alone.
    agents: int | None = None
    room_id: UUID | None = None
    vehicle_id: UUID | None = None
    room: bool = False
    vehicle: bool = False
    zone: str | None = None
    step: int = 15


@dataclass(frozen=True, kw_only=True)
class Next:
    """The soonest slot, if there is one until a day, included."""

    creneau: Creneau | None
    last_day: date


def search_creneaux(
    uow: UnitOfWork, *, by: Caller, asked: Question, first_day: date, last_day: date, most: int
) -> list[Creneau]:
    """Free slots over a span of Paris days."""
    return first(_found(uow, by, asked, (first_day, last_day)), most)


def next_creneau(uow: UnitOfWork, *, by: Caller, asked: Question, first_day: date | None) -> Next:
    """The soonest slot from a day on, over six months: the search stops at the first."""
    start = first_day or uow.today
    last_day = start + HORIZON - timedelta(days=1)
    found = next(_found(uow, by, asked, (start, last_day)), None)
    return Next(creneau=found, last_day=last_day)


def days(first_day: date, last_day: date) -> Interval:
    """From midnight of the first Paris day to midnight after the last: 23, 24 or 25 hours each."""
    return Interval(instant_of(first_day), end_of_day(last_day))


def _found(
    uow: UnitOfWork, by: Caller, asked: Question, span: tuple[date, date]
) -> Iterator[Creneau]:
    """Slots of each version of the motif over the days it is in force."""
    viewer = viewer_of(uow, by)
    motifs = _motifs(uow, viewer, asked.motif, span)
    sites = _sites(uow, asked)
    _check_resources(uow, asked)
    _check_zone(uow, asked, motifs)
    return chain.from_iterable(
        find_free(uow, _search(viewer, asked, motif, sites, in_force(motif, days(*span))))
        for motif in motifs
    )


def _motifs(uow: UnitOfWork, viewer: Viewer, code: str, span: tuple[date, date]) -> list[Motif]:
    """The versions in force on some of these days that the caller may book."""
    found = uow.motifs.versions(code, *span)
    if not found:
        raise MotifUnknown(f"{code} n’est pas valide ces jours-là.", field="/motif")
    refusal: NotYoursToBook | None = None
    open_to = []
    for motif in found:
        try:
            motif.check_booker(viewer.roles, is_personne=viewer.is_personne)
        except NotYoursToBook as refused:
            refusal = refused
        else:
            open_to.append(motif)
    if refusal is not None and not open_to:
        raise refusal
    return open_to


def _sites(uow: UnitOfWork, asked: Question) -> tuple[str, ...]:
    """Where it is sought; empty: wherever the agents are open."""
    if asked.mds is None:
        return (asked.site,) if asked.site else ()
    found = uow.knowns.site_codes(asked.mds)
    if not found:
        raise SiteUnknown("Vérifiez le code de la MDS.", field="/mds")
    return tuple(found)


def _check_resources(uow: UnitOfWork, asked: Question) -> None:
    """A room or a vehicle that is named is one of the site."""
    named = {ResourceKind.ROOM: asked.room_id, ResourceKind.VEHICLE: asked.vehicle_id}
    refusals = {
        ResourceKind.ROOM: (RoomUnknown, "/room_id"),
        ResourceKind.VEHICLE: (VehicleUnknown, "/vehicle_id"),
    }
    if not any(named.values()):
        return
    if asked.site is None:
        raise Invalid("Donnez le site de la salle ou du véhicule.", field="/site")
    known = {(one.kind, one.id) for one in uow.resources.of_sites([asked.site])}
    for kind, resource_id in named.items():
        refusal, field = refusals[kind]
        if resource_id is not None and (kind, resource_id) not in known:
            raise refusal("Vérifiez le site.", field=field)


def _check_zone(uow: UnitOfWork, asked: Question, motifs: list[Motif]) -> None:
    if asked.zone is None:
        return
    if not any(motif.is_away for motif in motifs):
        raise ZoneUnknown("Une zone se donne pour une visite à domicile.", field="/zone")
    travel = uow.zones.travel()
    told = travel.values() if asked.site is None else [travel.get(asked.site, {})]
    if not any(asked.zone in minutes for minutes in told):
        raise ZoneUnknown("Vérifiez la zone et le site.", field="/zone")


def _search(
    viewer: Viewer, asked: Question, motif: Motif, sites: tuple[str, ...], window: Interval
) -> Search:
    own = viewer.personne_id if viewer.is_personne else None
    who = Who.ANY if asked.agents else Who.ALONE
    return Search(
        motif=motif,
        window=window,
        agent_ids=asked.agent_ids,
        sites=sites,
        who=Who.TOGETHER if asked.together else who,
        size=asked.agents or 1,
        profession=asked.profession,
        second_profession=asked.second_profession,
        room_id=asked.room_id,
        vehicle_id=asked.vehicle_id,
        with_room=asked.room,
        with_vehicle=asked.vehicle,
        zone=asked.zone if motif.is_away else None,
        personne_ids=(own,) if own else (),
        step=timedelta(minutes=asked.step),
    )
