"""What is read: a demande, its instruction, its decisions, its payments, the activity."""

from __future__ import annotations

from marshmallow import fields

from chassis.web.schemas import Schema
from services.aides.domain.activite import Figure
from services.aides.domain.decision import Path
from services.aides.domain.demande import Outcome, Status
from services.aides.domain.nature import DecisionReason, Instance, Nature, Partner, Reason
from services.aides.domain.paiement import PayeeKind
from services.aides.domain.reglement import Act


class PayeeOut(Schema):
    """Who is paid."""

    kind = fields.Enum(PayeeKind, metadata={"description": "Bénéficiaire."})
    personne_id = fields.UUID(metadata={"description": "Personne payée."})
    label = fields.String(metadata={"description": "Tiers payé ou enseigne du bon."})


class InstalmentOut(Schema):
    """One part of the grant."""

    number = fields.Integer(metadata={"description": "Numéro."})
    due_on = fields.Date(metadata={"description": "Payable dès."})
    amount_cents = fields.Integer(metadata={"description": "Montant."})


class DemandeOut(Schema):
    """A demande, without what only its instruction and its decision need to know."""

    demande_id = fields.UUID(attribute="id", metadata={"description": "Identifiant."})
    nature = fields.Enum(Nature, metadata={"description": "Nature."})
    status = fields.Enum(Status, metadata={"description": "État."})
    personne_ids = fields.List(
        fields.UUID(), metadata={"description": "Personnes concernées, le demandeur d’abord."}
    )
    mds = fields.String(metadata={"description": "MDS."})
    site = fields.String(metadata={"description": "Site."})
    dossier_id = fields.UUID(metadata={"description": "Dossier unique."})
    orientation_id = fields.UUID(metadata={"description": "Orientation."})
    urgent = fields.Boolean(metadata={"description": "Urgence."})
    filed_on = fields.Date(metadata={"description": "Dépôt."})
    instructed_on = fields.Date(metadata={"description": "Instruction."})
    decided_on = fields.Date(metadata={"description": "Décision."})
    reglement_id = fields.UUID(metadata={"description": "Règlement appliqué."})
    requested_cents = fields.Integer(metadata={"description": "Demandé."})
    proposed_cents = fields.Integer(metadata={"description": "Proposé."})
    needs_commission = fields.Boolean(metadata={"description": "Relève de la commission."})
    missing_documents = fields.List(fields.String(), metadata={"description": "Pièces manquantes."})
    outcome = fields.Enum(Outcome, metadata={"description": "Sens de la décision."})
    granted_cents = fields.Integer(metadata={"description": "Accordé."})
    paid_cents = fields.Integer(metadata={"description": "Payé."})
    payee = fields.Nested(PayeeOut, metadata={"description": "Qui est payé."})
    instalments = fields.List(fields.Nested(InstalmentOut), metadata={"description": "Échéancier."})
    paid_instalments = fields.List(fields.Integer(), metadata={"description": "Échéances payées."})
    version = fields.Integer(metadata={"description": "Version (ETag)."})


class LineOut(Schema):
    """One rule, applied."""

    rule = fields.String(metadata={"description": "Règle."})
    reglement = fields.String(metadata={"description": "Règlement et version."})
    article = fields.String(metadata={"description": "Article."})
    inputs = fields.Dict(metadata={"description": "Données examinées."})
    outcome = fields.String(metadata={"description": "Résultat."})
    sentence = fields.String(metadata={"description": "En une phrase."})


class SituationOut(Schema):
    """The budget diagnosis."""

    public = fields.String(metadata={"description": "Public."})
    persons = fields.Integer(metadata={"description": "Personnes au foyer."})
    children = fields.Integer(metadata={"description": "Enfants à charge."})
    resources_cents = fields.Integer(metadata={"description": "Ressources mensuelles."})
    charges_cents = fields.Integer(metadata={"description": "Charges mensuelles."})
    residence_months = fields.Integer(metadata={"description": "Mois de résidence."})
    follow_up = fields.String(metadata={"description": "Qui assure le suivi (FAJ)."})


