"""Orientations over HTTP."""

from __future__ import annotations

from chassis.web import fields
from chassis.web.schemas import Schema
from services.accueil.domain.orientation import Target


class OrientationIn(Schema):
    """To whom, why, by when."""

    visite_id = fields.uuid("Visite d’où elle vient.", load_default=None)
    personne_id = fields.uuid("Personne ; celle de la visite par défaut.", load_default=None)
    site = fields.code("Site qui demande ; celui de la visite par défaut.", "MONTAUBAN-CENTRE")
    target = fields.choice(Target, "Ce qui est demandé.", required=True)
    target_agent_id = fields.uuid("Agent sollicité.", load_default=None)
    target_code = fields.code(
        "Pôle ou partenaire ; obligatoire pour POLE et PARTENAIRE.", "LOGEMENT", load_default=None
    )
    reason = fields.text("Motif, gardé chiffré.", "Dette d’énergie", most=500, load_default=None)
    due_on = fields.day("Dernier jour pour répondre (Paris).", "2023-01-23", required=True)


class OrientationOut(Schema):
    """An orientation."""

    orientation_id = fields.uuid("Identifiant.")
    visite_id = fields.uuid("Visite.", allow_none=True)
    personne_id = fields.uuid("Personne ; null si anonyme.", allow_none=True)
    mds = fields.code("MDS.", "MDS-MONTAUBAN")
    site = fields.code("Site.", "MONTAUBAN-CENTRE")
    target = fields.choice(Target, "Ce qui est demandé.")
    target_agent_id = fields.uuid("Agent sollicité.", allow_none=True)
    target_code = fields.text("Pôle ou partenaire.", "LOGEMENT", allow_none=True)
    reason = fields.text("Motif.", "Accompagnement budgétaire", allow_none=True)
    due_on = fields.day("Dernier jour pour répondre (Paris).")
    status = fields.code("OPEN, ANSWERED ou OVERDUE.", "OPEN")
    requested_at = fields.instant("Demande.")
    requested_by = fields.uuid("Agent qui demande.", allow_none=True)
    answered_at = fields.instant("Réponse.", allow_none=True)
    answered_by = fields.text("Service ou agent qui répond.", "rendezvous", allow_none=True)
    overdue_at = fields.instant("Constat du retard.", allow_none=True)
    version = fields.version()


class OrientationQuery(Schema):
    """Which orientations."""

    site = fields.code("Un seul site.", "MONTAUBAN-CENTRE", load_default=None)
    mds = fields.code("Une seule MDS.", "MDS-MONTAUBAN", load_default=None)
    target_agent_id = fields.uuid("Un seul agent sollicité.", load_default=None)
    status = fields.one_of(
        ["OPEN", "ANSWERED", "OVERDUE"], "Un seul état.", "OPEN", load_default=None
    )
