"""The route of the activity figures."""

from __future__ import annotations

from typing import Any

from chassis.web.route import Call, route
from chassis.web.schemas import Period
from services import roles
from services.aides.persistence import UnitOfWork
from services.aides.schemas.activity import ActivityOut
from services.aides.usecases import activity


class ActivityRoutes:
    """Figures about nobody in particular."""

    @route(
        "GET",
        "/v1/activity",
        allow=roles.STATISTIQUES | {roles.FINANCE},
        query=Period,
        reply=ActivityOut,
        tag="Activité",
        summary="Lire l’activité d’une période, par MDS",
    )
    def read_activity(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return activity.read_activity(uow, **call.query)
