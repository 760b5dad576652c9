"""Envelopes and their ledger over HTTP. Amounts in cents."""

from __future__ import annotations

from chassis.web import fields
from chassis.web.schemas import Schema
from services.aides.domain.enveloppe import Movement
from services.aides.domain.nature import Nature


class EnveloppeIn(Schema):
    """A year's envelope."""

    year = fields.integer("Exercice budgétaire.", 2023, least=2000, most=2100, required=True)
    natures = fields.codes(
        "Natures couvertes, chacune par une seule enveloppe dans l’année.",
        ["SECOURS", "AM", "AML"],
        allowed=Nature,
        least=1,
        most=len(Nature),
        required=True,
    )
    amount_cents = fields.cents("Montant voté", 80000000, least=1, most=10**12, required=True)
    thresholds = fields.integers(
        "Seuils d’alerte, en pour cent du voté (exemple : 80, 95, 100).",
        [80, 95, 100],
        each=(1, 100),
        most=10,
        load_default=lambda: [80, 95, 100],
    )


class EnveloppeOut(Schema):
    """An envelope as it stands."""

    enveloppe_id = fields.uuid("Identifiant.", attribute="id")
    year = fields.integer("Exercice.", 2023)
    natures = fields.codes("Natures couvertes.")
    voted_cents = fields.cents("Voté")
    overrun_cents = fields.cents("Dépassements autorisés")
    reserved_cents = fields.cents("Réservé (commission à venir)")
    committed_cents = fields.cents("Engagé, à payer")
    paid_cents = fields.cents("Payé")
    balance_cents = fields.cents("Disponible")
    thresholds = fields.integers("Seuils d’alerte (%).")
    reached = fields.integers("Seuils franchis (%).")


class EnveloppesQuery(Schema):
    """Which year."""

    year = fields.integer("Exercice.", 2023, least=2000, most=2100, strict=False, required=True)


class EnveloppesOut(Schema):
    """The envelopes of a year."""

    enveloppes = fields.many(EnveloppeOut, "Enveloppes de l’exercice.")


class LedgerLineOut(Schema):
    """One ledger line; the sum of `effect_cents` is the balance."""

    number = fields.integer("Numéro d’ordre.", 1)
    kind = fields.choice(Movement, "Mouvement.")
    amount_cents = fields.cents("Montant")
    effect_cents = fields.cents("Effet sur le disponible")
    on = fields.day("Jour.")
    demande_id = fields.uuid("Demande concernée.", allow_none=True)
    paiement_id = fields.uuid("Paiement concerné.", allow_none=True)
    reference = fields.text("Référence (paiement ou acte).", "MDT-0001", allow_none=True)
    by = fields.text("Auteur (identifiant).", fields.EXAMPLE_ID)
