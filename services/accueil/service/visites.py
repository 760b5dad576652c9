"""Routes of visites and of the queue of a site."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.web.route import Call, route
from services import roles
from services.accueil.domain.annuaire import SiteClosed, SiteNotFound, SiteUnknown
from services.accueil.domain.personne import SecretFileNeverAttached
from services.accueil.domain.visite import (
    Action,
    OutcomeReserved,
    Visite,
    VisiteAlreadyAttached,
    VisiteNotFound,
    VisiteStateRefuses,
)
from services.accueil.persistence import UnitOfWork
from services.accueil.schemas.annuaire import SitePath
from services.accueil.schemas.visites import AttachIn, CloseIn, QueueOut, VisiteIn, VisiteOut
from services.accueil.service import allowed
from services.accueil.usecases import visites as usecases
from services.protection import PersonneNotFound

_TAG = "Visites"
_STATE = (VisiteNotFound, VisiteStateRefuses)


class VisiteRoutes:
    """Whoever comes is received, identified or not."""

    @route(
        "POST",
        "/v1/visites",
        allow=roles.AGENTS,
        body=VisiteIn,
        reply=VisiteOut,
        status=201,
        etag=True,
        idempotent=True,
        tag=_TAG,
        summary="Ouvrir une visite, identifiée ou non",
        problems=(SiteUnknown, SiteClosed, PersonneNotFound, SecretFileNeverAttached),
    )
    def open_visite(self, uow: UnitOfWork, call: Call) -> Visite:
        return usecases.open_visite(uow, by=call.caller, values=call.body)

    @route(
        "GET",
        "/v1/visites/{visite_id}",
        allow=allowed.READERS,
        reply=VisiteOut,
        etag=True,
        tag=_TAG,
        summary="Lire une visite",
        problems=(VisiteNotFound,),
    )
    def read_visite(self, uow: UnitOfWork, call: Call, visite_id: UUID) -> Visite:
        return usecases.find_visite(uow, by=call.caller, visite_id=visite_id)

    @route(
        "GET",
        "/v1/sites/{site}/queue",
        texts=SitePath,
        allow=roles.AGENTS,
        reply=QueueOut,
        tag=_TAG,
        summary="File d’attente d’un site",
        problems=(SiteNotFound,),
    )
    def read_queue(self, uow: UnitOfWork, call: Call, site: str) -> dict[str, Any]:
        return usecases.read_queue(uow, by=call.caller, site=site)

    @route(
        "POST",
        "/v1/visites/{visite_id}/wait",
        allow=roles.AGENTS,
        reply=VisiteOut,
        etag=True,
        tag=_TAG,
        summary="La personne patiente",
        problems=_STATE,
    )
    def wait(self, uow: UnitOfWork, call: Call, visite_id: UUID) -> Visite:
        return usecases.move(uow, by=call.caller, visite_id=visite_id, action=Action.WAIT)

    @route(
        "POST",
        "/v1/visites/{visite_id}/interview",
        allow=roles.AGENTS,
        reply=VisiteOut,
        etag=True,
        tag=_TAG,
        summary="L’agent reçoit la personne",
        problems=_STATE,
    )
    def interview(self, uow: UnitOfWork, call: Call, visite_id: UUID) -> Visite:
        return usecases.move(uow, by=call.caller, visite_id=visite_id, action=Action.INTERVIEW)

    @route(
        "POST",
        "/v1/visites/{visite_id}/close",
        allow=roles.AGENTS,
        body=CloseIn,
        reply=VisiteOut,
        etag=True,
        tag=_TAG,
        summary="Terminer la visite, avec son issue",
        problems=(*_STATE, OutcomeReserved),
    )
    def close(self, uow: UnitOfWork, call: Call, visite_id: UUID) -> Visite:
        return usecases.move(
            uow,
            by=call.caller,
            visite_id=visite_id,
            action=Action.CLOSE,
            outcome=call.body["outcome"],
        )

    @route(
        "POST",
        "/v1/visites/{visite_id}/leave",
        allow=roles.AGENTS,
        reply=VisiteOut,
        etag=True,
        tag=_TAG,
        summary="La personne est repartie sans être reçue",
        problems=_STATE,
    )
    def leave(self, uow: UnitOfWork, call: Call, visite_id: UUID) -> Visite:
        return usecases.move(uow, by=call.caller, visite_id=visite_id, action=Action.LEAVE)

    @route(
        "POST",
        "/v1/visites/{visite_id}/attach",
        allow=roles.AGENTS,
        body=AttachIn,
        reply=VisiteOut,
        etag=True,
        tag=_TAG,
        summary="Rattacher une visite à une personne",
        problems=(VisiteNotFound, PersonneNotFound, VisiteAlreadyAttached, SecretFileNeverAttached),
    )
    def attach(self, uow: UnitOfWork, call: Call, visite_id: UUID) -> Visite:
        return usecases.attach(
            uow, by=call.caller, visite_id=visite_id, personne_id=call.body["personne_id"]
        )