class InstructionOut(Schema):
    """The instruction, for those who instruct and decide."""

    demande_id = fields.UUID(attribute="id", metadata={"description": "Demande."})
    reason = fields.Enum(Reason, metadata={"description": "Motif."})
    partner = fields.Enum(Partner, metadata={"description": "Partenaire attendu."})
    instructor_ids = fields.List(fields.UUID(), metadata={"description": "Qui a instruit."})
    situation = fields.Nested(SituationOut, metadata={"description": "Diagnostic budgétaire."})
    social_note = fields.String(metadata={"description": "Note sociale."})
    explanation = fields.List(
        fields.Nested(LineOut), metadata={"description": "Examen, règle par règle."}
    )


class DecisionOut(Schema):
    """One decision."""

    decision_id = fields.UUID(attribute="id", metadata={"description": "Identifiant."})
    rank = fields.Integer(metadata={"description": "Rang."})
    outcome = fields.Enum(Outcome, metadata={"description": "Sens."})
    amount_cents = fields.Integer(metadata={"description": "Accordé."})
    decided_on = fields.Date(metadata={"description": "Jour."})
    decided_by = fields.UUID(metadata={"description": "Décideur."})
    path = fields.Enum(Path, metadata={"description": "Délégation ou commission."})
    instance = fields.Enum(Instance, metadata={"description": "Instance."})
    session_on = fields.Date(metadata={"description": "Séance."})
    session_reference = fields.String(metadata={"description": "Référence au procès-verbal."})
    act = fields.Enum(Act, metadata={"description": "Avis ou décision."})
    reason = fields.Enum(DecisionReason, metadata={"description": "Motif."})
    text = fields.String(metadata={"description": "Motivation."})
    reglement_id = fields.UUID(metadata={"description": "Règlement appliqué."})
    explanation = fields.List(
        fields.Nested(LineOut), metadata={"description": "Explication, règle par règle."}
    )
    voies = fields.Dict(metadata={"description": "Voies et délais de recours."})
    to_regularise = fields.Boolean(
        metadata={"description": "Urgence à régulariser à la prochaine séance."}
    )
    awaits_budget = fields.Boolean(
        metadata={"description": "Accordée, en attente de l’autorité budgétaire."}
    )


class DecisionsOut(Schema):
    """All decisions of a demande."""

    decisions = fields.List(
        fields.Nested(DecisionOut), metadata={"description": "Décisions, dans l’ordre."}
    )


class PaiementOut(Schema):
    """One payment."""

    paiement_id = fields.UUID(attribute="id", metadata={"description": "Identifiant."})
    demande_id = fields.UUID(metadata={"description": "Demande."})
    reference = fields.String(metadata={"description": "Référence."})
    instalment = fields.Integer(metadata={"description": "Échéance."})
    amount_cents = fields.Integer(metadata={"description": "Montant."})
    paid_on = fields.Date(metadata={"description": "Jour."})


class PaiementsOut(Schema):
    """The payments of a demande, and whether the next ones are held."""

    held = fields.Boolean(metadata={"description": "Paiements suspendus (décès)."})
    paiements = fields.List(
        fields.Nested(PaiementOut), metadata={"description": "Paiements faits."}
    )


class RowOut(Schema):
    """One figure."""

    figure = fields.Enum(Figure, metadata={"description": "Ce qui est compté."})
    mds = fields.String(metadata={"description": "MDS."})
    nature = fields.String(metadata={"description": "Nature."})
    partner = fields.String(metadata={"description": "Partenaire attendu."})
    instance = fields.String(metadata={"description": "Instance."})
    count = fields.Integer(metadata={"description": "Nombre."})
    amount_cents = fields.Integer(metadata={"description": "Montant accordé."})


class ActivityOut(Schema):
    """The activity of a period."""

    first_day = fields.Date(data_key="from", metadata={"description": "Premier jour."})
    last_day = fields.Date(data_key="to", metadata={"description": "Dernier jour inclus."})
    rows = fields.List(fields.Nested(RowOut), metadata={"description": "Lignes."})
