"""What becomes of a rendezvous: cancelled, honoured, missed; and what a death stops."""

from __future__ import annotations

from uuid import UUID

from chassis.caller import Caller
from chassis.unit_of_work import expect_version
from services.rendezvous.domain.errors import TooLateToCancel
from services.rendezvous.domain.rendezvous import CancelledBy, CancelReason, Rendezvous
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.freeing import place_left, wait_may_end
from services.rendezvous.usecases.passing import close_of_personne
from services.rendezvous.usecases.viewers import Line, line_of, viewer_of, visible


def cancel(
    uow: UnitOfWork,
    *,
    by: Caller,
    rendezvous_id: UUID,
    expected: int | None,
    cancelled_by: CancelledBy,
    reason: CancelReason,
) -> Line:
    """Give a rendezvous up and free its place. A person does so within the motif's delay."""
    viewer = viewer_of(uow, by)
    seen = visible(uow, viewer, rendezvous_id, to_change=True)
    rendezvous = seen.rendezvous
    expect_version(rendezvous.version, expected)
    if viewer.is_personne:
        motif = uow.motifs.version(rendezvous.motif_id)
        starts_at = rendezvous.place.starts_at
        if motif is None or uow.now > motif.cancellable_until(starts_at):
            raise TooLateToCancel("Appelez le secrétariat de votre MDS.")
        cancelled_by, reason = CancelledBy.PERSONNE, CancelReason.PERSONNE_REQUEST
    _cancel(uow, rendezvous, by=cancelled_by, reason=reason)
    return line_of(viewer, seen)


def honour(uow: UnitOfWork, *, by: Caller, rendezvous_id: UUID, expected: int | None) -> Line:
    """The person was received."""
    viewer = viewer_of(uow, by)
    seen = visible(uow, viewer, rendezvous_id, to_change=True)
    rendezvous = seen.rendezvous
    expect_version(rendezvous.version, expected)
    fact = rendezvous.honour(now=uow.now)
    uow.agendas.save_state(rendezvous)
    uow.publish(fact)
    return line_of(viewer, seen)


def miss(
    uow: UnitOfWork, *, by: Caller, rendezvous_id: UUID, expected: int | None, excused: bool
) -> Line:
    """The person did not come."""
    viewer = viewer_of(uow, by)
    seen = visible(uow, viewer, rendezvous_id, to_change=True)
    rendezvous = seen.rendezvous
    expect_version(rendezvous.version, expected)
    fact = rendezvous.miss(excused=excused, now=uow.now)
    uow.agendas.save_state(rendezvous)
    uow.publish(fact)
    return line_of(viewer, seen)


def personne_died(uow: UnitOfWork, *, personne_id: UUID) -> None:
    """Cancel what is to come: messages and rendezvous stop.

    The personne is locked first, so that a booking under way is either seen here or sees this.
    """
    uow.occupations.lock({personne_id})
    uow.knowns.set_deceased(personne_id)
    for rendezvous in uow.agendas.to_come_of_personne(personne_id, after=uow.now):
        _cancel(uow, rendezvous, by=CancelledBy.SYSTEME, reason=CancelReason.PERSONNE_DECEASED)
    close_of_personne(uow, personne_id)


def _cancel(
    uow: UnitOfWork, rendezvous: Rendezvous, *, by: CancelledBy, reason: CancelReason
) -> None:
    fact = rendezvous.cancel(by=by, reason=reason, now=uow.now)
    uow.agendas.save_state(rendezvous)
    uow.occupations.release(rendezvous.id)
    uow.publish(fact)
    place_left(uow, rendezvous.place, rendezvous.motif)
    wait_may_end(uow, rendezvous)
