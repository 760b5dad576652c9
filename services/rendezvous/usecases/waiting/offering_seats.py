"""Offers a free seat of a session to who comes first among those who wait for one.

One seat (offered to one, or to several at once as the motif says) by transaction: the list is
locked, then the row of the session, as a death does; whoever joins or accepts locks the person
before that row, and nobody who holds the row waits for a lock. See `offering` for the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import islice

from chassis.clock import paris_day
from chassis.ids import new_id
from services.rendezvous.domain.attente import Attente
from services.rendezvous.domain.hold import Hold
from services.rendezvous.domain.motif import Motif
from services.rendezvous.domain.occupation import core_of
from services.rendezvous.domain.offre import GRACE, FreedSeat, Offre, expiry_of
from services.rendezvous.domain.participation import Session
from services.rendezvous.domain.rendezvous import Rendezvous, Status
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.persistence.freed import plan_seat
from services.rendezvous.usecases.supply.worked_days import closings
from services.rendezvous.usecases.waiting.matching import busy_of
from services.rendezvous.usecases.waiting.offering import offer_to

#: How many of the list are looked at in one transaction: *exemple*.
_MOST = 200


def offer_seat(uow: UnitOfWork, seat: FreedSeat) -> list[Offre]:
    """Offer one free seat of a session; what is left of them is planned again."""
    uow.attentes.lock_list()
    rendezvous = uow.agendas.get(seat.session_id, to_change=True)
    motif = uow.motifs.version(rendezvous.motif_id) if rendezvous else None
    if rendezvous is None or motif is None or rendezvous.status is not Status.BOOKED:
        return []
    place = rendezvous.place
    is_off = partial(closings(uow, uow.today, paris_day(place.starts_at)).is_off, place.mds)
    expires_at = expiry_of(motif, place.starts_at, uow.now, is_off)
    kept = uow.holds.seats_kept(rendezvous.id, uow.now)
    session = uow.participations.session_of(rendezvous, kept=kept)
    if expires_at is None or not session.seats_left:
        return []
    line = uow.attentes.in_line_for_seat(seat, rendezvous, _MOST)
    entries = list(islice(_suited(uow, session, line), motif.offers_at_once))
    if entries:
        hold = _hold(seat, motif, rendezvous, expires_at)
        uow.holds.add(hold, ())
        _look_again(uow, seat, rendezvous)
        return offer_to(uow, seat.id, hold, motif, entries)
    if len(line) == _MOST:
        _look_again(uow, replace(seat, after=line[-1].order), rendezvous)
    return []


def _look_again(uow: UnitOfWork, seat: FreedSeat, session: Rendezvous) -> None:
    uow.run_last(*plan_seat(seat, session.motif, session.place, uow.now))


def _hold(seat: FreedSeat, motif: Motif, session: Rendezvous, expires_at: datetime) -> Hold:
    """It keeps a seat, and takes nobody's time: the session has its agents' already."""
    return Hold(
        id=new_id(),
        motif_id=motif.id,
        motif=motif.code,
        place=session.place,
        held_by=f"offre:{seat.id}",
        expires_at=expires_at + GRACE,
        session_id=session.id,
    )


def _suited(uow: UnitOfWork, session: Session, line: Sequence[Attente]) -> Iterator[Attente]:
    """Those whom the session suits, in the order of the line: alive and known, free then, without
    a seat in it. A file closed to one of its agents stops nobody, as when one enrols."""
    core = core_of(session.rendezvous.place)
    people = {personne_id for entry in line for personne_id in entry.personne_ids}
    known = uow.knowns.personnes(people)
    busy = busy_of(uow, people, core.start, core.end)
    ended = uow.attentes.ended_among([entry.id for entry in line])
    for entry in line:
        (personne_id,) = entry.personne_ids
        one = known.get(personne_id)
        is_there = one is not None and one.told is not None and not one.deceased
        is_busy = any(taken.meets(core) for taken in busy.get(personne_id, ()))
        is_seated = personne_id in session.rendezvous.personne_ids
        is_free = not (is_busy or is_seated or entry.id in ended)
        if is_there and is_free and entry.wanted.suits(core.start):
            yield entry
