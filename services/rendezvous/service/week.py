"""The route of the week view."""

from __future__ import annotations

from chassis.web.route import Call, route
from services import roles
from services.rendezvous.domain import errors
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.schemas.week import WeekOut, WeekPath, WeekQuery
from services.rendezvous.usecases.booked import week


class WeekRoutes:
    """What a whole MDS does."""

    @route(
        "GET",
        "/v1/mds/{mds}/week",
        allow=roles.AGENTS,
        texts=WeekPath,
        query=WeekQuery,
        reply=WeekOut,
        tag="Agenda",
        summary="Semaine de toute une MDS",
        problems=(errors.MdsUnknown,),
    )
    def read_week(self, uow: UnitOfWork, call: Call, mds: str) -> week.Week:
        return week.read_week(uow, by=call.caller, mds=mds, **call.query)
