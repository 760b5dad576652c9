"""Demandes over HTTP: filing, instruction, withdrawal. Amounts in cents."""

from __future__ import annotations

import marshmallow

from chassis.web import fields
from chassis.web.schemas import Schema
from services.aides.domain.demande import Outcome, Status
from services.aides.domain.nature import Nature, Partner, Reason, WithdrawalReason
from services.aides.domain.paiement import PayeeKind

#: 100 000 €: more is a typing mistake, not an aid.
_MOST_CENTS = 10_000_000
_REFERENCE = fields.Form(
    r"^[A-Za-z0-9][A-Za-z0-9/_.-]{1,59}$",
    error="Référence attendue : lettres, chiffres et « / _ . - ».",
)


def amount(description: str, *, least: int = 1) -> marshmallow.fields.Integer:
    """What an aid may come to."""
    return fields.cents(description, least=least, most=_MOST_CENTS, required=True)


def reference(description: str, example: str) -> marshmallow.fields.String:
    """The number of an act or of a payment, in another application."""
    return fields.form(_REFERENCE, description, example, required=True)


class DemandesQuery(Schema):
    """Which demandes."""

    mds = fields.code("MDS.", "MDS-MONTAUBAN", load_default=None)
    status = fields.choice(Status, "État.", "INSTRUCTED", load_default=None)


class DemandeIn(Schema):
    """A demande as filed."""

    nature = fields.choice(Nature, "Nature de l’aide.", "SECOURS", required=True)
    demandeur_id = fields.uuid("Personne qui demande (accueil).", required=True)
    foyer_ids = fields.uuids("Autres personnes du foyer concernées.", most=20, load_default=list)
    mds = fields.code("MDS qui instruit.", "MDS-MONTAUBAN", required=True)
    site = fields.code("Site.", "MONTAUBAN-CENTRE", required=True)
    dossier_id = fields.uuid("Dossier unique (dsu).", load_default=None, allow_none=True)
    orientation_id = fields.uuid(
        "Orientation à laquelle la demande répond (accueil).", load_default=None, allow_none=True
    )
    reason = fields.choice(Reason, "Motif.", "ENERGIE", required=True)
    partner = fields.choice(
        Partner,
        "Avec ATTENTE_DROIT : le partenaire attendu.",
        "CAF",
        load_default=None,
        allow_none=True,
    )
    requested_cents = amount("Montant demandé")
    urgent = fields.flag("Urgence (48 h).", load_default=False)


class SituationIn(Schema):
    """The budget diagnosis."""

    public = fields.code("Public, code du règlement.", "PERSONNE_SEULE", required=True)
    persons = fields.integer("Personnes au foyer.", 1, least=1, most=30, required=True)
    children = fields.integer("Enfants à charge.", 0, least=0, most=29, required=True)
    resources_cents = amount("Ressources mensuelles", least=0)
    charges_cents = amount("Charges mensuelles", least=0)
    residence_months = fields.integer(
        "Mois de résidence dans le département.",
        24,
        least=0,
        most=1500,
        load_default=None,
        allow_none=True,
    )
    follow_up = fields.code(
        "FAJ : qui assure le suivi.", "MISSION-LOCALE", load_default=None, allow_none=True
    )


class PayeeIn(Schema):
    """Who is paid."""

    kind = fields.choice(PayeeKind, "Bénéficiaire.", "PERSONNE", required=True)
    personne_id = fields.uuid(
        "Personne payée ; par défaut le demandeur.", load_default=None, allow_none=True
    )
    label = fields.text(
        "Tiers payé ou enseigne du bon.",
        "Régie exemple",
        most=200,
        load_default=None,
        allow_none=True,
    )


class InstructionIn(Schema):
    """What the social worker instructs."""

    situation = fields.nested(SituationIn, "Diagnostic budgétaire.", required=True)
    social_note = fields.text(
        "Note sociale (chiffrée).", "Texte d’exemple.", most=10_000, required=True
    )
    missing_documents = fields.codes(
        "Pièces manquantes (codes).", ["AVIS_IMPOSITION"], most=30, load_default=list
    )
    proposed_cents = amount("Montant proposé", least=0)
    payee = fields.nested(PayeeIn, "Qui est payé.", required=True)


