"""Hold, book, move, cancel, honour, miss over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.web.route import Call, route
from services import roles
from services.rendezvous import usecases
from services.rendezvous.domain import errors
from services.rendezvous.domain.hold import Hold
from services.rendezvous.domain.rendezvous import Links, Rendezvous
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.schemas import rendezvous

_BOOK = roles.AGENTS | {roles.PERSONNE}
_PLACE_PROBLEMS = (
    errors.SlotTaken,
    errors.NotOpen,
    errors.AgentAbsent,
    errors.OutsideDelay,
    errors.InThePast,
    errors.NotOnTheMinute,
    errors.MotifUnknown,
    errors.AgentUnknown,
    errors.SiteUnknown,
    errors.RoomUnknown,
    errors.ProfessionNotAllowed,
    errors.NotYoursToBook,
)
_STATE_PROBLEMS = (errors.IllegalTransition, errors.RendezvousUnknown)


class BookingRoutes:
    """What happens to rendezvous."""

    @route(
        "POST",
        "/v1/holds",
        allow=_BOOK,
        body=rendezvous.HoldIn,
        reply=rendezvous.HoldOut,
        status=201,
        idempotent=True,
        tag="Rendez-vous",
        summary="Garder un créneau cinq minutes (exemple)",
        problems=_PLACE_PROBLEMS,
    )
    def hold(self, uow: UnitOfWork, call: Call) -> Hold:
        return usecases.hold(uow, by=call.caller, wish=usecases.read_wish(call.body))

    @route(
        "DELETE",
        "/v1/holds/{hold_id}",
        allow=_BOOK,
        tag="Rendez-vous",
        summary="Rendre un créneau gardé",
        problems=(errors.HoldGone,),
    )
    def release_hold(self, uow: UnitOfWork, call: Call, hold_id: UUID) -> None:
        usecases.release_hold(uow, by=call.caller, hold_id=hold_id)

    @route(
        "POST",
        "/v1/rendezvous",
        allow=_BOOK,
        body=rendezvous.BookIn,
        reply=rendezvous.RendezvousOut,
        status=201,
        etag=True,
        idempotent=True,
        tag="Rendez-vous",
        summary="Prendre un rendez-vous, directement ou d’un créneau gardé",
        problems=(
            *_PLACE_PROBLEMS,
            errors.HoldGone,
            errors.PersonneUnknown,
            errors.PersonneDeceased,
            errors.IdentityRequired,
        ),
    )
    def book(self, uow: UnitOfWork, call: Call) -> Rendezvous:
        return usecases.book(uow, by=call.caller, **_booking(call.body))

    @route(
        "POST",
        "/v1/rendezvous/{rendezvous_id}/move",
        allow=_BOOK,
        body=rendezvous.MoveIn,
        reply=rendezvous.RendezvousOut,
        etag=True,
        if_match=True,
        tag="Rendez-vous",
        summary="Déplacer un rendez-vous",
        problems=(*_PLACE_PROBLEMS, *_STATE_PROBLEMS),
    )
    def move(self, uow: UnitOfWork, call: Call, rendezvous_id: UUID) -> Rendezvous:
        return usecases.move(
            uow,
            by=call.caller,
            rendezvous_id=rendezvous_id,
            expected=call.expected_version,
            changes=call.body,
        )

    @route(
        "POST",
        "/v1/rendezvous/{rendezvous_id}/cancel",
        allow=_BOOK,
        body=rendezvous.CancelIn,
        reply=rendezvous.RendezvousOut,
        etag=True,
        if_match=True,
        tag="Rendez-vous",
        summary="Annuler un rendez-vous",
        problems=(*_STATE_PROBLEMS, errors.TooLateToCancel),
    )
    def cancel(self, uow: UnitOfWork, call: Call, rendezvous_id: UUID) -> Rendezvous:
        return usecases.cancel(
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
        reply=rendezvous.RendezvousOut,
        etag=True,
        if_match=True,
        tag="Rendez-vous",
        summary="La personne a été reçue",
        problems=(*_STATE_PROBLEMS, errors.NotStarted),
    )
    def honour(self, uow: UnitOfWork, call: Call, rendezvous_id: UUID) -> Rendezvous:
        return usecases.honour(
            uow, by=call.caller, rendezvous_id=rendezvous_id, expected=call.expected_version
        )

    @route(
        "POST",
        "/v1/rendezvous/{rendezvous_id}/miss",
        allow=roles.AGENTS,
        body=rendezvous.MissIn,
        reply=rendezvous.RendezvousOut,
        etag=True,
        if_match=True,
        tag="Rendez-vous",
        summary="La personne n’est pas venue",
        problems=(*_STATE_PROBLEMS, errors.NotStarted),
    )
    def miss(self, uow: UnitOfWork, call: Call, rendezvous_id: UUID) -> Rendezvous:
        return usecases.miss(
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
        "wish": None if hold_id else usecases.read_wish(body),
    }
