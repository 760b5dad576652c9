"""Motifs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, validates_schema

from chassis.web import fields
from chassis.web.schemas import Schema
from services import roles
from services.rendezvous.domain.motif import Kind, Modality
from services.rendezvous.domain.rendezvous import MAX_AGENTS, MAX_PERSONNES

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

    code = fields.code("Code stable du motif.", "ACCOMPAGNEMENT", required=True)
    label = fields.text("Libellé lu par les agents.", "Accompagnement", most=120, required=True)
    kind = fields.choice(Kind, "Premier accueil, accompagnement ou autre.", required=True)
    modality = fields.choice(Modality, "Comment le rendez-vous se tient.", required=True)
    professions = fields.codes(
        "Professions de l’agent principal admises ; vide : toutes.",
        allowed=PROFESSIONS,
        load_default=list,
        most=50,
    )
    duration_minutes = fields.integer("Durée (minutes).", 45, least=5, most=480, required=True)
    buffer_before_minutes = fields.integer(
        "Temps de l’agent réservé avant (trajet, préparation).",
        0,
        least=0,
        most=240,
        load_default=0,
    )
    buffer_after_minutes = fields.integer(
        "Temps de l’agent réservé après (écrits, trajet).", 10, least=0, most=240, load_default=0
    )
    min_notice_minutes = fields.integer(
        "Préavis de prise de rendez-vous.", 60, least=0, most=90 * _DAY, load_default=0
    )
    max_ahead_days = fields.integer(
        "Prise de rendez-vous au plus tôt, en jours (exemple : 90).",
        90,
        least=1,
        most=730,
        load_default=90,
    )
    cancel_notice_minutes = fields.integer(
        "Jusqu’à combien de minutes avant la personne annule elle-même.",
        120,
        least=0,
        most=30 * _DAY,
        load_default=0,
    )
    bookable_by = fields.codes(
        "Rôles d’agents qui peuvent le prendre ; vide : tous.",
        allowed=roles.AGENTS,
        load_default=list,
        most=50,
    )
    bookable_by_personne = fields.flag(
        "La personne peut le prendre elle-même ; collectif : s’y inscrire.", load_default=False
    )
    capacity = fields.integer(
        "Nombre de places : 1, individuel ; plus, collectif (exemple : 12). Un motif ne change "
        "pas de nature d’une version à l’autre.",
        1,
        least=1,
        most=MAX_PERSONNES,
        load_default=1,
    )
    min_agents = fields.integer(
        "Agents ensemble au moins : 2 pour un binôme (information préoccupante, expulsion, "
        "visite à domicile difficile).",
        1,
        least=1,
        most=MAX_AGENTS,
        load_default=1,
    )
    late_after_minutes = fields.integer(
        "Jusqu’à combien de minutes un retard n’est pas compté (exemple : 10).",
        10,
        least=0,
        most=120,
        load_default=0,
    )
    discreet = fields.flag("Motif discret : les listes en montrent moins.", load_default=False)
    instructions = fields.text(
        "Consignes données à la personne, dans les messages aussi ; rien sur une personne.",
        "Apportez les documents que vous jugez utiles.",
        least=0,
        most=1000,
        load_default="",
    )
    offers_at_once = fields.integer(
        "À combien de personnes en attente un créneau libéré est proposé à la fois "
        "(la première qui accepte l’obtient).",
        1,
        least=1,
        most=20,
        load_default=1,
    )
    offer_minutes = fields.integer(
        "Temps laissé pour répondre à une proposition (exemple : 4 heures) ; "
        "moins si le créneau est proche.",
        240,
        least=15,
        most=7 * _DAY,
        load_default=240,
    )
    valid_from = fields.day("Premier jour de validité.", "2023-01-01", required=True)
    valid_to = fields.day(
        "Dernier jour de validité ; absent : sans fin.",
        "2023-12-31",
        load_default=None,
        allow_none=True,
    )

    needs_room = fields.flag(
        "Demande une salle : la première libre du site, si aucune n’est nommée.", load_default=False
    )
    needs_vehicle = fields.flag(
        "Demande un véhicule : le premier libre du site, si aucun n’est nommé.", load_default=False
    )

    @validates_schema
    def _ordered(self, data: Mapping[str, Any], **_: Any) -> None:
        if data["valid_to"] is not None and data["valid_to"] < data["valid_from"]:
            raise ValidationError("Doit suivre « valid_from ».", "valid_to")


class MotifOut(MotifIn):
    """A motif as stored."""

    id = fields.uuid("Identifiant de cette version.", data_key="motif_id")
    version = fields.version()


class MotifEnd(Schema):
    """The last day of a version."""

    valid_to = fields.day("Dernier jour de validité.", "2023-12-31", required=True)


class MotifsQuery(Schema):
    """Which motifs."""

    on = fields.day("Motifs valides ce jour ; absent : aujourd’hui.", load_default=None)


class MotifsOut(Schema):
    """The motifs in force on a day."""

    motifs = fields.many(MotifOut, "Motifs, par code.")
