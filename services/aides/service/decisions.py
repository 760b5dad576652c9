"""Routes of decisions, and of the budget authority."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.errors import Conflict
from chassis.web.route import Call, route
from services import roles
from services.aides.accueil import AgeUnknown
from services.aides.domain.decision import (
    CommissionRequired,
    DecisionIncoherent,
    DelegationExceeded,
    IncompleteFile,
    NotGrantable,
    RefusalByRuleAlone,
)
from services.aides.domain.demande import ActionNotAllowed, Demande, InstructorCannotDecide
from services.aides.domain.enveloppe import EnveloppeExhausted, NoEnveloppe
from services.aides.domain.lecture import What
from services.aides.domain.paiement import InstalmentsDoNotSum
from services.aides.domain.seance import NotOfTheSeance, QuorumNotReached, WrongCommission
from services.aides.persistence import UnitOfWork
from services.aides.schemas.decisions import BudgetIn, DecisionIn, DecisionsOut
from services.aides.schemas.demandes import DemandeOut
from services.aides.service import allowed
from services.aides.usecases import decisions
from services.aides.usecases.access import visible

_TAG = "Demandes"


class DecisionRoutes:
    """What is decided, by whom and why."""

    @route(
        "POST",
        "/v1/demandes/{demande_id}/decision",
        allow=allowed.DECIDERS,
        body=DecisionIn,
        reply=DemandeOut,
        etag=True,
        if_match=True,
        idempotent=True,
        tag=_TAG,
        summary="Décider, par délégation ou en commission",
        problems=(
            ActionNotAllowed,
            InstructorCannotDecide,
            DecisionIncoherent,
            DelegationExceeded,
            CommissionRequired,
            WrongCommission,
            QuorumNotReached,
            NotOfTheSeance,
            RefusalByRuleAlone,
            NotGrantable,
            IncompleteFile,
            EnveloppeExhausted,
            NoEnveloppe,
            InstalmentsDoNotSum,
            AgeUnknown,
            Conflict,
        ),
    )
    def decide(self, uow: UnitOfWork, call: Call, demande_id: UUID) -> Demande:
        return decisions.decide(
            uow,
            demande_id,
            by=call.caller,
            expected_version=call.expected_version,
            **call.body,
        )

    @route(
        "GET",
        "/v1/demandes/{demande_id}/decisions",
        allow=allowed.EXAMINERS,
        reply=DecisionsOut,
        tag=_TAG,
        summary="Lire les décisions, leur explication et les voies de recours",
    )
    def read_decisions(self, uow: UnitOfWork, call: Call, demande_id: UUID) -> dict[str, Any]:
        seen = visible(uow, demande_id, What.READ_DECISIONS, by=call.caller)
        return {"decisions": uow.decisions.of(seen.id)}

    @route(
        "POST",
        "/v1/demandes/{demande_id}/budget",
        allow=frozenset({roles.DIRECTION}),
        body=BudgetIn,
        reply=DemandeOut,
        etag=True,
        if_match=True,
        idempotent=True,
        tag=_TAG,
        summary="Autoriser le paiement d’une prestation légale en attente de crédits",
        problems=(ActionNotAllowed, NoEnveloppe, EnveloppeExhausted),
    )
    def authorise_budget(self, uow: UnitOfWork, call: Call, demande_id: UUID) -> Demande:
        return decisions.authorise_budget(
            uow,
            demande_id,
            by=call.caller,
            expected_version=call.expected_version,
            **call.body,
        )
