"""The activity of reception over HTTP."""

from __future__ import annotations

from chassis.web import fields
from chassis.web.schemas import Period, Schema


class ActivityRowOut(Schema):
    """One figure."""

    measure = fields.code(
        "VISITES, ORIENTATIONS_REQUESTED, ORIENTATIONS_ANSWERED, ORIENTATIONS_OVERDUE"
        " ou PERSONNES_REGISTERED.",
        "VISITES",
    )
    mds = fields.code("MDS (territoire).", "MDS-MONTAUBAN")
    site = fields.code("Site.", "MONTAUBAN-CENTRE")
    channel = fields.code("Canal (visites).", "SUR_PLACE")
    origin = fields.code("Origine de la démarche (visites).", "PERSONNE")
    outcome = fields.code("Issue ; absente si la visite n’est pas terminée.", "ANSWERED")
    identified = fields.flag("Personne connue, ou visite restée anonyme.")
    target = fields.code("Destinataire (orientations).", "RENDEZVOUS")
    count = fields.integer("Nombre.", 12)


class ActivityOut(Period):
    """Figures of a period; both days included."""

    rows = fields.many(ActivityRowOut, "Une ligne par combinaison.")
