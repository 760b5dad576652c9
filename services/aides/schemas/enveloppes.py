"""Envelopes and their ledger over HTTP. Amounts in cents."""

from __future__ import annotations

from marshmallow import fields, validate

from chassis.web.schemas import Schema
from services.aides.domain.enveloppe import Movement
from services.aides.domain.nature import Nature

_NATURES = [str(nature) for nature in Nature]


class EnveloppeIn(Schema):
    """A year's envelope."""

    year = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(2000, 2100),
        metadata={"description": "Exercice budgétaire.", "example": 2023},
    )
    natures = fields.List(
        fields.String(validate=validate.OneOf(_NATURES)),
        required=True,
        validate=validate.Length(1, len(_NATURES)),
        metadata={
            "description": "Natures couvertes, chacune par une seule enveloppe dans l’année.",
            "example": ["SECOURS", "AM", "AML"],
        },
    )
    amount_cents = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(1, 10**12),
        metadata={"description": "Montant voté, en centimes.", "example": 80000000},
    )
    thresholds = fields.List(
        fields.Integer(strict=True, validate=validate.Range(1, 100)),
        load_default=lambda: [80, 95, 100],
        validate=validate.Length(max=10),
        metadata={
            "description": "Seuils d’alerte, en pour cent du voté (exemple : 80, 95, 100).",
            "example": [80, 95, 100],
        },
    )


class EnveloppeOut(Schema):
    """An envelope as it stands."""

    enveloppe_id = fields.UUID(attribute="id", metadata={"description": "Identifiant."})
    year = fields.Integer(metadata={"description": "Exercice."})
    natures = fields.List(fields.String(), metadata={"description": "Natures couvertes."})
    voted_cents = fields.Integer(metadata={"description": "Voté."})
    overrun_cents = fields.Integer(metadata={"description": "Dépassements autorisés."})
    reserved_cents = fields.Integer(metadata={"description": "Réservé (commission à venir)."})
    committed_cents = fields.Integer(metadata={"description": "Engagé, à payer."})
    paid_cents = fields.Integer(metadata={"description": "Payé."})
    balance_cents = fields.Integer(metadata={"description": "Disponible."})
    thresholds = fields.List(fields.Integer(), metadata={"description": "Seuils d’alerte (%)."})
    reached = fields.List(fields.Integer(), metadata={"description": "Seuils franchis (%)."})


class EnveloppesQuery(Schema):
    """Which year."""

    year = fields.Integer(
        required=True,
        validate=validate.Range(2000, 2100),
        metadata={"description": "Exercice.", "example": 2023},
    )


class EnveloppesOut(Schema):
    """The envelopes of a year."""

    enveloppes = fields.List(
        fields.Nested(EnveloppeOut), metadata={"description": "Enveloppes de l’exercice."}
    )


class LedgerLineOut(Schema):
    """One ledger line; the sum of `effect_cents` is the balance."""

    number = fields.Integer(metadata={"description": "Numéro d’ordre."})
    kind = fields.Enum(Movement, metadata={"description": "Mouvement."})
    amount_cents = fields.Integer(metadata={"description": "Montant."})
    effect_cents = fields.Integer(metadata={"description": "Effet sur le disponible."})
    on = fields.Date(metadata={"description": "Jour."})
    demande_id = fields.UUID(metadata={"description": "Demande concernée."})
    paiement_id = fields.UUID(metadata={"description": "Paiement concerné."})
    reference = fields.String(metadata={"description": "Référence (paiement ou acte)."})
    by = fields.String(metadata={"description": "Auteur (identifiant)."})