class WithdrawalIn(Schema):
    """Why it stops."""

    reason = fields.choice(WithdrawalReason, "Motif.", "PERSONNE_RENONCE", required=True)


class PayeeOut(Schema):
    """Who is paid."""

    kind = fields.choice(PayeeKind, "Bénéficiaire.")
    personne_id = fields.uuid("Personne payée.", allow_none=True)
    label = fields.text("Tiers payé ou enseigne du bon.", "Bailleur d’exemple", allow_none=True)


class InstalmentOut(Schema):
    """One part of the grant."""

    number = fields.integer("Numéro.", 1)
    due_on = fields.day("Payable dès.")
    amount_cents = fields.cents("Montant")


class DemandeOut(Schema):
    """A demande, without what only its instruction and its decision need to know."""

    demande_id = fields.uuid("Identifiant.", attribute="id")
    nature = fields.choice(Nature, "Nature.")
    status = fields.choice(Status, "État.")
    personne_ids = fields.uuids("Personnes concernées, le demandeur d’abord.")
    mds = fields.code("MDS.", "MDS-MONTAUBAN")
    site = fields.code("Site.", "MONTAUBAN-CENTRE")
    dossier_id = fields.uuid("Dossier unique.", allow_none=True)
    orientation_id = fields.uuid("Orientation.", allow_none=True)
    urgent = fields.flag("Urgence.")
    filed_on = fields.day("Dépôt.")
    instructed_on = fields.day("Instruction.", allow_none=True)
    decided_on = fields.day("Décision.", allow_none=True)
    reglement_id = fields.uuid("Règlement appliqué.")
    requested_cents = fields.cents("Demandé")
    proposed_cents = fields.cents("Proposé", allow_none=True)
    needs_commission = fields.flag("Relève de la commission.")
    missing_documents = fields.codes("Pièces manquantes.")
    outcome = fields.choice(Outcome, "Sens de la décision.", allow_none=True)
    granted_cents = fields.cents("Accordé")
    paid_cents = fields.cents("Payé")
    payee = fields.nested(PayeeOut, "Qui est payé.", allow_none=True)
    instalments = fields.many(InstalmentOut, "Échéancier.")
    paid_instalments = fields.integers("Échéances payées.")
    version = fields.version()


class LineOut(Schema):
    """One rule, applied."""

    rule = fields.text("Règle.", "PLAFOND")
    reglement = fields.text("Règlement et version.", "EXEMPLE 2023-1")
    article = fields.text("Article ; vide si la règle n’en a pas.", "Article 4 (exemple)", least=0)
    inputs = fields.document("Données examinées.")
    outcome = fields.text("Résultat.", "RESPECTED")
    sentence = fields.text("En une phrase.", "Le montant reste sous le plafond.")


class SituationOut(Schema):
    """The budget diagnosis."""

    public = fields.text("Public.", "PERSONNE_SEULE")
    persons = fields.integer("Personnes au foyer.", 2)
    children = fields.integer("Enfants à charge.", 1)
    resources_cents = fields.cents("Ressources mensuelles")
    charges_cents = fields.cents("Charges mensuelles")
    residence_months = fields.integer("Mois de résidence, s’ils sont dits.", 14, allow_none=True)
    follow_up = fields.text("Qui assure le suivi (FAJ).", "MISSION-LOCALE", allow_none=True)


class InstructionOut(Schema):
    """The instruction, for those who instruct and decide."""

    demande_id = fields.uuid("Demande.", attribute="id")
    reason = fields.choice(Reason, "Motif.")
    partner = fields.choice(Partner, "Partenaire attendu.", allow_none=True)
    instructor_ids = fields.uuids("Qui a instruit.")
    situation = fields.nested(SituationOut, "Diagnostic budgétaire.")
    social_note = fields.text("Note sociale.", "Texte d’exemple.")
    explanation = fields.many(LineOut, "Examen, règle par règle.")
