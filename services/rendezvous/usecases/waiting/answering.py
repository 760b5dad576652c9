"""An offer is read, accepted or declined.

Accepting locks all that the place takes, the personnes, and what the rendezvous they had takes,
in one round before any row, as every booking does; of several who accept one time at once, the
first finds it open and the others find it taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from chassis.caller import Caller
from chassis.ids import new_id
from services.protection import PersonneNotFound
from services.rendezvous.domain.attente import Attente
from services.rendezvous.domain.booking import check_agents, check_links, check_personnes, mds_of
from services.rendezvous.domain.errors import (
    AttenteOver,
    AttenteUnknown,
    MotifUnknown,
    OffreOver,
    OffreUnknown,
)
from services.rendezvous.domain.hold import Hold, HoldStatus
from services.rendezvous.domain.motif import Motif
from services.rendezvous.domain.occupation import Claim
from services.rendezvous.domain.offre import Offre, OffreStatus
from services.rendezvous.domain.rendezvous import Place, Rendezvous, Status, booked
from services.rendezvous.domain.rights import Viewer, is_closed_to
from services.rendezvous.domain.waiting_rights import check_answers
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.booked.booking import store, wish_of
from services.rendezvous.usecases.booked.seating import Seat, read_ground, take_place
from services.rendezvous.usecases.booked.seats import Seated, known_personne, take_seat
from services.rendezvous.usecases.viewers import viewer_of
from services.rendezvous.usecases.waiting.entries import visible_entry
from services.rendezvous.usecases.waiting.freeing import place_left
from services.rendezvous.usecases.waiting.passing import (
    give_on,
    locked_offers,
    pass_turn,
    seat_stands,
)


@dataclass(frozen=True, kw_only=True)
class OfferLine:
    """An offer as one viewer reads it; a masked one shows only when and until when."""

    offre: Offre
    masked: bool


def read_offer(uow: UnitOfWork, *, by: Caller, offer_id: UUID) -> OfferLine:
    """An offer the caller may see. Raises OffreUnknown."""
    offer, _, masked = _visible(uow, viewer_of(uow, by), offer_id)
    return OfferLine(offre=offer, masked=masked)


def read_offer_states(uow: UnitOfWork, *, offer_ids: Sequence[UUID]) -> list[Offre]:
    """For another service: those that exist."""
    return uow.offres.get_many(offer_ids)


def accept(uow: UnitOfWork, *, by: Caller, offer_id: UUID) -> OfferLine:
    """Turn an offer into a rendezvous, or move there the one they had. Said again, the same answer.

    Raises OffreTaken for those who come second.
    """
    viewer = viewer_of(uow, by)
    seen, entry, masked = _visible(uow, viewer, offer_id)
    check_answers(viewer, entry)
    if seen.status is OffreStatus.ACCEPTED:
        return OfferLine(offre=seen, masked=masked)
    uow.occupations.lock(_resources(uow, seen, entry))
    if seen.session_id is not None:
        uow.agendas.get(seen.session_id, to_change=True)
    kept = uow.holds.get(seen.hold_id)
    offers = uow.offres.of_hold(seen.hold_id)
    offer = next(one for one in offers if one.id == offer_id)
    if offer.status is not OffreStatus.ACCEPTED:
        offer.check_open(uow.now)
        _take(uow, viewer, offer, kept)
        _close_others(uow, offers)
    return OfferLine(offre=offer, masked=masked)


def decline(uow: UnitOfWork, *, by: Caller, offer_id: UUID) -> OfferLine:
    """Leave it to the next in line. Said again, the same answer."""
    viewer = viewer_of(uow, by)
    seen, entry, masked = _visible(uow, viewer, offer_id)
    check_answers(viewer, entry)
    offers = locked_offers(uow, seen.hold_id)
    offer = next(one for one in offers if one.id == offer_id)
    if offer.status is not OffreStatus.DECLINED:
        uow.publish(offer.decline(uow.now))
        uow.offres.save(offer)
        pass_turn(uow, offer.attente_id)
        give_on(uow, offers)
    return OfferLine(offre=offer, masked=masked)


def take_or_accept_seat(
    uow: UnitOfWork, viewer: Viewer, found: Rendezvous, personne_id: UUID
) -> Seated:
    """Give a person, locked by the caller, a seat of a session: the one that is offered to them, if
    one is, which they accept so. Raises SessionFull or PersonneTaken, as `take_seat`.

    The session is locked first: what is offered of it is then settled.
    """
    session = uow.agendas.get(found.id, to_change=True)
    offer = uow.offres.open_seat(found.id, personne_id)
    if session is None or offer is None:
        return take_seat(uow, viewer, found, personne_id)
    kept = uow.holds.get(offer.hold_id)
    offers = uow.offres.of_hold(offer.hold_id)
    mine = next(one for one in offers if one.id == offer.id)
    if kept is None or not (mine.may_be_accepted(uow.now) and seat_stands(session, kept)):
        return take_seat(uow, viewer, found, personne_id)
    entry = _entry_of(uow, mine)
    seated = take_seat(uow, viewer, found, personne_id, own=kept.id)
    _accepted(uow, mine, entry, found.id)
    _close_others(uow, offers)
    return seated


def _resources(uow: UnitOfWork, offer: Offre, entry: Attente) -> set[UUID]:
    """What the place offered takes, and what the rendezvous it replaces gives up. A seat takes the
    person's time alone; the row of its session is locked before that of its hold."""
    if offer.session_id is not None:
        return set(entry.personne_ids)
    theirs = uow.agendas.get(entry.rendezvous_id) if entry.rendezvous_id else None
    places = [offer.place, *([theirs.place] if theirs else [])]
    taken = {one for place in places for one in (*place.agent_ids, *place.resource_ids)}
    return taken | set(entry.personne_ids)


