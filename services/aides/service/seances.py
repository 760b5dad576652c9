"""Routes of the sessions of the commissions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.web.pages import Page
from chassis.web.route import Call, route
from services import roles
from services.aides.domain.seance import Seance, SeanceAlreadyRegistered, SeanceIncoherent
from services.aides.persistence import UnitOfWork
from services.aides.schemas.seances import AgendaIn, SeanceIn, SeanceOut, SeanceWithAgendaOut
from services.aides.service import allowed
from services.aides.usecases import seances

_TAG = "Commissions"


class SeanceRoutes:
    """Who sat, when, and on which files."""

    @route(
        "POST",
        "/v1/seances",
        allow=frozenset({roles.DIRECTION}),
        body=SeanceIn,
        reply=SeanceWithAgendaOut,
        status=201,
        idempotent=True,
        tag=_TAG,
        summary="Enregistrer une séance tenue, qui y a siégé et son ordre du jour",
        problems=(SeanceIncoherent, SeanceAlreadyRegistered),
    )
    def register_seance(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return _whole(uow, seances.register_seance(uow, by=call.caller, **call.body))

    @route(
        "POST",
        "/v1/seances/{seance_id}/agenda",
        allow=frozenset({roles.DIRECTION}),
        body=AgendaIn,
        reply=SeanceWithAgendaOut,
        idempotent=True,
        tag=_TAG,
        summary="Ajouter des demandes à l’ordre du jour d’une séance",
        problems=(SeanceIncoherent,),
    )
    def complete_agenda(self, uow: UnitOfWork, call: Call, seance_id: UUID) -> dict[str, Any]:
        return _whole(uow, seances.complete_agenda(uow, seance_id, **call.body))

    @route(
        "GET",
        "/v1/seances",
        allow=allowed.DECIDERS,
        reply=SeanceOut,
        many="seances",
        tag=_TAG,
        summary="Lister les séances, la dernière enregistrée d’abord",
    )
    def list_seances(self, uow: UnitOfWork, call: Call) -> Page[Seance]:
        return seances.list_seances(uow, page=call.page)

    @route(
        "GET",
        "/v1/seances/{seance_id}",
        allow=allowed.DECIDERS,
        reply=SeanceWithAgendaOut,
        tag=_TAG,
        summary="Lire une séance et son ordre du jour",
    )
    def read_seance(self, uow: UnitOfWork, _: Call, seance_id: UUID) -> dict[str, Any]:
        return _whole(uow, seances.read_seance(uow, seance_id))


def _whole(uow: UnitOfWork, seance: Seance) -> dict[str, Any]:
    return vars(seance) | {"demande_ids": uow.seances.agenda(seance.id)}
