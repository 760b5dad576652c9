"""The route of the activity figures."""

from __future__ import annotations

from typing import Any

from chassis.web.route import Call, route
from chassis.web.schemas import Period
from services import roles
from services.accueil.persistence import UnitOfWork
from services.accueil.schemas.activity import ActivityOut
from services.accueil.usecases import activity


class ActivityRoutes:
    """Figures about nobody in particular."""

    @route(
        "GET",
        "/v1/activity",
        allow=roles.STATISTIQUES,
        query=Period,
        reply=ActivityOut,
        tag="Activité",
        summary="Activité de l’accueil sur une période",
    )
    def read_activity(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return activity.read_activity(uow, **call.query)
