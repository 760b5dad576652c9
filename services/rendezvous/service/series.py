"""Recurring openings and absences over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.web.route import Call, route
from services import roles
from services.rendezvous.domain import errors
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.schemas.series import (
    DayPath,
    OccurrenceChange,
    SerieChange,
    SerieChanged,
    SerieEnd,
    SerieIn,
    SeriesOut,
)
from services.rendezvous.service import allowed
from services.rendezvous.usecases.supply import occurrences, series
from services.rendezvous.usecases.supply.filling import Changed

_OFFER_PROBLEMS = (errors.OpeningOverlaps, errors.SiteUnknown)


class SeriesRoutes:
    """What an agent's weeks are made of."""

    @route(
        "POST",
        "/v1/series",
        allow=allowed.PLANNERS,
        body=SerieIn,
        reply=SerieChanged,
        status=201,
        etag=True,
        idempotent=True,
        tag="Séries",
        summary="Créer une série de plages ou d’absences (toutes les occurrences, ou aucune)",
        problems=(*_OFFER_PROBLEMS, errors.RuleRefused, errors.AgentUnknown),
    )
    def create_serie(self, uow: UnitOfWork, call: Call) -> Changed:
        return series.create_serie(uow, by=call.caller, **call.body)

    @route(
        "GET",
        "/v1/agents/{agent_id}/series",
        allow=roles.AGENTS,
        reply=SeriesOut,
        tag="Séries",
        summary="Séries d’un agent qui ne sont pas finies",
        problems=(errors.PlanningUnknown,),
    )
    def list_series(self, uow: UnitOfWork, call: Call, agent_id: UUID) -> dict[str, Any]:
        return {"series": series.list_series(uow, by=call.caller, agent_id=agent_id)}

    @route(
        "POST",
        "/v1/series/{serie_id}/change",
        allow=allowed.PLANNERS,
        body=SerieChange,
        reply=SerieChanged,
        etag=True,
        if_match=True,
        tag="Séries",
        summary="Changer cette occurrence et les suivantes (une nouvelle série commence)",
        problems=(
            *_OFFER_PROBLEMS,
            errors.RuleRefused,
            errors.SerieUnknown,
            errors.OccurrenceUnknown,
        ),
    )
    def change_serie(self, uow: UnitOfWork, call: Call, serie_id: UUID) -> Changed:
        from_day, keep_edits = call.body.pop("from_day"), call.body.pop("keep_edits")
        return series.change_serie(
            uow,
            by=call.caller,
            serie_id=serie_id,
            expected=call.expected_version,
            from_day=from_day,
            keep_edits=keep_edits,
            changes=call.body,
        )

    @route(
        "POST",
        "/v1/series/{serie_id}/end",
        allow=allowed.PLANNERS,
        body=SerieEnd,
        reply=SerieChanged,
        etag=True,
        if_match=True,
        tag="Séries",
        summary="Fixer le dernier jour d’une série",
        problems=(errors.SerieUnknown, errors.SerieEnded),
    )
    def end_serie(self, uow: UnitOfWork, call: Call, serie_id: UUID) -> Changed:
        return series.end_serie(
            uow, by=call.caller, serie_id=serie_id, expected=call.expected_version, **call.body
        )

    @route(
        "POST",
        "/v1/series/{serie_id}/occurrences/{day}/change",
        allow=allowed.PLANNERS,
        texts=DayPath,
        body=OccurrenceChange,
        reply=SerieChanged,
        etag=True,
        if_match=True,
        tag="Séries",
        summary="Changer ou supprimer une seule occurrence",
        problems=(*_OFFER_PROBLEMS, errors.SerieUnknown, errors.OccurrenceUnknown),
    )
    def change_occurrence(
        self, uow: UnitOfWork, call: Call, serie_id: UUID, **texts: Any
    ) -> Changed:
        return occurrences.change_occurrence(
            uow,
            by=call.caller,
            serie_id=serie_id,
            expected=call.expected_version,
            changes=call.body,
            **texts,
        )

    @route(
        "POST",
        "/v1/series/{serie_id}/occurrences/{day}/restore",
        allow=allowed.PLANNERS,
        texts=DayPath,
        reply=SerieChanged,
        etag=True,
        if_match=True,
        tag="Séries",
        summary="Rendre une occurrence telle que la série la donne",
        problems=(errors.OpeningOverlaps, errors.SerieUnknown, errors.OccurrenceUnknown),
    )
    def restore_occurrence(
        self, uow: UnitOfWork, call: Call, serie_id: UUID, **texts: Any
    ) -> Changed:
        return occurrences.restore_occurrence(
            uow, by=call.caller, serie_id=serie_id, expected=call.expected_version, **texts
        )
