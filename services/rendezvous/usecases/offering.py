"""Offers a time that freed to who comes first in the waiting list, among those it suits.

One offer (or one round of offers at once) by transaction: no more than one set of agents is ever
locked. What is left of the time is planned again until nobody is left whom it suits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from chassis.clock import end_of_day, instant_of, paris_day
from chassis.ids import new_id
from services.rendezvous.agenda import Who
from services.rendezvous.domain.attente import Attente
from services.rendezvous.domain.hold import Hold
from services.rendezvous.domain.motif import Motif
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.domain.offre import GRACE, Freed, Offre, expiry_of
from services.rendezvous.domain.projections import KnownPersonne
from services.rendezvous.domain.rendezvous import Place, Status
from services.rendezvous.domain.zone import travel_minutes
from services.rendezvous.jours_feries import is_holiday
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.persistence.attentes import plan_freed
from services.rendezvous.usecases.passing import OFFER_EXPIRY
from services.rendezvous.usecases.search import Creneau, Search, find_free
from services.rendezvous.usecases.seating import Seat, take_place

#: How many of the list are looked at for one freed time: *exemple*.
_MOST = 200
_STEP, _FINEST = timedelta(minutes=15), timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class _Chance:
    """A time that suits an entry, and until when it could be offered."""

    attente: Attente
    motif: Motif
    creneau: Creneau
    expires_at: datetime


def offer_freed(uow: UnitOfWork, freed: Freed) -> list[Offre]:
    """Offer a freed time to the first it suits; or to several at once, as the motif says."""
    uow.attentes.lock_list()
    uow.occupations.lock({*freed.agent_ids, *([freed.room_id] if freed.room_id else [])})
    motifs = _motifs(uow, freed)
    line = uow.attentes.in_line(
        freed,
        motifs=motifs,
        first_day=paris_day(max(freed.from_at, uow.now)),
        last_day=paris_day(freed.to_at),
        most=_MOST,
    )
    known = uow.knowns.personnes({one for entry in line for one in entry.personne_ids})
    chances = _chances(uow, freed, line, known, motifs)
    winner = next(chances, None)
    if winner is None:
        return []
    offers = _offer(uow, freed, _at_once(uow, freed, line, known, winner))
    uow.run_last(*plan_freed(freed, uow.now))
    return offers


def _at_once(
    uow: UnitOfWork,
    freed: Freed,
    line: Sequence[Attente],
    known: dict[UUID, KnownPersonne],
    winner: _Chance,
) -> list[_Chance]:
    """The first in line, and those after them to whom the very same time is offered."""
    others = winner.motif.offers_at_once - 1
    if not others:
        return [winner]
    start = winner.creneau.starts_at
    same = replace(freed, from_at=start, to_at=start + _FINEST)
    after = [
        one for one in line[line.index(winner.attente) + 1 :] if one.motif == winner.attente.motif
    ]
    found = [winner]
    for chance in _chances(uow, same, after, known, {winner.motif.code: winner.motif}):
        if chance.creneau.starts_at == start:
            found.append(chance)
        if len(found) > others:
            break
    return found


def _offer(uow: UnitOfWork, freed: Freed, chances: Sequence[_Chance]) -> list[Offre]:
    first = chances[0]
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
    offers = [_offre_of(freed, kept, chance, uow.now) for chance in chances]
    uow.offres.add(offers)
    uow.publish(*(one.told() for one in offers))
    uow.schedule(OFFER_EXPIRY, kept.id, first.expires_at)
    return offers


def _travel(uow: UnitOfWork, motif: Motif, site: str) -> int:
    """Nobody in line says a zone: the farthest of the site counts."""
    if not motif.is_away:
        return 0
    return travel_minutes(uow.zones.travel().get(site, {}), None) or 0


def _offre_of(freed: Freed, kept: Hold, chance: _Chance, now: datetime) -> Offre:
    return Offre(
        id=new_id(),
        attente_id=chance.attente.id,
        creneau_id=freed.id,
        hold_id=kept.id,
        personne_ids=chance.attente.personne_ids,
        motif=kept.motif,
        modality=chance.motif.modality,
        discreet=chance.motif.discreet,
        place=kept.place,
        offered_at=now,
        expires_at=chance.expires_at,
    )


def _chances(
    uow: UnitOfWork,
    freed: Freed,
    line: Sequence[Attente],
    known: Mapping[UUID, KnownPersonne],
    motifs: Mapping[str, Motif],
) -> Iterator[_Chance]:
    """In the order of the line, those whom the time suits, with the first start that does."""
    for entry in line:
        if not _may_meet(entry, freed, known) or uow.attentes.is_ended(entry):
            continue
        chance = _first_start(uow, freed, entry, motifs[entry.motif])
        if chance is not None:
            yield chance


def _motifs(uow: UnitOfWork, freed: Freed) -> dict[str, Motif]:
    """Those in force then that the lead agent may hold. A binôme's time is for what it was for."""
    day = paris_day(max(freed.from_at, uow.now))
    post = uow.knowns.assignment_on(freed.agent_ids[0], day)
    if post is None or not post.active:
        return {}
    return {
        motif.code: motif
        for motif in uow.motifs.valid_on(day)
        if motif.takes(post.profession)
        and not motif.is_collective
        and (len(freed.agent_ids) == 1 or motif.code == freed.motif)
    }


def _may_meet(entry: Attente, freed: Freed, known: Mapping[UUID, KnownPersonne]) -> bool:
    """All of them alive, and none whose file accueil closes to one of the agents. A personne of
    whom nothing is known is offered nothing."""
    for personne_id in entry.personne_ids:
        one = known.get(personne_id)
        if one is None or one.deceased or one.told is None:
            return False
        if any(one.told.is_closed_to(agent_id) for agent_id in freed.agent_ids):
            return False
    return True


def _first_start(uow: UnitOfWork, freed: Freed, entry: Attente, motif: Motif) -> _Chance | None:
    before = _earlier_than(uow, entry)
    search = Search(
        motif=motif,
        agent_ids=freed.agent_ids,
        who=Who.TOGETHER,
        window=Interval(
            max(freed.from_at, instant_of(entry.wanted.from_on)),
            min(freed.to_at, before or freed.to_at, end_of_day(entry.wanted.until_on)),
        ),
        sites=(freed.site,),
        room_id=freed.room_id,
        personne_ids=entry.personne_ids,
        own=entry.rendezvous_id,
        step=_FINEST if freed.motif else _STEP,
    )
    for creneau in find_free(uow, search):
        expires_at = expiry_of(motif, creneau.starts_at, uow.now, is_holiday)
        in_force = motif.is_valid_on(paris_day(creneau.starts_at))
        if expires_at is not None and in_force and entry.wanted.suits(creneau.starts_at):
            return _Chance(attente=entry, motif=motif, creneau=creneau, expires_at=expires_at)
    return None


def _earlier_than(uow: UnitOfWork, entry: Attente) -> datetime | None:
    """Who has a rendezvous already is only offered what comes before it."""
    if entry.rendezvous_id is None:
        return None
    theirs = uow.agendas.get(entry.rendezvous_id)
    if theirs is None or theirs.status is not Status.BOOKED:
        return uow.now
    return theirs.place.starts_at
