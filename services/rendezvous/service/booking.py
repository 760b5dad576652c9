"""Hold, book, move, cancel, honour, miss over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.web.route import Call, route
from services import roles
from services.protection import PersonneNotFound
from services.rendezvous.domain import errors
from services.rendezvous.domain.hold import Hold
from services.rendezvous.domain.rendezvous import Links, Rendezvous
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.schemas.rendezvous import (
    BookIn,
    CancelIn,
    HoldIn,
    HoldOut,
    MissIn,
    MoveIn,
    RendezvousLine,
    RendezvousOut,
)
from services.rendezvous.service import allowed
from services.rendezvous.usecases import booking, following
from services.rendezvous.usecases.viewers import Line

_PLACE_PROBLEMS = (
    errors.SlotTaken,
    errors.NotOpen,
    errors.Closed,
    errors.AgentAbsent,
    errors.OutsideDelay,
    errors.InThePast,
    errors.NotOnTheMinute,
    errors.MotifUnknown,
    errors.AgentUnknown,
    errors.SiteUnknown,
    errors.RoomUnknown,
    errors.VehicleUnknown,
    errors.ZoneUnknown,
    errors.ProfessionNotAllowed,
    errors.NotYoursToBook,
    errors.PersonneDeceased,
)
_STATE_PROBLEMS = (errors.IllegalTransition, errors.RendezvousUnknown)


class BookingRoutes:
    """What happens to rendezvous."""

    @route(
        "POST",
        "/v1/holds",
        allow=allowed.BOOKERS,
        body=HoldIn,
        reply=HoldOut,
        status=201,
        idempotent=True,
        tag="Rendez-vous",
        summary="Garder un créneau cinq minutes (exemple)",
        problems=_PLACE_PROBLEMS,
    )
    def hold(self, uow: UnitOfWork, call: Call) -> Hold:
        return booking.hold(uow, by=call.caller, wish=booking.read_wish(call.body))

    @route(
        "DELETE",
        "/v1/holds/{hold_id}",
        allow=allowed.BOOKERS,
        tag="Rendez-vous",
        summary="Rendre un créneau gardé",
        problems=(errors.HoldGone, errors.HoldUnknown),
    )
    def release_hold(self, uow: UnitOfWork, call: Call, hold_id: UUID) -> None:
        booking.release_hold(uow, by=call.caller, hold_id=hold_id)

    @route(
        "POST",
        "/v1/rendezvous",
        allow=allowed.BOOKERS,
        body=BookIn,
        reply=RendezvousOut,
        status=201,
        etag=True,
        idempotent=True,
        tag="Rendez-vous",
        summary="Prendre un rendez-vous, directement ou d’un créneau gardé",
        problems=(
            *_PLACE_PROBLEMS,
            errors.HoldGone,
            PersonneNotFound,
            errors.PersonneDeceased,
            errors.IdentityRequired,
            errors.DossierMismatch,
            errors.HoldUnknown,
        ),
    )
    def book(self, uow: UnitOfWork, call: Call) -> Rendezvous:
        return booking.book(uow, by=call.caller, **_booking(call.body))

    @route(
        "POST",
        "/v1/rendezvous/{rendezvous_id}/move",
        allow=allowed.BOOKERS,
        body=MoveIn,
        reply=RendezvousLine,
        etag=True,
        if_match=True,
        tag="Rendez-vous",
        summary="Déplacer un rendez-vous",
        problems=(*_PLACE_PROBLEMS, *_STATE_PROBLEMS, errors.TooLateToCancel),
    )
    def move(self, uow: UnitOfWork, call: Call, rendezvous_id: UUID) -> Line:
        return booking.move(
            uow,
            by=call.caller,
            rendezvous_id=rendezvous_id,
            expected=call.expected_version,
            changes=call.body,
        )

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
        problems=(*_STATE_PROBLEMS, errors.TooLateToCancel),
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
        problems=(*_STATE_PROBLEMS, errors.NotStarted),
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
        problems=(*_STATE_PROBLEMS, errors.NotStarted),
    )
    def miss(self, uow: UnitOfWork, call: Call, rendezvous_id: UUID) -> Line:
        return following.miss(
            uow,
            by=call.caller,
            rendezvous_id=rendezvous_id,
            expected=call.expected_version,
            **call.body,
        )


def _booking(body: dict[str, Any]) -> dict[str, Any]:
    hold_id = body.get("hold_id")
    return {
        "personne_ids": tuple(body["personne_ids"]),
        "links": Links(dossier_id=body["dossier_id"], orientation_id=body["orientation_id"]),
        "hold_id": hold_id,
        "wish": None if hold_id else booking.read_wish(body),
    }
