"""The route that explains a decision."""

from __future__ import annotations

from chassis.errors import NotFound
from chassis.web.route import Call, route
from services.consent.domain.decision import Decision
from services.consent.domain.partenaire import PartenaireNotFound
from services.consent.persistence import UnitOfWork
from services.consent.schemas.decisions import DecisionIn, DecisionOut
from services.consent.service import allowed
from services.consent.usecases import decisions
from services.consent.usecases.access import NoAgent


class DecisionRoutes:
    """What would leave, and why."""

    @route(
        "POST",
        "/v1/decisions",
        allow=allowed.READERS,
        body=DecisionIn,
        reply=DecisionOut,
        tag="Décisions",
        summary="Expliquer ce qui sortirait, et pourquoi",
        problems=(NotFound, PartenaireNotFound, NoAgent),
    )
    def explain(self, uow: UnitOfWork, call: Call) -> Decision:
        return decisions.explain(uow, by=call.caller, **call.body)
