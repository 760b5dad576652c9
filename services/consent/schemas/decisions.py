"""Decisions and their reasons, and figures."""

from __future__ import annotations

from marshmallow import fields, validate

from chassis.web.schemas import Schema
from services.consent.schemas import fields as f


class DecisionIn(Schema):
    """La question : ce fait, de cette personne, à ce partenaire."""

    personne_id = f.uuid("Personne.", required=True)
    partenaire = f.partner(required=True)
    topic = fields.String(
        required=True,
        validate=f.TOPIC_FORM,
        metadata={"description": "Fait.", "example": f.TOPIC},
    )
    fields_ = fields.List(
        fields.String(validate=validate.Length(1, 60)),
        data_key="fields",
        attribute="fields",
        load_default=None,
        validate=validate.Length(max=50),
        metadata={"description": "Champs demandés ; sans eux, tous.", "example": ["starts_at"]},
    )
    happened_at = fields.AwareDateTime(
        load_default=None,
        metadata={
            "description": "Date du fait ; sans elle, un fait à venir.",
            "example": "2023-01-10T09:00:00Z",
        },
    )


class ConditionOut(Schema):
    """Une condition de la loi ou du contrat."""

    code = f.text("Code stable.", "NO_PARTAGE", 80)
    holds = fields.Boolean(metadata={"description": "Remplie ou non.", "example": False})
    article = f.text("Source.", "code pénal 226-13", 80)
    explanation = f.text(
        "« Il faut que… »", "un professionnel du dossier ait signé un partage", 300
    )


class DecisionOut(Schema):
    """La décision et ses raisons."""

    allowed = fields.Boolean(metadata={"description": "Autorisé.", "example": False})
    reason = f.text("Première condition non remplie, ou ALLOWED.", "NO_PARTAGE", 80)
    fields_ = fields.List(
        fields.String(),
        data_key="fields",
        attribute="fields",
        metadata={"description": "Champs effectifs.", "example": []},
    )
    explanation = f.text(
        "La décision en une phrase.",
        "Refusé : il faut qu’un professionnel du dossier ait signé un partage (code pénal 226-13).",
        500,
    )
    conditions = fields.List(
        fields.Nested(ConditionOut), metadata={"description": "Toutes les conditions."}
    )
    rule = f.text("Règle.", "PARTAGE_CONSENT", 80)
    rule_version = f.text("Version de la règle.", "2026-01", 20)


class ActivityRowOut(Schema):
    """Un chiffre."""

    measure = f.text("Mesure.", "SUPPRESSED", 40)
    partenaire = f.partner()
    mds = f.text("MDS, si elle est connue.", "MDS-MONTAUBAN", 60)
    reason = f.text("Fondement, motif de fin ou de suppression.", "NO_PARTAGE", 80)
    count = fields.Integer(metadata={"description": "Nombre.", "example": 3})


class ActivityOut(Schema):
    """Activité d’une période, jours de Paris inclus."""

    from_ = fields.Date(
        data_key="from",
        attribute="first_day",
        metadata={"description": "Premier jour.", "example": "2023-01-01"},
    )
    to = fields.Date(
        attribute="last_day", metadata={"description": "Dernier jour.", "example": "2023-01-31"}
    )
    rows = fields.List(fields.Nested(ActivityRowOut), metadata={"description": "Chiffres."})
