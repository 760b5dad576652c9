"""The activity of the case files over HTTP."""

from __future__ import annotations

from chassis.web import fields
from chassis.web.schemas import Period, Schema


class ActivityQuery(Period):
    """A period, and the day at which the stock is counted."""

    on = fields.day("Jour du stock ; dernier jour de la période par défaut.", load_default=None)


class ActivityRowOut(Schema):
    """One figure."""

    kind = fields.code(
        "STOCK, STOCK_BY_REFERENT, OPENED, CLOSED, REOPENED ou INTERVENTIONS.", "STOCK"
    )
    mds = fields.code("Code de la MDS.", "MDS-MONTAUBAN")
    agent_id = fields.uuid("Référent (STOCK_BY_REFERENT).")
    champ = fields.code("Champ d’intervention (INTERVENTIONS).", "LOGEMENT")
    nomenclature = fields.text("Type (INTERVENTIONS).", "LOGEMENT.EXPULSIONS.NOTE_CCAPEX")
    count = fields.integer("Nombre.", 2376)


class ActivityOut(Period):
    """The figures of a period."""

    on = fields.day("Jour du stock.")
    rows = fields.many(ActivityRowOut, "Chiffres.")
