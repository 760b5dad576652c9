"""Motifs and rooms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from chassis.web.schemas import Schema
from services import roles
from services.rendezvous.domain.motif import Kind, Modality
from services.rendezvous.schemas import kit

PROFESSIONS = (
    "ASS",
    "CESF",
    "SECRETAIRE",
    "RESPONSABLE",
    "RESPONSABLE_ADJOINT",
    "EDUCATEUR",
    "INFIRMIER",
    "PSYCHOLOGUE",
    "AUTRE",
)
_DAY = 24 * 60


class MotifIn(Schema):
    """A dated version of a motif."""

    code = kit.code("Code stable du motif.", "ACCOMPAGNEMENT", required=True)
    label = kit.text("Libellé lu par les agents.", "Accompagnement", longest=120, required=True)
    kind = kit.choice(Kind, "Premier accueil, accompagnement ou autre.", required=True)
    modality = kit.choice(Modality, "Comment le rendez-vous se tient.", required=True)
    professions = kit.codes(
        PROFESSIONS, "Professions de l’agent principal admises ; vide : toutes.", load_default=list
    )
    duration_minutes = kit.count("Durée (minutes).", 45, least=5, most=480, required=True)
    buffer_before_minutes = kit.count(
        "Temps de l’agent réservé avant (trajet, préparation).",
        0,
        least=0,
        most=240,
        load_default=0,
    )
    buffer_after_minutes = kit.count(
        "Temps de l’agent réservé après (écrits, trajet).", 10, least=0, most=240, load_default=0
    )
    min_notice_minutes = kit.count(
        "Préavis de prise de rendez-vous.", 60, least=0, most=90 * _DAY, load_default=0
    )
    max_ahead_days = kit.count(
        "Prise de rendez-vous au plus tôt, en jours (exemple : 90).",
        90,
        least=1,
        most=730,
        load_default=90,
    )
    cancel_notice_minutes = kit.count(
        "Jusqu’à combien de minutes avant la personne annule elle-même.",
        120,
        least=0,
        most=30 * _DAY,
        load_default=0,
    )
    bookable_by = kit.codes(
        roles.AGENTS, "Rôles d’agents qui peuvent le prendre ; vide : tous.", load_default=list
    )
    bookable_by_personne = kit.flag("La personne peut le prendre elle-même.", load_default=False)
    discreet = kit.flag("Motif discret : les listes en montrent moins.", load_default=False)
    instructions = kit.text(
        "Consignes données à la personne.",
        "Apportez les documents que vous jugez utiles.",
        longest=1000,
        load_default="",
    )
    valid_from = kit.day("Premier jour de validité.", "2023-01-01", required=True)
    valid_to = kit.day(
        "Dernier jour de validité ; absent : sans fin.",
        "2023-12-31",
        load_default=None,
        allow_none=True,
    )

    @validates_schema
    def _ordered(self, data: Mapping[str, Any], **_: Any) -> None:
        if data["valid_to"] is not None and data["valid_to"] < data["valid_from"]:
            raise ValidationError("Doit suivre « valid_from ».", "valid_to")


class MotifOut(MotifIn):
    """A motif as stored."""

    id = kit.uuid("Identifiant de cette version.", data_key="motif_id")
    version = fields.Integer(metadata={"description": "Numéro d’édition (ETag)."})


class MotifEnd(Schema):
    """The last day of a version."""

    valid_to = kit.day("Dernier jour de validité.", "2023-12-31", required=True)


class MotifsQuery(Schema):
    """Which motifs."""

    on = kit.day("Motifs valides ce jour ; absent : aujourd’hui.", "2023-01-09", load_default=None)


class MotifsOut(Schema):
    """The motifs in force on a day."""

    motifs = fields.List(fields.Nested(MotifOut), metadata={"description": "Motifs, par code."})


class RoomIn(Schema):
    """A room of a site."""

    site = kit.code("Code du site.", "MONTAUBAN-CENTRE", required=True)
    name = fields.String(
        required=True,
        validate=validate.Length(1, 80),
        metadata={"description": "Nom de la salle.", "example": "Bureau 3"},
    )


class RoomOut(RoomIn):
    """A room as stored."""

    id = kit.uuid("Identifiant de la salle.", data_key="room_id")
