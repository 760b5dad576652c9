"""The route of the activity figures."""

from __future__ import annotations

from typing import Any

from chassis.web.route import Call, route
from chassis.web.schemas import Period
from services import roles
from services.notifications.persistence import UnitOfWork
from services.notifications.schemas.activity import ActivityOut
from services.notifications.usecases import activity


class ActivityRoutes:
    """Figures about nobody in particular."""

    @route(
        "GET",
        "/v1/activity",
        allow=roles.STATISTIQUES,
        query=Period,
        reply=ActivityOut,
        tag="Activité",
        summary="Compter les messages par MDS, modèle, canal, issue et motif",
    )
    def read_activity(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        """Counted on the Paris day a message was sent, failed or dropped."""
        return activity.read_activity(uow, **call.query)
