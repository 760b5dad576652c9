"""Decisions over HTTP: what is decided, by whom, and why."""

from __future__ import annotations

from chassis.web import fields
from chassis.web.schemas import Schema
from services.aides.domain.decision import Path
from services.aides.domain.demande import Outcome
from services.aides.domain.nature import DecisionReason, Instance
from services.aides.domain.reglement import Act
from services.aides.schemas.demandes import LineOut, amount, reference


class InstalmentIn(Schema):
    """One part of the grant."""

    due_on = fields.day("Payable dès.", "2023-04-05", required=True)
    amount_cents = amount("Montant de l’échéance")


class DecisionIn(Schema):
    """What is decided."""

    outcome = fields.choice(Outcome, "Sens.", "GRANTED", required=True)
    amount_cents = amount("Montant accordé ; 0 pour un refus ou un ajournement", least=0)
    reason = fields.choice(
        DecisionReason,
        "Motif, obligatoire sauf accord total à un public visé.",
        load_default=None,
        allow_none=True,
    )
    text = fields.text(
        "Motivation en clair (chiffrée).",
        "Motif d’exemple.",
        most=4000,
        load_default=None,
        allow_none=True,
    )
    seance_id = fields.uuid(
        "Séance enregistrée qui a examiné la demande.", load_default=None, allow_none=True
    )
    instalments = fields.many(
        InstalmentIn, "Échéancier ; sans lui, un versement immédiat.", most=24, load_default=list
    )


class BudgetIn(Schema):
    """The budget authority's act."""

    reference = reference("Référence de l’acte budgétaire.", "DM-2023-02")


class DecisionOut(Schema):
    """One decision."""

    decision_id = fields.uuid("Identifiant.", attribute="id")
    rank = fields.integer("Rang.", 1)
    outcome = fields.choice(Outcome, "Sens.")
    amount_cents = fields.cents("Accordé")
    decided_on = fields.day("Jour.")
    decided_by = fields.uuid("Décideur.")
    path = fields.choice(Path, "Délégation ou commission.")
    seance_id = fields.uuid("Séance qui a examiné la demande.", allow_none=True)
    instance = fields.choice(Instance, "Instance.", allow_none=True)
    session_on = fields.day("Séance.", allow_none=True)
    session_reference = fields.text("Référence du procès-verbal.", "PV-2023-04", allow_none=True)
    act = fields.choice(Act, "Avis ou décision.", allow_none=True)
    reason = fields.choice(DecisionReason, "Motif.", allow_none=True)
    text = fields.text("Motivation.", "Motif d’exemple.", allow_none=True)
    reglement_id = fields.uuid("Règlement appliqué.")
    explanation = fields.many(LineOut, "Explication, règle par règle.")
    voies = fields.document("Voies et délais de recours.", allow_none=True)
    to_regularise = fields.flag("Urgence à régulariser à la prochaine séance.")
    awaits_budget = fields.flag("Accordée, en attente de l’autorité budgétaire.")


class DecisionsOut(Schema):
    """All decisions of a demande."""

    decisions = fields.many(DecisionOut, "Décisions, dans l’ordre.")
