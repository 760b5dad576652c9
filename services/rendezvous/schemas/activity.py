"""Activity figures: about nobody in particular."""

from __future__ import annotations

from marshmallow import fields

from chassis.web.schemas import Schema
from services.rendezvous.domain.activity import LINES
from services.rendezvous.domain.motif import Kind, Modality
from services.rendezvous.domain.rendezvous import Status
from services.rendezvous.schemas import kit


class ActivityRowOut(Schema):
    """Rendezvous of one kind."""

    mds = kit.code("MDS où ils se tiennent.", "MDS-MONTAUBAN")
    profession = kit.code("Profession de l’agent principal à cette date.", "ASS")
    plateforme = kit.flag("Agent de la plate-forme de premier accueil à cette date.")
    kind = kit.choice(Kind, "Type.")
    modality = kit.choice(Modality, "Modalité.")
    status = kit.choice(Status, "État.")
    count = fields.Integer(metadata={"description": "Nombre.", "example": 12})


class TableCellOut(Schema):
    """One number of the published tables."""

    line = fields.String(metadata={"description": "Ligne publiée.", "example": LINES[0]})
    mds = kit.code("MDS.", "MDS-MONTAUBAN")
    count = fields.Integer(metadata={"description": "Nombre.", "example": 12})


class StatusCountOut(Schema):
    """Rendezvous by state."""

    mds = kit.code("MDS.", "MDS-MONTAUBAN")
    status = kit.choice(Status, "État.")
    count = fields.Integer(metadata={"description": "Nombre.", "example": 12})


class ActivityOut(Schema):
    """Activity of a period, at the Paris date the rendezvous was (to be) held."""

    from_ = kit.day("Premier jour.", "2023-01-01", data_key="from", attribute="first_day")
    to = kit.day("Dernier jour inclus.", "2023-01-31", attribute="last_day")
    rows = fields.List(fields.Nested(ActivityRowOut), metadata={"description": "Lignes brutes."})
    table = fields.List(
        fields.Nested(TableCellOut),
        metadata={"description": "Les mêmes, repliées selon les règles des tableaux publiés."},
    )
    statuses = fields.List(
        fields.Nested(StatusCountOut), metadata={"description": "Nombre par MDS et par état."}
    )
