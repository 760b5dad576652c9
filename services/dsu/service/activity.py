"""The route of the activity figures."""

from __future__ import annotations

from typing import Any

from chassis.web.route import Call, route
from services import roles
from services.dsu.persistence import UnitOfWork
from services.dsu.schemas.activity import ActivityOut, ActivityQuery
from services.dsu.usecases import activity


class ActivityRoutes:
    """Figures about nobody in particular."""

    @route(
        "GET",
        "/v1/activity",
        allow=roles.STATISTIQUES,
        query=ActivityQuery,
        reply=ActivityOut,
        tag="Activité",
        summary="Dossiers et interventions par MDS",
        description="STOCK compte les dossiers ouverts au jour `on`, dernier jour par défaut.",
    )
    def read_activity(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return activity.read_activity(uow, **call.query)
