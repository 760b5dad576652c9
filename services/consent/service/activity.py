"""The route of the activity figures."""

from __future__ import annotations

from typing import Any

from chassis.web.route import Call, route
from chassis.web.schemas import Period
from services import roles
from services.consent.persistence import UnitOfWork
from services.consent.schemas.activity import ActivityOut


class ActivityRoutes:
    """Figures about nobody in particular."""

    @route(
        "GET",
        "/v1/activity",
        allow=roles.STATISTIQUES | {roles.DPO},
        query=Period,
        reply=ActivityOut,
        tag="Activité",
        summary="Chiffres d’une période",
    )
    def read_activity(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return call.query | {"rows": uow.activity.rows(**call.query)}
