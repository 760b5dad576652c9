"""Decisions and their reasons."""

from __future__ import annotations

from chassis.web import fields
from chassis.web.schemas import Schema
from services.consent.schemas.terms import partner, topic


class DecisionIn(Schema):
    """La question : ce fait, de cette personne, à ce partenaire."""

    personne_id = fields.uuid("Personne.", required=True)
    partenaire = partner(required=True)
    topic = topic("Fait.", required=True)
    fields_ = fields.texts(
        "Champs demandés ; sans eux, tous.",
        ["starts_at"],
        longest=60,
        most=50,
        data_key="fields",
        attribute="fields",
        load_default=None,
    )
    happened_at = fields.instant(
        "Date du fait ; sans elle, un fait à venir.", "2023-01-10T09:00:00Z", load_default=None
    )


class ConditionOut(Schema):
    """Une condition de la loi ou du contrat."""

    code = fields.text("Code stable.", "NO_PARTAGE")
    holds = fields.flag("Remplie ou non.")
    article = fields.text("Source.", "code pénal 226-13", most=80)
    explanation = fields.text(
        "« Il faut que… »", "un professionnel du dossier ait signé un partage", most=300
    )


class DecisionOut(Schema):
    """La décision et ses raisons."""

    allowed = fields.flag("Autorisé.")
    reason = fields.code("Première condition non remplie, ou ALLOWED.", "NO_PARTAGE")
    fields_ = fields.texts("Champs effectifs.", [], data_key="fields", attribute="fields")
    explanation = fields.text(
        "La décision en une phrase.",
        "Refusé : il faut qu’un professionnel du dossier ait signé un partage (code pénal 226-13).",
        most=500,
    )
    conditions = fields.many(ConditionOut, "Toutes les conditions.")
    rule = fields.code("Règle.", "PARTAGE_CONSENT")
    rule_version = fields.text("Version de la règle.", "2026-02", most=20)
