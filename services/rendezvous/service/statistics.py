"""The route of the statistics."""

from __future__ import annotations

from chassis.web.route import Call, route
from chassis.web.schemas import Period
from services import roles
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.schemas.statistics import StatisticsOut
from services.rendezvous.usecases.steering import statistics


class StatisticsRoutes:
    """What became of rendezvous, about nobody in particular."""

    @route(
        "GET",
        "/v1/statistics",
        allow=roles.STATISTIQUES,
        query=Period,
        reply=StatisticsOut,
        tag="Activité",
        summary="Honorés, non honorés, annulés, retards et délais par MDS, motif et profession",
    )
    def read_statistics(self, uow: UnitOfWork, call: Call) -> statistics.Statistics:
        return statistics.read_statistics(uow, **call.query)
