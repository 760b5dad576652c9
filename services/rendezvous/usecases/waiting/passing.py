"""What passes an offer on: no answer, a refusal, a wait that ends.

Rows are locked in one order: the hold, its offers, the entries. Whoever closes entries holds the
list, so that no offer is made to them meanwhile. Due work that has lost its object is left to find
that out: taking it back would wait for the worker that has it, which may be waiting for us.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from services.rendezvous.domain.attente import Attente, AttenteReason, AttenteStatus
from services.rendezvous.domain.errors import AgentAbsent, Closed, NotOpen
from services.rendezvous.domain.hold import Hold, HoldStatus
from services.rendezvous.domain.occupation import check_place, reach_of
from services.rendezvous.domain.offre import Offre, OffreStatus
from services.rendezvous.domain.rendezvous import Rendezvous, Status
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.waiting.freeing import place_again

#: The kinds of due work that end a wait or an offer.
OFFER_EXPIRY, ATTENTE_END = "offer_expiry", "attente_end"


def offers_ran_out(uow: UnitOfWork, hold_ids: Collection[UUID]) -> None:
    """Nobody answered in time: each loses their turn, and the place is for the next in line. Of a
    time that an absence or a closing has taken away since, nobody loses anything."""
    for hold_id in sorted(hold_ids):
        offers = locked_offers(uow, hold_id)
        late = [one for one in offers if one.status is OffreStatus.OPEN]
        stands = bool(late) and _stands(uow, hold_id)
        for one in late:
            if uow.now >= one.expires_at:
                uow.publish(one.expire(uow.now) if stands else one.close(uow.now))
                uow.offres.save(one)
                if stands:
                    pass_turn(uow, one.attente_id)
        if late:
            give_on(uow, offers)


def close_entries(
    uow: UnitOfWork, reasons: Mapping[UUID, AttenteReason], *, seats: Collection[UUID] = ()
) -> set[UUID]:
    """End these waits; their offers pass on, as do those of the `seats` kept in a session that is
    no longer what it was. Answers those that were still waiting."""
    theirs = uow.offres.open_of(reasons).values()
    mine = {offer.id for offer in theirs}
    for hold_id in sorted({offer.hold_id for offer in theirs} | set(seats)):
        offers = locked_offers(uow, hold_id)
        is_stale = hold_id in seats and not _stands(uow, hold_id)
        over = [one for one in offers if one.id in mine or is_stale]
        closing = [one for one in over if one.status is OffreStatus.OPEN]
        for one in closing:
            uow.publish(one.close(uow.now))
            uow.offres.save(one)
        if closing:
            give_on(uow, offers, anew=is_stale)
    return {
        attente_id for attente_id in sorted(reasons) if _close(uow, attente_id, reasons[attente_id])
    }


def close_of_personne(uow: UnitOfWork, personne_id: UUID) -> None:
    """Who has died waits for nothing; who was with them is registered again by an agent. The
    caller has locked the list."""
    ids = uow.attentes.waiting_ids([personne_id])
    close_entries(uow, dict.fromkeys(ids, AttenteReason.PERSONNE_DECEASED))


def review(uow: UnitOfWork, rendezvous_ids: Collection[UUID]) -> None:
    """End the waits, and the offers of seats, that the booking, the move or the end of these
    rendezvous leaves without an object."""
    uow.attentes.lock_list()
    ended: dict[UUID, AttenteReason] = {}
    for rendezvous_id in rendezvous_ids:
        ended.update(uow.attentes.ended_by(rendezvous_id))
    close_entries(uow, ended, seats=uow.holds.seats_of(rendezvous_ids))


def periods_are_over(uow: UnitOfWork, attente_ids: Collection[UUID]) -> None:
    """The last day that suited is over."""
    uow.attentes.lock_list()
    close_entries(uow, dict.fromkeys(attente_ids, AttenteReason.PERIOD_OVER))


def locked_offers(uow: UnitOfWork, hold_id: UUID) -> list[Offre]:
    """The offers of one kept time, it and they locked."""
    uow.holds.get(hold_id)
    return uow.offres.of_hold(hold_id)


def pass_turn(uow: UnitOfWork, attente_id: UUID) -> None:
    """Declined, or left without an answer."""
    entry = _waiting(uow, attente_id)
    if entry is not None:
        entry.pass_turn(uow.now)
        uow.attentes.save(entry)


def give_on(uow: UnitOfWork, offers: Sequence[Offre], *, anew: bool = False) -> None:
    """Once none of the offers of a kept time stands, its place is free, and for the next; `anew`:
    see `place_again`."""
    standing = {OffreStatus.OPEN, OffreStatus.ACCEPTED}
    if any(one.status in standing for one in offers):
        return
    kept = offers[0]
    uow.holds.set_status(kept.hold_id, HoldStatus.RELEASED)
    uow.occupations.release(kept.hold_id)
    place_again(uow, kept, anew=anew)


def seat_stands(session: Rendezvous | None, kept: Hold) -> bool:
    """Whether a session is to be held where and when it was offered."""
    if session is None or session.status is not Status.BOOKED:
        return False
    return session.place.site == kept.place.site and session.place.keeps_time_of(kept.place)


def _stands(uow: UnitOfWork, hold_id: UUID) -> bool:
    """Whether the agents still receive at the time that is kept; of a seat, whether the session
    still takes place then."""
    kept = uow.holds.get(hold_id)
    if kept is not None and kept.session_id is not None:
        return seat_stands(uow.agendas.get(kept.session_id), kept)
    motif = uow.motifs.version(kept.motif_id) if kept else None
    if kept is None or motif is None:
        return False
    lines = uow.occupations.situation(
        agent_ids=kept.place.agent_ids,
        resource_ids=(),
        window=reach_of(kept.place, motif.shape),
        now=uow.now,
    )
    try:
        check_place(lines, (), place=kept.place, motif=motif, own=kept.id)
    except (AgentAbsent, Closed, NotOpen):
        return False
    return True


def _close(uow: UnitOfWork, attente_id: UUID, reason: AttenteReason) -> bool:
    entry = _waiting(uow, attente_id)
    if entry is None:
        return False
    entry.close(reason, uow.now)
    uow.attentes.save(entry)
    return True


def _waiting(uow: UnitOfWork, attente_id: UUID) -> Attente | None:
    entry = uow.attentes.get(attente_id, to_change=True)
    return entry if entry and entry.status is AttenteStatus.WAITING else None
