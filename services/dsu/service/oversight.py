"""The journal of reads, the internal reads."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.web.pages import Page
from chassis.web.route import Call, route
from services import roles
from services.dsu.domain import errors
from services.dsu.persistence import UnitOfWork
from services.dsu.schemas.oversight import (
    OfPersonnesIn,
    OfPersonnesOut,
    ProfessionalsOut,
    ReadingOut,
    VerificationOut,
)
from services.dsu.service.asking import asking
from services.dsu.usecases import oversight, professionals

_JOURNAL = "Journal des lectures"
_INTERNAL = "Lectures internes"


class OversightRoutes:
    """The journal of reads, the internal reads."""

    @route(
        "GET",
        "/v1/dossiers/{dossier_id}/readings",
        allow=frozenset({roles.DPO}),
        reply=ReadingOut,
        many="readings",
        tag=_JOURNAL,
        summary="Qui a lu ce dossier, quand et pourquoi",
        problems=(errors.DossierNotFound,),
    )
    def list_readings(self, uow: UnitOfWork, call: Call, dossier_id: UUID) -> Page[dict[str, Any]]:
        return oversight.list_readings(uow, dossier_id, entry=asking(call), page=call.page)

    @route(
        "GET",
        "/v1/dossiers/{dossier_id}/readings/verification",
        allow=frozenset({roles.DPO}),
        reply=VerificationOut,
        tag=_JOURNAL,
        summary="Vérifier que le journal des lectures n’a pas été altéré",
        problems=(errors.DossierNotFound,),
    )
    def verify_readings(self, uow: UnitOfWork, call: Call, dossier_id: UUID) -> dict[str, Any]:
        return oversight.verify_readings(uow, dossier_id, entry=asking(call))

    @route(
        "GET",
        "/internal/dossiers/{dossier_id}/professionals",
        allow=frozenset({roles.SERVICE}),
        reply=ProfessionalsOut,
        tag=_INTERNAL,
        summary="Qui suit ce dossier aujourd’hui",
        problems=(errors.DossierNotFound,),
    )
    def read_professionals(self, uow: UnitOfWork, _call: Call, dossier_id: UUID) -> dict[str, Any]:
        return professionals.professionals_of(uow, dossier_id)

    @route(
        "POST",
        "/internal/dossiers/of-personnes",
        allow=frozenset({roles.SERVICE}),
        body=OfPersonnesIn,
        reply=OfPersonnesOut,
        tag=_INTERNAL,
        summary="Dossiers ouverts de ces personnes, et qui les suit",
    )
    def find_of_personnes(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return {"dossiers": professionals.of_personnes(uow, **call.body)}
