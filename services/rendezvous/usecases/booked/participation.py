"""Enrol in a collective rendezvous, give a seat up, tick who came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import end_of_day, instant_of
from services.protection import PersonneNotFound
from services.rendezvous.domain.errors import (
    MotifUnknown,
    NotYoursToBook,
    ParticipantUnknown,
)
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.domain.participation import OpenSession, Participation, Session
from services.rendezvous.domain.rendezvous import CancelledBy, CancelReason
from services.rendezvous.domain.rights import (
    Seen,
    Viewer,
    has_a_place,
    is_closed_to,
    shows_participant,
)
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.booked.following import check_still_cancellable, leave
from services.rendezvous.usecases.booked.seats import Seated, known_personne, session_for
from services.rendezvous.usecases.viewers import booker_of, viewer_of
from services.rendezvous.usecases.waiting.answering import take_or_accept_seat

_MOST_SESSIONS = 200


def list_sessions(
    uow: UnitOfWork,
    *,
    by: Caller,
    motif: str,
    site: str | None,
    first_day: date,
    last_day: date,
) -> Sequence[OpenSession]:
    """The sessions of a collective motif still to be held, soonest first; about nobody."""
    known = next(iter(uow.motifs.versions(motif, first_day, first_day)), None)
    if known is None:
        raise MotifUnknown(f"{motif} n’est pas valide ce jour-là.", field="/motif")
    viewer = booker_of(by)
    known.check_enroller(viewer.roles, is_personne=viewer.is_personne)
    window = Interval(max(instant_of(first_day), uow.now), end_of_day(last_day))
    return uow.participations.sessions(
        motif=motif, site=site, window=window, now=uow.now, limit=_MOST_SESSIONS
    )


def join(uow: UnitOfWork, *, by: Caller, rendezvous_id: UUID, personne_id: UUID) -> Seated:
    """Give a person a seat, the one offered to them if one is. An agent enrols in any session,
    wherever it is held.

    Raises SessionFull or PersonneTaken with other sessions.
    """
    viewer = booker_of(by)
    found, motif = session_for(uow, by, viewer, rendezvous_id)
    if viewer.is_personne:
        if personne_id != viewer.personne_id:
            raise NotYoursToBook("Vous ne pouvez inscrire que vous-même.")
        motif.check_delay(found.place.starts_at, uow.now)
    known = known_personne(uow, personne_id)
    if known is None or is_closed_to(viewer, known):
        raise PersonneNotFound()
    uow.occupations.lock({personne_id})
    return take_or_accept_seat(uow, viewer, found, personne_id)


def cancel_participant(
    uow: UnitOfWork,
    *,
    by: Caller,
    rendezvous_id: UUID,
    personne_id: UUID,
    cancelled_by: CancelledBy,
    reason: CancelReason,
) -> Seated:
    """One person gives their seat up. A person does so for themselves, within the delay."""
    viewer, session, one = _participant(uow, by, rendezvous_id, personne_id)
    if viewer.is_personne:
        check_still_cancellable(uow, session.rendezvous)
        cancelled_by, reason = CancelledBy.PERSONNE, CancelReason.PERSONNE_REQUEST
    leave(uow, session, personne_id, by=cancelled_by, reason=reason)
    return Seated(rendezvous=session.rendezvous, participation=one)


def honour_participant(
    uow: UnitOfWork, *, by: Caller, rendezvous_id: UUID, personne_id: UUID
) -> Seated:
    """One person came. Told with the whole, once it is said to have been held."""
    _, session, one = _participant(uow, by, rendezvous_id, personne_id)
    session.honour_one(personne_id, now=uow.now)
    return _ticked(uow, session, one)


def miss_participant(
    uow: UnitOfWork, *, by: Caller, rendezvous_id: UUID, personne_id: UUID, excused: bool
) -> Seated:
    """One person did not come."""
    _, session, one = _participant(uow, by, rendezvous_id, personne_id)
    session.miss_one(personne_id, excused=excused, now=uow.now)
    return _ticked(uow, session, one)


def _participant(
    uow: UnitOfWork, by: Caller, rendezvous_id: UUID, personne_id: UUID
) -> tuple[Viewer, Session, Participation]:
    """A participation this caller may change, its session locked."""
    viewer = viewer_of(uow, by)
    found = uow.agendas.seen(rendezvous_id, to_change=True)
    if found is None or not found.rendezvous.is_collective:
        raise ParticipantUnknown()
    session = uow.participations.session_of(found.rendezvous)
    one = session.get(personne_id)
    if one is None or not _may_change(uow, viewer, found, one):
        raise ParticipantUnknown()
    return viewer, session, one


def _may_change(uow: UnitOfWork, viewer: Viewer, found: Seen, one: Participation) -> bool:
    """The person for themselves; whoever has a place in the whole, or enrolled that person."""
    if viewer.is_personne:
        return viewer.personne_id == one.personne_id
    if not has_a_place(viewer, found) and one.joined_by != viewer.subject:
        return False
    known = known_personne(uow, one.personne_id)
    told = {one.personne_id: known} if known else {}
    seen = Seen(rendezvous=found.rendezvous, referent_id=found.referent_id, personnes=told)
    return shows_participant(viewer, seen, one.personne_id)


def _ticked(uow: UnitOfWork, session: Session, one: Participation) -> Seated:
    uow.participations.save(one)
    uow.agendas.save_seats(session.rendezvous)
    return Seated(rendezvous=session.rendezvous, participation=one)
