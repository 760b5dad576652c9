"""The waiting list and its offers over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.web.pages import Page
from chassis.web.route import Call, route
from services import roles
from services.protection import PersonneNotFound
from services.rendezvous.domain import errors
from services.rendezvous.domain.attente import Wanted
from services.rendezvous.domain.rendezvous import Links
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.schemas.attentes import (
    AttenteIn,
    AttenteOut,
    AttentesOut,
    AttentesQuery,
    OfferStatesIn,
    OfferStatesOut,
    OffreOut,
)
from services.rendezvous.service import allowed
from services.rendezvous.usecases.waiting import answering, entries
from services.rendezvous.usecases.waiting.entries import WaitingLine

_ANSWER_PROBLEMS = (
    errors.OffreUnknown,
    errors.OffreTaken,
    errors.OffreExpired,
    errors.OffreOver,
    errors.NotYoursToBook,
)


class AttenteRoutes:
    """Who waits, and what is offered to them."""

    @route(
        "POST",
        "/v1/attentes",
        allow=allowed.BOOKERS,
        body=AttenteIn,
        reply=AttenteOut,
        status=201,
        idempotent=True,
        tag="Liste d’attente",
        summary="Demander à être appelé quand un créneau se libère",
        problems=(
            errors.MotifUnknown,
            errors.NotYoursToBook,
            errors.PeriodRefused,
            errors.AgentUnknown,
            errors.SiteUnknown,
            errors.ProfessionNotAllowed,
            errors.PersonneDeceased,
            errors.DossierMismatch,
            errors.RendezvousUnknown,
            errors.RendezvousMismatch,
            errors.AttenteExists,
            errors.SeatForOne,
            errors.NotTied,
            errors.NotCollective,
            errors.AlreadyEnrolled,
            PersonneNotFound,
        ),
    )
    def register_attente(self, uow: UnitOfWork, call: Call) -> WaitingLine:
        return entries.register(uow, by=call.caller, **_registration(call.body, uow.today))

    @route(
        "GET",
        "/v1/attentes",
        allow=roles.AGENTS,
        query=AttentesQuery,
        reply=AttenteOut,
        many="attentes",
        tag="Liste d’attente",
        summary="Liste d’attente d’une MDS, par motif et par rang",
        problems=(errors.AttenteUnknown,),
    )
    def list_attentes(self, uow: UnitOfWork, call: Call) -> Page[WaitingLine]:
        return entries.list_of_mds(uow, by=call.caller, page=call.page, **call.query)

    @route(
        "GET",
        "/v1/personnes/{personne_id}/attentes",
        allow=allowed.BOOKERS,
        reply=AttentesOut,
        tag="Liste d’attente",
        summary="Inscriptions d’une personne sur liste d’attente",
        problems=(PersonneNotFound, errors.RendezvousUnknown),
    )
    def list_attentes_of_personne(
        self, uow: UnitOfWork, call: Call, personne_id: UUID
    ) -> dict[str, Any]:
        lines = entries.list_of_personne(uow, by=call.caller, personne_id=personne_id)
        return {"attentes": lines}

    @route(
        "POST",
        "/v1/attentes/{attente_id}/withdraw",
        allow=allowed.BOOKERS,
        reply=AttenteOut,
        tag="Liste d’attente",
        summary="Se retirer de la liste d’attente",
        problems=(errors.AttenteUnknown, errors.AttenteOver, errors.NotYoursToBook),
    )
    def withdraw_attente(self, uow: UnitOfWork, call: Call, attente_id: UUID) -> WaitingLine:
        return entries.withdraw(uow, by=call.caller, attente_id=attente_id)

    @route(
        "GET",
        "/v1/offers/{offer_id}",
        allow=allowed.BOOKERS,
        reply=OffreOut,
        tag="Liste d’attente",
        summary="Lire un créneau proposé",
        problems=(errors.OffreUnknown,),
    )
    def read_offer(self, uow: UnitOfWork, call: Call, offer_id: UUID) -> answering.OfferLine:
        return answering.read_offer(uow, by=call.caller, offer_id=offer_id)

    @route(
        "POST",
        "/v1/offers/{offer_id}/accept",
        allow=allowed.BOOKERS,
        reply=OffreOut,
        tag="Liste d’attente",
        summary="Accepter un créneau proposé",
        problems=(
            *_ANSWER_PROBLEMS,
            errors.AttenteOver,
            errors.MotifUnknown,
            errors.PersonneDeceased,
            errors.DossierMismatch,
            errors.SlotTaken,
            errors.NotOpen,
            errors.Closed,
            errors.AgentUnknown,
            errors.SiteUnknown,
            errors.ProfessionNotAllowed,
            errors.BinomeRequired,
            errors.AgentAbsent,
            errors.SessionFull,
            errors.PersonneTaken,
            errors.AlreadyEnrolled,
            errors.IllegalTransition,
            PersonneNotFound,
        ),
    )
    def accept_offer(self, uow: UnitOfWork, call: Call, offer_id: UUID) -> answering.OfferLine:
        return answering.accept(uow, by=call.caller, offer_id=offer_id)

    @route(
        "POST",
        "/v1/offers/{offer_id}/decline",
        allow=allowed.BOOKERS,
        reply=OffreOut,
        tag="Liste d’attente",
        summary="Refuser un créneau proposé",
        problems=_ANSWER_PROBLEMS,
    )
    def decline_offer(self, uow: UnitOfWork, call: Call, offer_id: UUID) -> answering.OfferLine:
        return answering.decline(uow, by=call.caller, offer_id=offer_id)

    @route(
        "POST",
        "/internal/offers/states",
        allow=allowed.SERVICE,
        body=OfferStatesIn,
        reply=OfferStatesOut,
        tag="Interne",
        summary="États de plusieurs propositions de créneau",
    )
    def read_offer_states(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return {"offers": answering.read_offer_states(uow, **call.body)}


def _registration(body: dict[str, Any], today: Any) -> dict[str, Any]:
    names = ("personne_ids", "motif", "rendezvous_id")
    return {name: body[name] for name in names} | {
        "session_id": body.get("session_id"),
        "urgency": (body["priority"], body["priority_reason"]),
        "where": {name: body[name] for name in ("mds", "site", "agent_id") if name in body},
        "wanted": Wanted(
            from_on=body["from_on"] or today,
            until_on=body["until_on"],
            half_days=frozenset(body["half_days"]),
        ),
        "links": Links(dossier_id=body["dossier_id"], orientation_id=body["orientation_id"]),
    }
