"""Demandes over HTTP: filing, instruction, decision, payment, withdrawal. Amounts in cents."""

from __future__ import annotations

from marshmallow import fields, validate

from chassis.web.schemas import Schema
from services.aides.domain.demande import Outcome, Status
from services.aides.domain.nature import (
    DecisionReason,
    Instance,
    Nature,
    Partner,
    Reason,
    WithdrawalReason,
)
from services.aides.domain.paiement import PayeeKind
from services.aides.domain.reglement import Act

#: 100 000 €: more is a typing mistake, not an aid.
_MOST_CENTS = 10_000_000
_CODE = validate.Regexp(r"^[A-Z0-9][A-Z0-9-]{1,59}$")


def _cents(description: str, *, low: int = 1, required: bool = True) -> fields.Integer:
    return fields.Integer(
        required=required,
        strict=True,
        validate=validate.Range(low, _MOST_CENTS),
        metadata={"description": f"{description}, en centimes.", "example": 24500},
    )


class DemandesQuery(Schema):
    """Which demandes."""

    mds = fields.String(
        load_default=None,
        validate=_CODE,
        metadata={"description": "MDS.", "example": "MDS-MONTAUBAN"},
    )
    status = fields.Enum(
        Status, load_default=None, metadata={"description": "État.", "example": "INSTRUCTED"}
    )


class DemandeIn(Schema):
    """A demande as filed."""

    nature = fields.Enum(
        Nature, required=True, metadata={"description": "Nature de l’aide.", "example": "SECOURS"}
    )
    demandeur_id = fields.UUID(
        required=True, metadata={"description": "Personne qui demande (accueil)."}
    )
    foyer_ids = fields.List(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(max=20),
        metadata={"description": "Autres personnes du foyer concernées."},
    )
    mds = fields.String(
        required=True,
        validate=_CODE,
        metadata={"description": "MDS qui instruit.", "example": "MDS-MONTAUBAN"},
    )
    site = fields.String(
        required=True,
        validate=_CODE,
        metadata={"description": "Site.", "example": "MONTAUBAN-CENTRE"},
    )
    dossier_id = fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "Dossier unique (dsu)."}
    )
    orientation_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "Orientation à laquelle la demande répond (accueil)."},
    )
    reason = fields.Enum(
        Reason, required=True, metadata={"description": "Motif.", "example": "ENERGIE"}
    )
    partner = fields.Enum(
        Partner,
        load_default=None,
        allow_none=True,
        metadata={"description": "Avec ATTENTE_DROIT : le partenaire attendu.", "example": "CAF"},
    )
    requested_cents = _cents("Montant demandé")
    urgent = fields.Boolean(
        load_default=False, metadata={"description": "Urgence (48 h).", "example": False}
    )


class SituationIn(Schema):
    """The budget diagnosis."""

    public = fields.String(
        required=True,
        validate=validate.Regexp(r"^[A-Z0-9_]{2,40}$"),
        metadata={"description": "Public, code du règlement.", "example": "PERSONNE_SEULE"},
    )
    persons = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(1, 30),
        metadata={"description": "Personnes au foyer.", "example": 1},
    )
    children = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(0, 29),
        metadata={"description": "Enfants à charge.", "example": 0},
    )
    resources_cents = _cents("Ressources mensuelles", low=0)
    charges_cents = _cents("Charges mensuelles", low=0)
    residence_months = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(0, 1500),
        metadata={"description": "Mois de résidence dans le département.", "example": 24},
    )
    follow_up = fields.String(
        load_default=None,
        allow_none=True,
        validate=_CODE,
        metadata={"description": "FAJ : qui assure le suivi.", "example": "MISSION-LOCALE"},
    )


class PayeeIn(Schema):
    """Who is paid."""

    kind = fields.Enum(
        PayeeKind, required=True, metadata={"description": "Bénéficiaire.", "example": "PERSONNE"}
    )
    personne_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "Personne payée ; par défaut le demandeur."},
    )
    label = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 200),
        metadata={"description": "Tiers payé ou enseigne du bon.", "example": "Régie exemple"},
    )


