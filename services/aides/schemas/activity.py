"""The activity of a period, over HTTP."""

from __future__ import annotations

from chassis.web import fields
from chassis.web.schemas import Period, Schema
from services.aides.domain.activity import Figure


class ActivityRowOut(Schema):
    """One figure."""

    figure = fields.choice(Figure, "Ce qui est compté.")
    mds = fields.code("MDS.", "MDS-MONTAUBAN")
    nature = fields.text("Nature.", "SECOURS", allow_none=True)
    partner = fields.text("Partenaire attendu.", "CAF", allow_none=True)
    instance = fields.text("Instance.", "COMMISSION", allow_none=True)
    count = fields.integer("Nombre.", 12)
    amount_cents = fields.cents("Montant accordé")


class ActivityOut(Period):
    """The activity of a period."""

    rows = fields.many(ActivityRowOut, "Lignes.")
