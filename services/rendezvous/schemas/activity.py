"""Activity figures: about nobody in particular."""

from __future__ import annotations

from chassis.web import fields
from chassis.web.schemas import Period, Schema
from services.rendezvous.domain.activity import LINES
from services.rendezvous.domain.motif import Kind, Modality
from services.rendezvous.domain.rendezvous import Status


class ActivityRowOut(Schema):
    """Rendezvous of one kind."""

    mds = fields.code("MDS où ils se tiennent.", "MDS-MONTAUBAN")
    profession = fields.code("Profession de l’agent principal à cette date.", "ASS")
    plateforme = fields.flag("Agent de la plate-forme de premier accueil à cette date.")
    kind = fields.choice(Kind, "Type.")
    modality = fields.choice(Modality, "Modalité.")
    status = fields.choice(Status, "État.")
    count = fields.integer("Nombre.", 12)


class TableCellOut(Schema):
    """One number of the published tables."""

    line = fields.text("Ligne publiée.", LINES[0])
    mds = fields.code("MDS.", "MDS-MONTAUBAN")
    count = fields.integer("Nombre.", 12)


class StatusCountOut(Schema):
    """Rendezvous by state."""

    mds = fields.code("MDS.", "MDS-MONTAUBAN")
    status = fields.choice(Status, "État.")
    count = fields.integer("Nombre.", 12)


class RenfortDaysOut(Schema):
    """Days of volants."""

    mds = fields.code("MDS renforcée.", "MDS-MONTAUBAN")
    profession = fields.code("Profession du volant.", "ASS")
    days = fields.integer("Jours acceptés.", 12)


class ActivityOut(Period):
    """Activity of a period, at the Paris date the rendezvous was (to be) held."""

    rows = fields.many(ActivityRowOut, "Lignes brutes.")
    table = fields.many(TableCellOut, "Les mêmes, repliées selon les règles des tableaux publiés.")
    statuses = fields.many(StatusCountOut, "Nombre par MDS et par état.")
    renforts = fields.many(
        RenfortDaysOut, "Jours du service volant acceptés dans la période, par MDS et profession."
    )
