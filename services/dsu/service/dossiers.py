"""Opening, reading and listing dossiers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.web.pages import Page
from chassis.web.route import Call, route
from services import roles
from services.dsu.domain import errors
from services.dsu.domain.dossier import Dossier
from services.dsu.persistence import UnitOfWork
from services.dsu.schemas.dossiers import (
    DossierIn,
    DossierOut,
    DossiersQuery,
    DossierSummaryOut,
    ImportIn,
    ImportOut,
)
from services.dsu.schemas.interventions import TimelineOut
from services.dsu.service.asking import REFUSALS, Purposes, asking
from services.dsu.usecases import imports, opening, reading
from services.protection import PersonneNotFound

_DOSSIERS = "Dossiers"


class DossierRoutes:
    """Opening, reading and listing dossiers."""

    @route(
        "POST",
        "/v1/dossiers",
        allow=roles.PROFESSIONNELS,
        body=DossierIn,
        reply=DossierOut,
        status=201,
        etag=True,
        idempotent=True,
        tag=_DOSSIERS,
        summary="Ouvrir un dossier, d’une orientation ou directement",
        problems=(
            errors.PersonneAlreadyFollowed,
            PersonneNotFound,
            errors.PersonneProtected,
            errors.NotAReferent,
            errors.OrientationMismatch,
            errors.PlaceUnknown,
            errors.AgentUnknown,
            errors.PersonneUnknown,
            errors.PersonneDeceased,
            errors.DateRefused,
        ),
    )
    def open_dossier(self, uow: UnitOfWork, call: Call) -> Dossier:
        return opening.open_dossier(uow, caller=call.caller, asked=opening.Opening(**call.body))

    @route(
        "POST",
        "/v1/dossiers/imports",
        allow=frozenset({roles.ADMIN}),
        body=ImportIn,
        reply=ImportOut,
        tag=_DOSSIERS,
        summary="Reprendre des dossiers existants (200 au plus, chaque ligne a son issue)",
        description="Rejouable : une référence déjà reprise à l’identique répond EXISTING.",
        problems=(errors.PersonneAlreadyFollowed, errors.ReferenceAlreadyUsed),
    )
    def import_dossiers(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        rows = [imports.Row(**row) for row in call.body["dossiers"]]
        return {"outcomes": imports.import_dossiers(uow, rows)}

    @route(
        "GET",
        "/v1/dossiers",
        allow=roles.PROFESSIONNELS,
        query=DossiersQuery,
        reply=DossierSummaryOut,
        many="dossiers",
        tag=_DOSSIERS,
        summary="Les dossiers dont l’appelant est le référent",
    )
    def list_dossiers(self, uow: UnitOfWork, call: Call) -> Page[Dossier]:
        return reading.list_mine(
            uow, entry=asking(call), status=call.query["status"], page=call.page
        )

    @route(
        "GET",
        "/v1/dossiers/{dossier_id}",
        allow=roles.PROFESSIONNELS,
        reply=DossierOut,
        etag=True,
        tag=_DOSSIERS,
        summary="Lire un dossier",
        headers=Purposes,
        problems=REFUSALS,
    )
    def read_dossier(self, uow: UnitOfWork, call: Call, dossier_id: UUID) -> Dossier:
        return reading.read_dossier(uow, dossier_id, entry=asking(call))

    @route(
        "GET",
        "/v1/dossiers/{dossier_id}/timeline",
        allow=roles.PROFESSIONNELS,
        reply=TimelineOut,
        tag=_DOSSIERS,
        summary="Les faits du dossier : aides décidées, rendez-vous, clôtures, décès",
        headers=Purposes,
        problems=REFUSALS,
    )
    def read_timeline(self, uow: UnitOfWork, call: Call, dossier_id: UUID) -> dict[str, Any]:
        return {"lines": reading.read_timeline(uow, dossier_id, entry=asking(call))}