class InstructionIn(Schema):
    """What the social worker instructs."""

    situation = fields.Nested(
        SituationIn, required=True, metadata={"description": "Diagnostic budgétaire."}
    )
    social_note = fields.String(
        required=True,
        validate=validate.Length(1, 10_000),
        metadata={"description": "Note sociale (chiffrée).", "example": "Texte d’exemple."},
    )
    missing_documents = fields.List(
        fields.String(validate=validate.Regexp(r"^[A-Z0-9_]{2,40}$")),
        load_default=list,
        validate=validate.Length(max=30),
        metadata={"description": "Pièces manquantes (codes).", "example": ["AVIS_IMPOSITION"]},
    )
    proposed_cents = _cents("Montant proposé", low=0)
    payee = fields.Nested(PayeeIn, required=True, metadata={"description": "Qui est payé."})


class CommissionIn(Schema):
    """The session a decision refers to."""

    instance = fields.Enum(
        Instance, required=True, metadata={"description": "Instance.", "example": "CENTRALISEE"}
    )
    session_on = fields.Date(
        required=True, metadata={"description": "Séance.", "example": "2023-03-14"}
    )
    reference = fields.String(
        required=True,
        validate=validate.Regexp(r"^[A-Za-z0-9][A-Za-z0-9/_.-]{1,59}$"),
        metadata={"description": "Référence au procès-verbal.", "example": "2023-05/12"},
    )
    act = fields.Enum(Act, required=True, metadata={"description": "Avis ou décision."})


class InstalmentIn(Schema):
    """One part of the grant."""

    due_on = fields.Date(
        required=True, metadata={"description": "Payable dès.", "example": "2023-04-05"}
    )
    amount_cents = _cents("Montant de l’échéance")


class DecisionIn(Schema):
    """What is decided."""

    outcome = fields.Enum(
        Outcome, required=True, metadata={"description": "Sens.", "example": "GRANTED"}
    )
    amount_cents = _cents("Montant accordé ; 0 pour un refus ou un ajournement", low=0)
    reason = fields.Enum(
        DecisionReason,
        load_default=None,
        allow_none=True,
        metadata={"description": "Motif, obligatoire sauf accord total."},
    )
    text = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 4000),
        metadata={"description": "Motivation en clair (chiffrée)."},
    )
    commission = fields.Nested(
        CommissionIn,
        load_default=None,
        allow_none=True,
        metadata={"description": "Séance, si la commission a statué."},
    )
    instalments = fields.List(
        fields.Nested(InstalmentIn),
        load_default=list,
        validate=validate.Length(max=24),
        metadata={"description": "Échéancier ; sans lui, un versement immédiat."},
    )


class BudgetIn(Schema):
    """The budget authority's act."""

    reference = fields.String(
        required=True,
        validate=validate.Regexp(r"^[A-Za-z0-9][A-Za-z0-9/_.-]{1,59}$"),
        metadata={"description": "Référence de l’acte budgétaire.", "example": "DM-2023-02"},
    )


class PaiementIn(Schema):
    """One payment made."""

    reference = fields.String(
        required=True,
        validate=validate.Regexp(r"^[A-Za-z0-9][A-Za-z0-9/_.-]{1,59}$"),
        metadata={"description": "Référence unique du paiement.", "example": "MDT-2023-004512"},
    )
    instalment = fields.Integer(
        load_default=1,
        strict=True,
        validate=validate.Range(1, 24),
        metadata={"description": "Numéro de l’échéance.", "example": 1},
    )
    amount_cents = _cents("Montant payé, égal à celui de l’échéance")


class WithdrawalIn(Schema):
    """Why it stops."""

    reason = fields.Enum(
        WithdrawalReason,
        required=True,
        metadata={"description": "Motif.", "example": "PERSONNE_RENONCE"},
    )