def _visible(uow: UnitOfWork, viewer: Viewer, offer_id: UUID) -> tuple[Offre, Attente, bool]:
    """Who sees an entry sees what is offered to it."""
    offer = uow.offres.get(offer_id)
    if offer is None:
        raise OffreUnknown()
    try:
        entry, masked = visible_entry(uow, viewer, offer.attente_id)
    except AttenteUnknown:
        raise OffreUnknown() from None
    return offer, entry, masked


def _take(uow: UnitOfWork, viewer: Viewer, offer: Offre, kept: Hold | None) -> None:
    if kept is None:
        raise OffreUnknown()
    entry = _entry_of(uow, offer)
    _accepted(uow, offer, entry, _obtain(uow, viewer, entry, kept))


def _entry_of(uow: UnitOfWork, offer: Offre) -> Attente:
    entry = uow.attentes.get(offer.attente_id, to_change=True)
    if entry is None:
        raise OffreUnknown()
    return entry


def _accepted(uow: UnitOfWork, offer: Offre, entry: Attente, rendezvous_id: UUID) -> None:
    entry.place(rendezvous_id, uow.now)
    uow.publish(offer.accept(rendezvous_id, uow.now))
    uow.holds.set_status(offer.hold_id, HoldStatus.USED)
    uow.offres.save(offer)
    uow.attentes.save(entry)


def _obtain(uow: UnitOfWork, viewer: Viewer, entry: Attente, kept: Hold) -> UUID:
    if kept.session_id is not None:
        return _sit(uow, viewer, entry, kept, kept.session_id)
    motif = _check(uow, viewer, entry, kept)
    if entry.rendezvous_id is not None:
        return _move(uow, entry, kept, motif)
    return _book(uow, viewer, entry, kept, motif)


def _sit(uow: UnitOfWork, viewer: Viewer, entry: Attente, kept: Hold, session_id: UUID) -> UUID:
    """The seat that was kept is theirs; only the session and the person may have changed."""
    session = uow.agendas.get(session_id)
    if session is None or not seat_stands(session, kept):
        raise OffreOver("La session n’a plus lieu à cet horaire : votre place dans la liste reste.")
    (personne_id,) = entry.personne_ids
    known = known_personne(uow, personne_id)
    if known is None or is_closed_to(viewer, known):
        raise PersonneNotFound()
    return take_seat(uow, viewer, session, personne_id, own=kept.id).rendezvous.id


def _check(uow: UnitOfWork, viewer: Viewer, entry: Attente, kept: Hold) -> Motif:
    """What may have changed since they registered; who may book the motif is not asked again."""
    wish = wish_of(kept)
    ground = read_ground(uow, wish, entry.personne_ids, dossier_id=entry.links.dossier_id)
    motif = uow.motifs.version(kept.motif_id)
    if motif is None:
        raise MotifUnknown()
    check_agents(wish, motif, ground)
    mds_of(wish, ground)
    check_personnes(entry.personne_ids, motif, ground, viewer)
    check_links(entry.personne_ids, motif, entry.links, ground)
    return motif


def _book(uow: UnitOfWork, viewer: Viewer, entry: Attente, kept: Hold, motif: Motif) -> UUID:
    rendezvous, fact = booked(
        rendezvous_id=new_id(),
        motif=motif,
        place=kept.place,
        personne_ids=entry.personne_ids,
        links=entry.links,
        by=viewer.subject,
        now=uow.now,
    )
    personne_ids = entry.personne_ids
    seat = Seat(
        motif=motif, place=kept.place, personne_ids=personne_ids, own=kept.id, own_is_hold=True
    )
    take_place(uow, seat, partial(store, uow, rendezvous))
    uow.publish(fact)
    return rendezvous.id


def _move(uow: UnitOfWork, entry: Attente, kept: Hold, motif: Motif) -> UUID:
    """The rendezvous they had takes the place, with its id; its own is free for others."""
    theirs = uow.agendas.get(entry.rendezvous_id, to_change=True) if entry.rendezvous_id else None
    if theirs is None or theirs.status is not Status.BOOKED:
        raise AttenteOver("Le rendez-vous à avancer n’est plus à venir.")
    if theirs.place.starts_at <= kept.place.starts_at:
        raise AttenteOver("Le rendez-vous a lieu plus tôt que le temps proposé.")
    # The locks are held: nobody takes the place between its release and its new owner.
    uow.occupations.release(kept.id)
    seat = Seat(motif=motif, place=kept.place, personne_ids=theirs.personne_ids, own=theirs.id)
    take_place(uow, seat, partial(_moved, uow, theirs, motif))
    return theirs.id


def _moved(
    uow: UnitOfWork, theirs: Rendezvous, motif: Motif, place: Place, claims: list[Claim]
) -> bool:
    left = (theirs.place, theirs.motif)
    fact = theirs.move(place, motif)
    uow.agendas.save_place(theirs)
    uow.publish(fact)
    place_left(uow, *left)
    return uow.occupations.take(theirs.id, claims)


def _close_others(uow: UnitOfWork, offers: Sequence[Offre]) -> None:
    """Who was offered the same time keeps their place in the list: they lost no turn."""
    for other in offers:
        if other.status is OffreStatus.OPEN:
            uow.publish(other.lose(uow.now))
            uow.offres.save(other)
