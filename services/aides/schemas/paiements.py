"""Payments over HTTP."""

from __future__ import annotations

from chassis.web import fields
from chassis.web.schemas import Schema
from services.aides.schemas.demandes import amount, reference


class PaiementIn(Schema):
    """One payment made."""

    reference = reference("Référence unique du paiement.", "MDT-2023-004512")
    instalment = fields.integer("Numéro de l’échéance.", 1, least=1, most=24, load_default=1)
    amount_cents = amount("Montant payé, égal à celui de l’échéance")


class PaiementOut(Schema):
    """One payment."""

    paiement_id = fields.uuid("Identifiant.", attribute="id")
    demande_id = fields.uuid("Demande.")
    reference = fields.text("Référence.", "MDT-0001")
    instalment = fields.integer("Échéance.", 1)
    amount_cents = fields.cents("Montant")
    paid_on = fields.day("Jour.")


class PaiementsOut(Schema):
    """The payments of a demande, and whether the next ones are held."""

    held = fields.flag("Paiements suspendus (décès).")
    paiements = fields.many(PaiementOut, "Paiements faits.")
