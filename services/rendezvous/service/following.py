"""What becomes of rendezvous over HTTP: cancelled, late, honoured, missed, marked."""

from __future__ import annotations

from uuid import UUID

from chassis.web.route import Call, route
from services import roles
from services.rendezvous.domain import errors
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.schemas.rendezvous import (
    CancelIn,
    LateIn,
    MarksIn,
    MissIn,
    RendezvousLine,
)
from services.rendezvous.service import allowed
from services.rendezvous.usecases.booked import following
from services.rendezvous.usecases.viewers import Line

_STATE_PROBLEMS = (errors.IllegalTransition, errors.RendezvousUnknown)


class FollowingRoutes:
    """What becomes of a rendezvous; of a collective one, for all at once."""

    @route(
        "POST",
        "/v1/rendezvous/{rendezvous_id}/cancel",
        allow=allowed.BOOKERS,
        body=CancelIn,
        reply=RendezvousLine,
        etag=True,
        if_match=True,
        tag="Rendez-vous",
        summary="Annuler un rendez-vous",
        problems=(
            *_STATE_PROBLEMS,
            errors.TooLateToCancel,
            errors.WholeRefused,
            errors.AttendanceBegun,
        ),
    )
    def cancel(self, uow: UnitOfWork, call: Call, rendezvous_id: UUID) -> Line:
        return following.cancel(
            uow,
            by=call.caller,
            rendezvous_id=rendezvous_id,
            expected=call.expected_version,
            cancelled_by=call.body["by"],
            reason=call.body["reason"],
        )

    @route(
        "POST",
        "/v1/rendezvous/{rendezvous_id}/honour",
        allow=roles.AGENTS,
        reply=RendezvousLine,
        etag=True,
        if_match=True,
        tag="Rendez-vous",
        summary="La personne a été reçue",
        problems=(*_STATE_PROBLEMS, errors.NotStarted, errors.NobodyCame),
    )
    def honour(self, uow: UnitOfWork, call: Call, rendezvous_id: UUID) -> Line:
        return following.honour(
            uow, by=call.caller, rendezvous_id=rendezvous_id, expected=call.expected_version
        )

    @route(
        "POST",
        "/v1/rendezvous/{rendezvous_id}/miss",
        allow=roles.AGENTS,
        body=MissIn,
        reply=RendezvousLine,
        etag=True,
        if_match=True,
        tag="Rendez-vous",
        summary="La personne n’est pas venue",
        problems=(*_STATE_PROBLEMS, errors.NotStarted, errors.AttendanceBegun),
    )
    def miss(self, uow: UnitOfWork, call: Call, rendezvous_id: UUID) -> Line:
        return following.miss(
            uow,
            by=call.caller,
            rendezvous_id=rendezvous_id,
            expected=call.expected_version,
            **call.body,
        )

    @route(
        "POST",
        "/v1/rendezvous/{rendezvous_id}/late",
        allow=roles.AGENTS,
        body=LateIn,
        reply=RendezvousLine,
        etag=True,
        if_match=True,
        tag="Rendez-vous",
        summary="La personne est en retard ; on dira ensuite si elle est venue",
        problems=(*_STATE_PROBLEMS, errors.NotStarted),
    )
    def be_late(self, uow: UnitOfWork, call: Call, rendezvous_id: UUID) -> Line:
        return following.be_late(
            uow,
            by=call.caller,
            rendezvous_id=rendezvous_id,
            expected=call.expected_version,
            **call.body,
        )

    @route(
        "POST",
        "/v1/rendezvous/{rendezvous_id}/marks",
        allow=roles.AGENTS,
        body=MarksIn,
        reply=RendezvousLine,
        etag=True,
        if_match=True,
        tag="Rendez-vous",
        summary="Changer les marques des agents : origine de la demande, risque d’agression",
        problems=(errors.RendezvousUnknown, errors.NotYoursToMark),
    )
    def mark(self, uow: UnitOfWork, call: Call, rendezvous_id: UUID) -> Line:
        return following.mark(
            uow,
            by=call.caller,
            rendezvous_id=rendezvous_id,
            expected=call.expected_version,
            changes=call.body,
        )
