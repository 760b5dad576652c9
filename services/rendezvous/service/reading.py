"""What is read over HTTP: rendezvous, agendas, states."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.web.pages import Page
from chassis.web.route import Call, route
from services import roles
from services.protection import PersonneNotFound
from services.rendezvous.domain import errors
from services.rendezvous.domain.rendezvous import Told
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.schemas.planning import AgendaQuery
from services.rendezvous.schemas.rendezvous import (
    AgendaOut,
    RendezvousLine,
    StateOut,
    StatesIn,
    StatesOut,
)
from services.rendezvous.service import allowed
from services.rendezvous.usecases.booked import reading
from services.rendezvous.usecases.viewers import Line


class ReadingRoutes:
    """What is read."""

    @route(
        "GET",
        "/v1/rendezvous/{rendezvous_id}",
        allow=allowed.BOOKERS,
        reply=RendezvousLine,
        etag=True,
        tag="Rendez-vous",
        summary="Lire un rendez-vous",
        problems=(errors.RendezvousUnknown,),
    )
    def read_rendezvous(self, uow: UnitOfWork, call: Call, rendezvous_id: UUID) -> Line:
        return reading.read_rendezvous(uow, by=call.caller, rendezvous_id=rendezvous_id)

    @route(
        "GET",
        "/v1/agents/{agent_id}/agenda",
        allow=roles.AGENTS,
        query=AgendaQuery,
        reply=AgendaOut,
        tag="Agenda",
        summary="Agenda d’un agent",
        problems=(errors.PlanningUnknown,),
    )
    def read_agenda(self, uow: UnitOfWork, call: Call, agent_id: UUID) -> reading.Agenda:
        return reading.read_agenda(uow, by=call.caller, agent_id=agent_id, **call.query)

    @route(
        "GET",
        "/v1/personnes/{personne_id}/rendezvous",
        allow=allowed.BOOKERS,
        reply=RendezvousLine,
        many="rendezvous",
        tag="Agenda",
        summary="Rendez-vous d’une personne, du plus récent au plus ancien",
        problems=(PersonneNotFound, errors.RendezvousUnknown),
    )
    def list_of_personne(self, uow: UnitOfWork, call: Call, personne_id: UUID) -> Page[Line]:
        return reading.list_of_personne(
            uow, by=call.caller, personne_id=personne_id, page=call.page
        )

    @route(
        "GET",
        "/internal/rendezvous/{rendezvous_id}",
        allow=allowed.SERVICE,
        reply=StateOut,
        tag="Interne",
        summary="État d’un rendez-vous",
        problems=(errors.RendezvousUnknown,),
    )
    def read_state(self, uow: UnitOfWork, call: Call, rendezvous_id: UUID) -> Told:
        return reading.read_state(uow, rendezvous_id=rendezvous_id)

    @route(
        "POST",
        "/internal/rendezvous/states",
        allow=allowed.SERVICE,
        body=StatesIn,
        reply=StatesOut,
        tag="Interne",
        summary="États de plusieurs rendez-vous",
    )
    def read_states(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return {"rendezvous": reading.read_states(uow, **call.body)}
