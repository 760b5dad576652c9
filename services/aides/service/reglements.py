"""Routes of the règlement."""

from __future__ import annotations

from typing import Any

from chassis.web.route import Call, route
from services import roles
from services.aides.domain.reglement import (
    Reglement,
    ReglementAlreadyInForce,
    UnlawfulReglement,
)
from services.aides.persistence import UnitOfWork
from services.aides.schemas.reglements import ReglementIn, ReglementOut, ReglementsOut
from services.aides.service import allowed
from services.aides.usecases import reglements

_TAG = "Règlement"


class ReglementRoutes:
    """The rules of aid, version by version."""

    @route(
        "POST",
        "/v1/reglements",
        allow=frozenset({roles.DIRECTION, roles.ADMIN}),
        body=ReglementIn,
        reply=ReglementOut,
        status=201,
        idempotent=True,
        tag=_TAG,
        summary="Charger une version du règlement des aides",
        problems=(UnlawfulReglement, ReglementAlreadyInForce),
    )
    def adopt_reglement(self, uow: UnitOfWork, call: Call) -> Reglement:
        return reglements.adopt_reglement(uow, by=call.caller, **call.body)

    @route(
        "GET",
        "/v1/reglements",
        allow=allowed.READERS | {roles.ADMIN},
        reply=ReglementsOut,
        tag=_TAG,
        summary="Lister les versions du règlement",
    )
    def list_reglements(self, uow: UnitOfWork, _: Call) -> dict[str, Any]:
        return {"reglements": uow.reglements.all()}
