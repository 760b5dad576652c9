"""The route of the activity figures."""

from __future__ import annotations

from chassis.web.route import Call, route
from chassis.web.schemas import Period
from services import roles
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.schemas.activity import ActivityOut
from services.rendezvous.usecases.steering import activity


class ActivityRoutes:
    """Figures about nobody in particular."""

    @route(
        "GET",
        "/v1/activity",
        allow=roles.STATISTIQUES,
        query=Period,
        reply=ActivityOut,
        tag="Activité",
        summary="Chiffres d’activité d’une période",
    )
    def read_activity(self, uow: UnitOfWork, call: Call) -> activity.Activity:
        return activity.read_activity(uow, **call.query)
