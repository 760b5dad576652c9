"""Free slots over HTTP."""

from __future__ import annotations

from typing import Any

from chassis.web.route import Call, route
from services.rendezvous.domain import errors
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.schemas.creneaux import CreneauxOut, CreneauxQuery, NextOut, NextQuery
from services.rendezvous.service import allowed
from services.rendezvous.usecases.slots import creneaux
from services.rendezvous.usecases.slots.creneaux import Question

_PROBLEMS = (
    errors.MotifUnknown,
    errors.NotYoursToBook,
    errors.SiteUnknown,
    errors.RoomUnknown,
    errors.VehicleUnknown,
    errors.ZoneUnknown,
)


class CreneauxRoutes:
    """What can be booked."""

    @route(
        "GET",
        "/v1/creneaux",
        allow=allowed.BOOKERS,
        query=CreneauxQuery,
        reply=CreneauxOut,
        tag="Créneaux",
        summary="Créneaux libres d’un agent, d’un site, d’une MDS, ou de plusieurs agents ensemble",
        problems=_PROBLEMS,
    )
    def search_creneaux(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        limit = call.query.pop("limit")
        span = {name: call.query.pop(name) for name in ("first_day", "last_day")}
        found = creneaux.search_creneaux(
            uow, by=call.caller, asked=Question(**call.query), most=limit + 1, **span
        )
        return {"creneaux": found[:limit], "truncated": len(found) > limit}

    @route(
        "GET",
        "/v1/creneaux/next",
        allow=allowed.BOOKERS,
        query=NextQuery,
        reply=NextOut,
        tag="Créneaux",
        summary="Premier créneau libre dans les six mois",
        problems=_PROBLEMS,
    )
    def next_creneau(self, uow: UnitOfWork, call: Call) -> creneaux.Next:
        first_day = call.query.pop("first_day")
        return creneaux.next_creneau(
            uow, by=call.caller, asked=Question(**call.query), first_day=first_day
        )
