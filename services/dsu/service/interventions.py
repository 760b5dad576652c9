"""Interventions and their nomenclature."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.web.pages import Page
from chassis.web.route import Call, route
from services import roles
from services.dsu.domain import errors
from services.dsu.domain.nomenclature import Nomenclature
from services.dsu.persistence import UnitOfWork
from services.dsu.schemas.interventions import (
    InterventionIn,
    InterventionOut,
    NomenclatureOut,
    NomenclatureQuery,
)
from services.dsu.service.asking import REFUSALS, Purposes, asking
from services.dsu.usecases import interventions

_INTERVENTIONS = "Interventions"


class InterventionRoutes:
    """Interventions and their nomenclature."""

    @route(
        "POST",
        "/v1/dossiers/{dossier_id}/interventions",
        allow=roles.PROFESSIONNELS,
        body=InterventionIn,
        reply=InterventionOut,
        status=201,
        idempotent=True,
        tag=_INTERVENTIONS,
        summary="Consigner une intervention",
        headers=Purposes,
        problems=(
            errors.UnknownCode,
            errors.SeparateFile,
            errors.NotAMember,
            *REFUSALS,
            errors.StatusForbids,
            errors.DateRefused,
        ),
    )
    def record_intervention(self, uow: UnitOfWork, call: Call, dossier_id: UUID) -> dict[str, Any]:
        asked = interventions.Recording(**call.body)
        return interventions.record_intervention(uow, dossier_id, asked, entry=asking(call))

    @route(
        "GET",
        "/v1/dossiers/{dossier_id}/interventions",
        allow=roles.PROFESSIONNELS,
        reply=InterventionOut,
        many="interventions",
        tag=_INTERVENTIONS,
        summary="Les interventions, de la plus récente à la plus ancienne",
        headers=Purposes,
        problems=REFUSALS,
    )
    def list_interventions(
        self, uow: UnitOfWork, call: Call, dossier_id: UUID
    ) -> Page[dict[str, Any]]:
        return interventions.list_interventions(uow, dossier_id, entry=asking(call), page=call.page)

    @route(
        "GET",
        "/v1/nomenclature",
        allow=roles.AGENTS | roles.STATISTIQUES,
        query=NomenclatureQuery,
        reply=NomenclatureOut,
        tag=_INTERVENTIONS,
        summary="La nomenclature des interventions en vigueur un jour donné",
        problems=(errors.UnknownCode,),
    )
    def read_nomenclature(self, uow: UnitOfWork, call: Call) -> Nomenclature:
        return interventions.read_nomenclature(uow, **call.query)
