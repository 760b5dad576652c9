"""What becomes of a rendezvous: late, marked, cancelled, honoured, missed; what a death stops."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.unit_of_work import expect_version
from services.rendezvous.domain.errors import NotYoursToMark, TooLateToCancel, WholeRefused
from services.rendezvous.domain.participation import Session
from services.rendezvous.domain.rendezvous import CancelledBy, CancelReason, Marks, Rendezvous
from services.rendezvous.domain.rights import Seen, Viewer, shows_marks
from services.rendezvous.events import RendezvousFact
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.viewers import Line, line_of, viewer_of, visible
from services.rendezvous.usecases.waiting.freeing import place_left, seat_left, wait_may_end
from services.rendezvous.usecases.waiting.passing import close_of_personne


def cancel(
    uow: UnitOfWork,
    *,
    by: Caller,
    rendezvous_id: UUID,
    expected: int | None,
    cancelled_by: CancelledBy,
    reason: CancelReason,
) -> Line:
    """Give a rendezvous up, for all, and free its place. A person does so within the delay."""
    viewer, seen = _to_change(uow, by, rendezvous_id, expected)
    if viewer.is_personne:
        if seen.rendezvous.is_collective:
            raise WholeRefused("Annulez votre seule participation.")
        check_still_cancellable(uow, seen.rendezvous)
        cancelled_by, reason = CancelledBy.PERSONNE, CancelReason.PERSONNE_REQUEST
    _cancel(uow, seen.rendezvous, by=cancelled_by, reason=reason)
    return line_of(uow, viewer, seen)


def honour(uow: UnitOfWork, *, by: Caller, rendezvous_id: UUID, expected: int | None) -> Line:
    """The person was received; of a collective one, those not said missed were."""
    viewer, seen = _to_change(uow, by, rendezvous_id, expected)
    held = _whole_of(uow, seen.rendezvous)
    _save_state(uow, held, held.honour(now=uow.now))
    wait_may_end(uow, seen.rendezvous)
    return line_of(uow, viewer, seen)


def miss(
    uow: UnitOfWork, *, by: Caller, rendezvous_id: UUID, expected: int | None, excused: bool
) -> Line:
    """The person did not come; of a collective one, nobody did."""
    viewer, seen = _to_change(uow, by, rendezvous_id, expected)
    held = _whole_of(uow, seen.rendezvous)
    _save_state(uow, held, held.miss(excused=excused, now=uow.now))
    wait_may_end(uow, seen.rendezvous)
    return line_of(uow, viewer, seen)


def be_late(
    uow: UnitOfWork, *, by: Caller, rendezvous_id: UUID, expected: int | None, minutes: int
) -> Line:
    """The person is late; whether they came is said later."""
    viewer, seen = _to_change(uow, by, rendezvous_id, expected)
    seen.rendezvous.be_late(minutes=minutes, now=uow.now)
    uow.agendas.save_notes(seen.rendezvous)
    return line_of(uow, viewer, seen)


def mark(
    uow: UnitOfWork,
    *,
    by: Caller,
    rendezvous_id: UUID,
    expected: int | None,
    changes: dict[str, Any],
) -> Line:
    """Change the marks; what is not given stays. Raises NotYoursToMark."""
    viewer, seen = _to_change(uow, by, rendezvous_id, expected)
    rendezvous = seen.rendezvous
    if not shows_marks(viewer, rendezvous):
        raise NotYoursToMark("Dites-le à un agent qui reçoit, ou au secrétariat de sa MDS.")
    now_said = {"origin": rendezvous.origin, "aggression_risk": rendezvous.aggression_risk}
    rendezvous.mark(Marks(**now_said | changes))
    uow.agendas.save_notes(rendezvous)
    return line_of(uow, viewer, seen)


def personne_died(uow: UnitOfWork, *, personne_id: UUID) -> None:
    """Cancel what is to come: messages and rendezvous stop. A collective one goes on without them.

    The personne is locked first, so that a booking under way is either seen here or sees this; the
    waiting list in the same round, since their waits end too.
    """
    uow.attentes.lock_list(personne_id)
    uow.knowns.set_deceased(personne_id)
    by, reason = CancelledBy.SYSTEME, CancelReason.PERSONNE_DECEASED
    for rendezvous in uow.agendas.to_come_of_personne(personne_id, after=uow.now):
        if rendezvous.is_collective:
            session = uow.participations.session_of(rendezvous)
            leave(uow, session, personne_id, by=by, reason=reason)
        else:
            _cancel(uow, rendezvous, by=by, reason=reason)
    close_of_personne(uow, personne_id)


def leave(
    uow: UnitOfWork,
    session: Session,
    personne_id: UUID,
    *,
    by: CancelledBy,
    reason: CancelReason,
) -> None:
    """One person gives their seat up: it and their time are free at once."""
    fact = session.leave(personne_id, by=by, reason=reason, now=uow.now)
    uow.participations.save(session.of(personne_id))
    uow.agendas.save_seats(session.rendezvous)
    uow.occupations.release_personne(session.rendezvous.id, personne_id)
    uow.publish(fact)
    seat_left(uow, session.rendezvous)


def check_still_cancellable(uow: UnitOfWork, rendezvous: Rendezvous) -> None:
    """Raise TooLateToCancel once the person may no longer give it up by themselves."""
    motif = uow.motifs.version(rendezvous.motif_id)
    if motif is None or uow.now > motif.cancellable_until(rendezvous.place.starts_at):
        raise TooLateToCancel("Appelez le secrétariat de votre MDS.")


def _to_change(
    uow: UnitOfWork, by: Caller, rendezvous_id: UUID, expected: int | None
) -> tuple[Viewer, Seen]:
    viewer = viewer_of(uow, by)
    seen = visible(uow, viewer, rendezvous_id, to_change=True)
    expect_version(seen.rendezvous.version, expected)
    return viewer, seen


def _whole_of(uow: UnitOfWork, rendezvous: Rendezvous) -> Rendezvous | Session:
    if rendezvous.is_collective:
        return uow.participations.session_of(rendezvous)
    return rendezvous


def _cancel(
    uow: UnitOfWork, rendezvous: Rendezvous, *, by: CancelledBy, reason: CancelReason
) -> None:
    whole = _whole_of(uow, rendezvous)
    _save_state(uow, whole, whole.cancel(by=by, reason=reason, now=uow.now))
    uow.occupations.release(rendezvous.id)
    place_left(uow, rendezvous.place, rendezvous.motif)
    wait_may_end(uow, rendezvous)


def _save_state(uow: UnitOfWork, whole: Rendezvous | Session, fact: RendezvousFact) -> None:
    if isinstance(whole, Session):
        uow.participations.save(*whole.participations)
        uow.agendas.save_state(whole.rendezvous)
    else:
        uow.agendas.save_state(whole)
    uow.publish(fact)
