"""Hold, book, move over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.web.route import Call, route
from services.protection import PersonneNotFound
from services.rendezvous.domain import errors
from services.rendezvous.domain.hold import Hold
from services.rendezvous.domain.rendezvous import Links, Marks, OverrideReason
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.schemas.rendezvous import (
    BookIn,
    HoldIn,
    HoldOut,
    MoveIn,
    RendezvousLine,
)
from services.rendezvous.service import allowed
from services.rendezvous.usecases.booked import booking
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
    errors.BinomeRequired,
    errors.NotYoursToBook,
    errors.PersonneDeceased,
)
_STATE_PROBLEMS = (errors.IllegalTransition, errors.RendezvousUnknown)


class BookingRoutes:
    """What takes a place."""

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
        reply=RendezvousLine,
        status=201,
        etag=True,
        idempotent=True,
        tag="Rendez-vous",
        summary="Prendre un rendez-vous, directement ou d’un créneau gardé",
        problems=(
            *_PLACE_PROBLEMS,
            errors.HoldGone,
            PersonneNotFound,
            errors.IdentityRequired,
            errors.DossierMismatch,
            errors.NotTied,
            errors.SessionFull,
            errors.OverrideRefused,
            errors.HoldUnknown,
        ),
    )
    def book(self, uow: UnitOfWork, call: Call) -> Line:
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
        problems=(
            *_PLACE_PROBLEMS,
            *_STATE_PROBLEMS,
            errors.TooLateToCancel,
            errors.OverrideRefused,
            errors.WholeRefused,
            errors.AttendanceBegun,
            errors.SessionFull,
        ),
    )
    def move(self, uow: UnitOfWork, call: Call, rendezvous_id: UUID) -> Line:
        return booking.move(
            uow,
            by=call.caller,
            rendezvous_id=rendezvous_id,
            expected=call.expected_version,
            changes=_changes(call.body),
        )


def _booking(body: dict[str, Any]) -> dict[str, Any]:
    hold_id = body.get("hold_id")
    demand = booking.Demand(
        personne_ids=tuple(body["personne_ids"]),
        links=Links(dossier_id=body["dossier_id"], orientation_id=body["orientation_id"]),
        marks=Marks(origin=body["origin"], aggression_risk=body["aggression_risk"]),
        override=_override(body),
    )
    wish = None if hold_id else booking.read_wish(body)
    return {"demand": demand, "hold_id": hold_id, "wish": wish}


def _changes(body: dict[str, Any]) -> dict[str, Any]:
    changes = {name: value for name, value in body.items() if name != "override_person_overlap"}
    override = _override(body)
    return changes | ({} if override is None else {"override": override})


def _override(body: dict[str, Any]) -> OverrideReason | None:
    asked = body.get("override_person_overlap")
    return asked["reason"] if asked else None
