"""Closing days over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.web.route import Call, route
from chassis.web.schemas import Period
from services.rendezvous.domain import errors
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.schemas.fermetures import (
    FeriesIn,
    FeriesOut,
    FermetureCreated,
    FermetureIn,
    FermeturesOut,
)
from services.rendezvous.service import allowed
from services.rendezvous.usecases.supply import fermetures


class FermetureRoutes:
    """When nobody receives."""

    @route(
        "POST",
        "/v1/fermetures",
        allow=allowed.CONFIGURERS,
        body=FermetureIn,
        reply=FermetureCreated,
        status=201,
        idempotent=True,
        tag="Fermetures",
        summary="Fermer des jours ou des heures : tout, une MDS ou un site",
        problems=(errors.SiteUnknown, errors.NotYoursToClose, errors.LocalTimeRefused),
    )
    def create_fermeture(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        made, affected = fermetures.create_fermeture(uow, by=call.caller, **call.body)
        return {"fermeture": made, "affected_rendezvous_ids": affected}

    @route(
        "GET",
        "/v1/fermetures",
        allow=allowed.PLANNERS,
        query=Period,
        reply=FermeturesOut,
        tag="Fermetures",
        summary="Fermetures d’une période",
    )
    def list_fermetures(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return {"fermetures": fermetures.list_fermetures(uow, **call.query)}

    @route(
        "DELETE",
        "/v1/fermetures/{fermeture_id}",
        allow=allowed.CONFIGURERS,
        tag="Fermetures",
        summary="Lever une fermeture",
        problems=(errors.FermetureUnknown,),
    )
    def delete_fermeture(self, uow: UnitOfWork, call: Call, fermeture_id: UUID) -> None:
        fermetures.delete_fermeture(uow, by=call.caller, fermeture_id=fermeture_id)

    @route(
        "POST",
        "/v1/fermetures/jours-feries",
        allow=allowed.CONFIGURERS,
        body=FeriesIn,
        reply=FeriesOut,
        tag="Fermetures",
        summary="Charger les jours fériés d’une année, par territoire (redit : sans effet)",
        problems=(errors.NotYoursToClose,),
    )
    def load_jours_feries(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        loaded, affected = fermetures.load_jours_feries(uow, by=call.caller, **call.body)
        return {"fermetures": loaded, "affected_rendezvous_ids": affected}
