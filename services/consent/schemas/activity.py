"""The activity of sharing over HTTP."""

from __future__ import annotations

from chassis.web import fields
from chassis.web.schemas import Period, Schema
from services.consent.schemas.terms import partner


class ActivityRowOut(Schema):
    """Un chiffre."""

    measure = fields.code("Mesure.", "SUPPRESSED")
    partenaire = partner()
    mds = fields.code("MDS, si elle est connue.", "MDS-MONTAUBAN", allow_none=True)
    reason = fields.code(
        "Fondement, motif de fin ou de suppression.", "NO_PARTAGE", allow_none=True
    )
    count = fields.integer("Nombre.", 3)


class ActivityOut(Period):
    """Activité d’une période, jours de Paris inclus."""

    rows = fields.many(ActivityRowOut, "Chiffres.")
