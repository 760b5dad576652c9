"""The activity of messages over HTTP."""

from __future__ import annotations

from chassis.web import fields
from chassis.web.schemas import Period, Schema


class ActivityRowOut(Schema):
    """A count of messages that share their codes."""

    mds = fields.code("Code de MDS.", "MDS-MONTAUBAN")
    template = fields.code("Modèle.", "RENDEZVOUS_REMINDER")
    channel = fields.code("Canal ; nul si rien n’est parti.", "SMS", allow_none=True)
    outcome = fields.code("SENT, DELIVERED, FAILED ou DROPPED.", "SENT")
    reason = fields.code("Motif d’abandon ou d’échec.", "TOO_LATE", allow_none=True)
    count = fields.integer("Nombre de messages.", 12)
    sms_parts = fields.integer("Nombre de SMS facturés.", 12)


class ActivityOut(Period):
    """Messages settled over a period of Paris days."""

    rows = fields.many(ActivityRowOut, "Une ligne par combinaison.")
