"""Offers a time that freed to who comes first in the waiting list, among those it suits.

One offer (or one round of offers at once) by transaction, and one round of locks before anything
is written: the list, the agents, and every room and vehicle the place could be given. What is left
of the time is planned again until nobody is left whom it suits. A line is looked at part by part,
each in a transaction of its own: none holds the list for long, and nobody is too far down it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

from chassis.clock import paris_day
from chassis.ids import new_id
from services.rendezvous.domain.attente import Attente
from services.rendezvous.domain.depart import departure
from services.rendezvous.domain.hold import Hold
from services.rendezvous.domain.motif import Motif
from services.rendezvous.domain.offre import GRACE, Freed, Offre
from services.rendezvous.domain.rendezvous import Place
from services.rendezvous.domain.resource import ResourceKind
from services.rendezvous.domain.zone import travel_minutes
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.persistence.freed import plan_freed
from services.rendezvous.usecases.booked.seating import Seat, take_place
from services.rendezvous.usecases.waiting.matching import Matching, Time, read_matching
from services.rendezvous.usecases.waiting.passing import OFFER_EXPIRY

#: How many of the list are looked at in one transaction: *exemple*.
_MOST = 200


class _Chance(NamedTuple):
    """An entry, and the time that suits it."""

    attente: Attente
    time: Time


def offer_freed(uow: UnitOfWork, freed: Freed) -> list[Offre]:
    """Offer a freed time to the first it suits; or to several at once, as the motif says."""
    freed = _before_they_leave(uow, freed)
    if freed.to_at <= max(freed.from_at, uow.now):
        return []
    motifs = _motifs(uow, freed)
    motifs = {code: motifs[code] for code in uow.attentes.motifs_waited(freed, motifs)}
    if not motifs:
        return []
    uow.attentes.lock_list(*_resources(uow, freed, motifs.values()))
    line = uow.attentes.in_line(
        freed,
        motifs=motifs,
        first_day=paris_day(max(freed.from_at, uow.now)),
        last_day=paris_day(freed.to_at),
        most=_MOST,
    )
    chances = _chances(line, read_matching(uow, freed, line, motifs))
    if chances:
        offers = _offer(uow, freed, chances)
        uow.run_last(*plan_freed(freed, uow.now))
        return offers
    if len(line) == _MOST:
        uow.run_last(*plan_freed(replace(freed, after=line[-1].order), uow.now))
    return []


def _chances(line: Sequence[Attente], matching: Matching) -> list[_Chance]:
    """The first in line whom the time suits, and those after them, for the same motif, to whom the
    very same start is offered, as many as the motif says."""
    found: list[_Chance] = []
    for entry in line:
        if not found:
            time = matching.first(entry)
        elif entry.motif == found[0].attente.motif:
            time = matching.at(entry, found[0].time.creneau.starts_at)
        else:
            continue
        if time is not None:
            found.append(_Chance(entry, time))
        if found and len(found) == found[0].time.motif.offers_at_once:
            break
    return found


def _offer(uow: UnitOfWork, freed: Freed, chances: Sequence[_Chance]) -> list[Offre]:
    first = chances[0].time
    place = Place(
        site=freed.site,
        mds=freed.mds,
        agent_ids=freed.agent_ids,
        room_id=first.creneau.room_id,
        vehicle_id=first.creneau.vehicle_id,
        travel_minutes=_travel(uow, first.motif, freed.site),
        starts_at=first.creneau.starts_at,
        ends_at=first.creneau.ends_at,
    )
    kept = Hold(
        id=new_id(),
        motif_id=first.motif.id,
        motif=first.motif.code,
        place=place,
        held_by=f"offre:{freed.id}",
        expires_at=first.expires_at + GRACE,
    )
    seat = Seat(motif=first.motif, place=place, personne_ids=())
    take_place(uow, seat, lambda _, claims: uow.holds.add(kept, claims))
    return offer_to(uow, freed.id, kept, first.motif, [one.attente for one in chances])


def offer_to(
    uow: UnitOfWork, freed_id: UUID, kept: Hold, motif: Motif, entries: Sequence[Attente]
) -> list[Offre]:
    """Offer what was kept to these entries: the first to accept has it."""
    offers = [
        Offre(
            id=new_id(),
            attente_id=entry.id,
            creneau_id=freed_id,
            hold_id=kept.id,
            personne_ids=entry.personne_ids,
            motif=kept.motif,
            modality=motif.modality,
            discreet=motif.discreet,
            place=kept.place,
            offered_at=uow.now,
            expires_at=kept.expires_at - GRACE,
            session_id=kept.session_id,
        )
        for entry in entries
    ]
    uow.offres.add(offers)
    uow.publish(*(one.told() for one in offers))
    uow.schedule(OFFER_EXPIRY, kept.id, kept.expires_at - GRACE)
    return offers


def _travel(uow: UnitOfWork, motif: Motif, site: str) -> int:
    """Nobody in line says a zone: the farthest of the site counts."""
    if not motif.is_away:
        return 0
    return travel_minutes(uow.zones.travel().get(site, {}), None) or 0


def _before_they_leave(uow: UnitOfWork, freed: Freed) -> Freed:
    """What of it comes before one of its agents leaves the MDS: their openings may stand still,
    and what they had booked is taken up by others."""
    to_at = freed.to_at
    for agent_id in freed.agent_ids:
        away = departure(uow.knowns.posts_of(agent_id), freed.mds, uow.now)
        if away is not None and freed.from_at < away.during.end:
            to_at = min(to_at, away.during.start)
    return replace(freed, to_at=to_at)


def _motifs(uow: UnitOfWork, freed: Freed) -> dict[str, Motif]:
    """Those in force then that the lead agent may hold. A binôme's time is for what it was for."""
    day = paris_day(max(freed.from_at, uow.now))
    post = uow.knowns.assignment_on(freed.agent_ids[0], day)
    if post is None or not post.active:
        return {}
    size = len(freed.agent_ids)
    return {
        motif.code: motif
        for motif in uow.motifs.valid_on(day)
        if motif.takes(post.profession)
        and not motif.is_collective
        and motif.min_agents <= size
        and (size == 1 or motif.code == freed.motif)
    }


def _resources(uow: UnitOfWork, freed: Freed, motifs: Collection[Motif]) -> list[UUID]:
    """Its agents and its room; the rooms and vehicles of the site, if a motif takes one."""
    wanted = {
        ResourceKind.ROOM: freed.room_id is None and any(one.needs_room for one in motifs),
        ResourceKind.VEHICLE: any(one.needs_vehicle for one in motifs),
    }
    kinds = [kind for kind in ResourceKind if wanted[kind]]
    found = [one.id for one in uow.resources.of_sites([freed.site], kinds)] if kinds else []
    return [*freed.agent_ids, *([freed.room_id] if freed.room_id else []), *found]
