"""Taking up what an agent leaves, absent or gone, over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.web.pages import Page
from chassis.web.route import Call, route
from services import roles
from services.rendezvous.domain import errors
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.schemas.reprise import (
    AffectedRendezvous,
    DepartPath,
    DepartsOut,
    RepriseIn,
    RepriseOut,
)
from services.rendezvous.service import allowed
from services.rendezvous.usecases.reprises import departs, reprise

_DECIDED = (
    "Chaque ligne est ensuite faite à son tour, dans sa propre transaction, comme un déplacement "
    "ou une annulation seuls ; ce qui est refusé se décide de nouveau."
)


class RepriseRoutes:
    """From an absence or a departure to its last rendezvous."""

    @route(
        "GET",
        "/v1/absences/{absence_id}/affected",
        allow=roles.AGENTS,
        reply=AffectedRendezvous,
        many="affected",
        tag="Reprise",
        summary="Rendez-vous que touche une absence, avec des propositions expliquées",
        problems=(errors.PlanningUnknown,),
    )
    def list_affected(
        self, uow: UnitOfWork, call: Call, absence_id: UUID
    ) -> Page[reprise.Affected]:
        return reprise.list_affected(uow, by=call.caller, absence_id=absence_id, page=call.page)

    @route(
        "POST",
        "/v1/absences/{absence_id}/reprise",
        allow=allowed.TAKE_UP,
        body=RepriseIn,
        reply=RepriseOut,
        status=201,
        idempotent=True,
        tag="Reprise",
        summary="Reprendre les rendez-vous d’une absence (une reprise par absence)",
        description=f"Lancée deux fois, la seconde réponse est la première reprise. {_DECIDED}",
        problems=(errors.PlanningUnknown, errors.NotAffected),
    )
    def launch_reprise(self, uow: UnitOfWork, call: Call, absence_id: UUID) -> reprise.Progress:
        return reprise.launch(uow, by=call.caller, absence_id=absence_id, **call.body)

    @route(
        "GET",
        "/v1/mds/{mds}/departs",
        allow=allowed.TAKE_UP,
        texts=DepartPath,
        reply=DepartsOut,
        tag="Reprise",
        summary="Agents qui ont quitté la MDS, ou vont la quitter, et y ont encore des rendez-vous",
        problems=(errors.MdsUnknown,),
    )
    def list_departs(self, uow: UnitOfWork, call: Call, mds: str) -> dict[str, Any]:
        return {"departs": departs.list_departs(uow, by=call.caller, mds=mds)}

    @route(
        "GET",
        "/v1/mds/{mds}/departs/{agent_id}/affected",
        allow=allowed.TAKE_UP,
        texts=DepartPath,
        reply=AffectedRendezvous,
        many="affected",
        tag="Reprise",
        summary="Rendez-vous qu’un agent parti laisse dans la MDS, avec des propositions",
        problems=(errors.PlanningUnknown,),
    )
    def list_left(
        self, uow: UnitOfWork, call: Call, agent_id: UUID, mds: str
    ) -> Page[reprise.Affected]:
        return reprise.list_left(uow, by=call.caller, agent_id=agent_id, mds=mds, page=call.page)

    @route(
        "POST",
        "/v1/mds/{mds}/departs/{agent_id}/reprise",
        allow=allowed.TAKE_UP,
        texts=DepartPath,
        body=RepriseIn,
        reply=RepriseOut,
        status=201,
        idempotent=True,
        tag="Reprise",
        summary="Reprendre ce qu’un agent parti laisse dans la MDS (une reprise par agent et MDS)",
        description=f"Lancée deux fois, la seconde réponse est la première reprise. {_DECIDED}",
        problems=(errors.PlanningUnknown, errors.NotAffected),
    )
    def launch_left(
        self, uow: UnitOfWork, call: Call, agent_id: UUID, mds: str
    ) -> reprise.Progress:
        return reprise.launch_left(uow, by=call.caller, agent_id=agent_id, mds=mds, **call.body)

    @route(
        "POST",
        "/v1/reprises/{reprise_id}/decisions",
        allow=allowed.TAKE_UP,
        body=RepriseIn,
        reply=RepriseOut,
        idempotent=True,
        tag="Reprise",
        summary="Décider de ce qui ne l’est pas, a été refusé ou laissé",
        description=_DECIDED,
        problems=(
            errors.RepriseUnknown,
            errors.NotAffected,
            errors.LineUnderWay,
            errors.RepriseStopped,
        ),
    )
    def decide_reprise(self, uow: UnitOfWork, call: Call, reprise_id: UUID) -> reprise.Progress:
        return reprise.decide(uow, by=call.caller, reprise_id=reprise_id, **call.body)

    @route(
        "GET",
        "/v1/reprises/{reprise_id}",
        allow=roles.AGENTS,
        reply=RepriseOut,
        tag="Reprise",
        summary="Où en est une reprise",
        problems=(errors.RepriseUnknown,),
    )
    def read_reprise(self, uow: UnitOfWork, call: Call, reprise_id: UUID) -> reprise.Progress:
        return reprise.read_reprise(uow, by=call.caller, reprise_id=reprise_id)
