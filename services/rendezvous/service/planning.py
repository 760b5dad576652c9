"""Motifs, rooms, openings and absences over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.web.route import Call, route
from services import roles
from services.rendezvous import usecases
from services.rendezvous.domain import errors
from services.rendezvous.domain.motif import Motif
from services.rendezvous.domain.planning import Room
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.schemas import motifs, planning

_CONFIGURE = frozenset({roles.RESPONSABLE, roles.ADMIN})
_PLAN = roles.AGENTS | {roles.ADMIN}
_READ = roles.AGENTS | {roles.PERSONNE} | _CONFIGURE


class PlanningRoutes:
    """What the supply of rendezvous is made of."""

    @route(
        "POST",
        "/v1/motifs",
        allow=_CONFIGURE,
        body=motifs.MotifIn,
        reply=motifs.MotifOut,
        status=201,
        etag=True,
        idempotent=True,
        tag="Motifs",
        summary="Créer un motif daté",
        problems=(errors.MotifOverlaps,),
    )
    def create_motif(self, uow: UnitOfWork, call: Call) -> Motif:
        return usecases.create_motif(uow, **call.body)

    @route(
        "GET",
        "/v1/motifs",
        allow=_READ,
        query=motifs.MotifsQuery,
        reply=motifs.MotifsOut,
        tag="Motifs",
        summary="Motifs valides un jour donné",
    )
    def list_motifs(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return {"motifs": usecases.list_motifs(uow, by=call.caller, **call.query)}

    @route(
        "POST",
        "/v1/motifs/{motif_id}/end",
        allow=_CONFIGURE,
        body=motifs.MotifEnd,
        reply=motifs.MotifOut,
        etag=True,
        if_match=True,
        tag="Motifs",
        summary="Fixer le dernier jour d’un motif",
        problems=(errors.MotifOverlaps,),
    )
    def end_motif(self, uow: UnitOfWork, call: Call, motif_id: UUID) -> Motif:
        return usecases.end_motif(
            uow, motif_id=motif_id, expected=call.expected_version, **call.body
        )

    @route(
        "POST",
        "/v1/rooms",
        allow=_CONFIGURE | {roles.SECRETAIRE},
        body=motifs.RoomIn,
        reply=motifs.RoomOut,
        status=201,
        idempotent=True,
        tag="Plages",
        summary="Créer une salle",
        problems=(errors.SiteUnknown,),
    )
    def create_room(self, uow: UnitOfWork, call: Call) -> Room:
        return usecases.create_room(uow, **call.body)

    @route(
        "POST",
        "/v1/openings",
        allow=_PLAN,
        body=planning.OpeningsIn,
        reply=planning.OpeningsOut,
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
        return {"openings": usecases.create_openings(uow, by=call.caller, **call.body)}

    @route(
        "DELETE",
        "/v1/openings/{opening_id}",
        allow=_PLAN,
        reply=planning.AffectedOut,
        tag="Plages",
        summary="Supprimer une plage (les rendez-vous pris restent)",
    )
    def delete_opening(self, uow: UnitOfWork, call: Call, opening_id: UUID) -> dict[str, Any]:
        affected = usecases.delete_opening(uow, by=call.caller, opening_id=opening_id)
        return {"affected_rendezvous_ids": affected}

    @route(
        "POST",
        "/v1/absences",
        allow=_PLAN,
        body=planning.AbsenceIn,
        reply=planning.AbsenceCreated,
        status=201,
        idempotent=True,
        tag="Plages",
        summary="Bloquer du temps d’un agent",
        problems=(errors.LocalTimeRefused, errors.AgentUnknown),
    )
    def create_absence(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        absence, affected = usecases.create_absence(uow, by=call.caller, **call.body)
        return {"absence": absence, "affected_rendezvous_ids": affected}

    @route(
        "DELETE",
        "/v1/absences/{absence_id}",
        allow=_PLAN,
        tag="Plages",
        summary="Supprimer une absence",
    )
    def delete_absence(self, uow: UnitOfWork, call: Call, absence_id: UUID) -> None:
        usecases.delete_absence(uow, by=call.caller, absence_id=absence_id)
