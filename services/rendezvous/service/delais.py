"""The route of the waits."""

from __future__ import annotations

from typing import Any

from chassis.web.route import Call, route
from services import roles
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.schemas.delais import DelaisOut, DelaisQuery
from services.rendezvous.usecases.steering import delais


class DelaiRoutes:
    """Figures about nobody in particular."""

    @route(
        "GET",
        "/v1/delais",
        allow=roles.STATISTIQUES,
        query=DelaisQuery,
        reply=DelaisOut,
        tag="Délais et renforts",
        summary="Délais mesurés chaque jour : troisième créneau libre",
    )
    def read_delais(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return {"delais": delais.read_delais(uow, **call.query)}
