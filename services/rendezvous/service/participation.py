"""Collective rendezvous over HTTP: enrol, give a seat up, tick who came."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.web.route import Call, route
from services import roles
from services.protection import PersonneNotFound
from services.rendezvous.domain import errors
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.schemas.participation import JoinIn, SeatOut, SessionsOut, SessionsQuery
from services.rendezvous.schemas.rendezvous import CancelIn, MissIn
from services.rendezvous.service import allowed
from services.rendezvous.usecases.booked import participation
from services.rendezvous.usecases.booked.seats import Seated

_PROBLEMS = (errors.ParticipantUnknown, errors.IllegalTransition)


class ParticipationRoutes:
    """Who takes part in what."""

    @route(
        "GET",
        "/v1/sessions",
        allow=allowed.BOOKERS,
        query=SessionsQuery,
        reply=SessionsOut,
        tag="Collectif",
        summary="Sessions d’un motif collectif et places qui restent",
        problems=(errors.MotifUnknown, errors.NotYoursToBook),
    )
    def list_sessions(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return {"sessions": participation.list_sessions(uow, by=call.caller, **call.query)}

    @route(
        "POST",
        "/v1/rendezvous/{rendezvous_id}/participants",
        allow=allowed.BOOKERS,
        body=JoinIn,
        reply=SeatOut,
        status=201,
        idempotent=True,
        tag="Collectif",
        summary="Inscrire une personne à un rendez-vous collectif",
        problems=(
            errors.SessionFull,
            errors.PersonneTaken,
            errors.PersonneDeceased,
            errors.AlreadyEnrolled,
            errors.NotCollective,
            errors.OutsideDelay,
            errors.NotYoursToBook,
            errors.IllegalTransition,
            errors.RendezvousUnknown,
            PersonneNotFound,
        ),
    )
    def join(self, uow: UnitOfWork, call: Call, rendezvous_id: UUID) -> Seated:
        return participation.join(uow, by=call.caller, rendezvous_id=rendezvous_id, **call.body)

    @route(
        "POST",
        "/v1/rendezvous/{rendezvous_id}/participants/{personne_id}/cancel",
        allow=allowed.BOOKERS,
        body=CancelIn,
        reply=SeatOut,
        tag="Collectif",
        summary="Annuler une participation ; les autres restent",
        problems=(*_PROBLEMS, errors.TooLateToCancel),
    )
    def cancel_participant(
        self, uow: UnitOfWork, call: Call, rendezvous_id: UUID, personne_id: UUID
    ) -> Seated:
        return participation.cancel_participant(
            uow,
            by=call.caller,
            rendezvous_id=rendezvous_id,
            personne_id=personne_id,
            cancelled_by=call.body["by"],
            reason=call.body["reason"],
        )

    @route(
        "POST",
        "/v1/rendezvous/{rendezvous_id}/participants/{personne_id}/honour",
        allow=roles.AGENTS,
        reply=SeatOut,
        tag="Collectif",
        summary="Émarger : la personne est venue",
        problems=(*_PROBLEMS, errors.NotStarted),
    )
    def honour_participant(
        self, uow: UnitOfWork, call: Call, rendezvous_id: UUID, personne_id: UUID
    ) -> Seated:
        return participation.honour_participant(
            uow, by=call.caller, rendezvous_id=rendezvous_id, personne_id=personne_id
        )

    @route(
        "POST",
        "/v1/rendezvous/{rendezvous_id}/participants/{personne_id}/miss",
        allow=roles.AGENTS,
        body=MissIn,
        reply=SeatOut,
        tag="Collectif",
        summary="Émarger : la personne n’est pas venue",
        problems=(*_PROBLEMS, errors.NotStarted),
    )
    def miss_participant(
        self, uow: UnitOfWork, call: Call, rendezvous_id: UUID, personne_id: UUID
    ) -> Seated:
        return participation.miss_participant(
            uow,
            by=call.caller,
            rendezvous_id=rendezvous_id,
            personne_id=personne_id,
            **call.body,
        )
