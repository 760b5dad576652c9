"""Motifs, openings and absences over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.web.route import Call, route
from services.rendezvous.domain import errors
from services.rendezvous.domain.motif import Motif
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.schemas.motifs import (
    MotifEnd,
    MotifIn,
    MotifOut,
    MotifsOut,
    MotifsQuery,
)
from services.rendezvous.schemas.planning import (
    AbsenceCreated,
    AbsenceIn,
    AffectedOut,
    OpeningsIn,
    OpeningsOut,
)
from services.rendezvous.service import allowed
from services.rendezvous.usecases.supply import planning


class PlanningRoutes:
    """What the supply of rendezvous is made of."""

    @route(
        "POST",
        "/v1/motifs",
        allow=allowed.CONFIGURERS,
        body=MotifIn,
        reply=MotifOut,
        status=201,
        etag=True,
        idempotent=True,
        tag="Motifs",
        summary="Créer un motif daté",
        problems=(errors.MotifOverlaps, errors.MotifChangesNature),
    )
    def create_motif(self, uow: UnitOfWork, call: Call) -> Motif:
        return planning.create_motif(uow, **call.body)

    @route(
        "GET",
        "/v1/motifs",
        allow=allowed.READERS,
        query=MotifsQuery,
        reply=MotifsOut,
        tag="Motifs",
        summary="Motifs valides un jour donné",
    )
    def list_motifs(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return {"motifs": planning.list_motifs(uow, by=call.caller, **call.query)}

    @route(
        "POST",
        "/v1/motifs/{motif_id}/end",
        allow=allowed.CONFIGURERS,
        body=MotifEnd,
        reply=MotifOut,
        etag=True,
        if_match=True,
        tag="Motifs",
        summary="Fixer le dernier jour d’un motif",
        problems=(errors.MotifOverlaps, errors.MotifNotFound),
    )
    def end_motif(self, uow: UnitOfWork, call: Call, motif_id: UUID) -> Motif:
        return planning.end_motif(
            uow, motif_id=motif_id, expected=call.expected_version, **call.body
        )

    @route(
        "POST",
        "/v1/openings",
        allow=allowed.PLANNERS,
        body=OpeningsIn,
        reply=OpeningsOut,
        status=201,
        idempotent=True,
        tag="Plages",
        summary="Créer des plages d’ouverture (200 au plus, toutes ou aucune)",
        problems=(
            errors.OpeningOverlaps,
            errors.LocalTimeRefused,
            errors.AgentUnknown,
            errors.SiteUnknown,
        ),
    )
    def create_openings(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return {"openings": planning.create_openings(uow, by=call.caller, **call.body)}

    @route(
        "DELETE",
        "/v1/openings/{opening_id}",
        allow=allowed.PLANNERS,
        reply=AffectedOut,
        tag="Plages",
        summary="Supprimer une plage (les rendez-vous pris restent)",
        problems=(errors.PlanningUnknown,),
    )
    def delete_opening(self, uow: UnitOfWork, call: Call, opening_id: UUID) -> dict[str, Any]:
        affected = planning.delete_opening(uow, by=call.caller, opening_id=opening_id)
        return {"affected_rendezvous_ids": affected}

    @route(
        "POST",
        "/v1/absences",
        allow=allowed.PLANNERS,
        body=AbsenceIn,
        reply=AbsenceCreated,
        status=201,
        idempotent=True,
        tag="Plages",
        summary="Bloquer du temps d’un agent",
        problems=(errors.LocalTimeRefused, errors.AgentUnknown),
    )
    def create_absence(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        absence, affected = planning.create_absence(uow, by=call.caller, **call.body)
        return {"absence": absence, "affected_rendezvous_ids": affected}

    @route(
        "DELETE",
        "/v1/absences/{absence_id}",
        allow=allowed.PLANNERS,
        tag="Plages",
        summary="Supprimer une absence",
        problems=(errors.PlanningUnknown, errors.BusyTimeImported),
    )
    def delete_absence(self, uow: UnitOfWork, call: Call, absence_id: UUID) -> None:
        planning.delete_absence(uow, by=call.caller, absence_id=absence_id)
