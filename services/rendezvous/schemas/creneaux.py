"""Free slots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, post_load, validate, validates_schema

from chassis.web import fields
from chassis.web.schemas import Schema
from services.rendezvous.domain.rendezvous import MAX_AGENTS
from services.rendezvous.schemas.planning import AgendaQuery


class QuestionQuery(Schema):
    """Which free slots."""

    motif = fields.code("Code du motif.", "ACCOMPAGNEMENT", required=True)
    site = fields.code(
        "Site ; sans agent, site ou mds est obligatoire.", "MONTAUBAN-CENTRE", load_default=None
    )
    mds = fields.code("Secteur : tous les sites de la MDS.", "MDS-MONTAUBAN", load_default=None)
    profession = fields.code("Profession de l’agent principal.", "ASS", load_default=None)
    second_profession = fields.code(
        "Avec agents : profession des autres ; absent : toutes.", "EDUCATEUR", load_default=None
    )
    agent_id = fields.uuids(
        "Agent(s), paramètre répétable.", most=20, attribute="agent_ids", load_default=list
    )
    together = fields.flag("Tous ces agents ensemble (binôme).", load_default=False)
    agents = fields.integer(
        "Autant d’agents libres ensemble, quels qu’ils soient : une équipe par heure et par site.",
        2,
        least=1,
        most=MAX_AGENTS,
        strict=False,
        load_default=None,
    )
    room_id = fields.uuid("Salle qui doit être libre aussi.", load_default=None)
    vehicle_id = fields.uuid("Véhicule qui doit être libre aussi.", load_default=None)
    room = fields.flag("Avec une salle du site, n’importe laquelle.", load_default=False)
    vehicle = fields.flag("Avec un véhicule du site, n’importe lequel.", load_default=False)
    zone = fields.code(
        "Zone d’une visite à domicile ; absente : la plus éloignée du site (exemple).",
        "VALLEE",
        load_default=None,
    )
    step = fields.integer(
        "Pas des débuts proposés (minutes ; exemple).",
        15,
        validate=validate.OneOf([5, 10, 15, 20, 30, 60]),
        strict=False,
        load_default=15,
    )

    @validates_schema
    def _someone(self, data: Mapping[str, Any], **_: Any) -> None:
        agents = data.get("agent_ids") or []
        if data.get("site") and data.get("mds"):
            raise ValidationError("Donnez un site ou une MDS.", "mds")
        if not (data.get("site") or data.get("mds") or agents):
            raise ValidationError("Donnez un site, une MDS ou au moins un agent.", "site")
        if data.get("together") and not agents:
            raise ValidationError("Dites quels agents reçoivent ensemble.", "agent_id")
        if data.get("together") and len(agents) > MAX_AGENTS:
            raise ValidationError(f"{MAX_AGENTS} agents ensemble au plus.", "agent_id")
        if data.get("together") and data.get("agents"):
            raise ValidationError("Avec together, l’équipe est déjà dite.", "agents")
        if data.get("second_profession") and not data.get("agents"):
            raise ValidationError("Dites combien d’agents reçoivent.", "second_profession")

    @post_load
    def _frozen(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"agent_ids": tuple(data["agent_ids"])}


class CreneauxQuery(QuestionQuery, AgendaQuery):
    """Over a span of days."""

    limit = fields.integer(
        "Nombre de créneaux au plus.", 100, least=1, most=500, strict=False, load_default=100
    )


class NextQuery(QuestionQuery):
    """From a day on."""

    from_ = fields.day(
        "Premier jour (Paris) ; absent : aujourd’hui.",
        data_key="from",
        attribute="first_day",
        load_default=None,
    )


class CreneauOut(Schema):
    """A time that can be booked."""

    starts_at = fields.instant("Début (UTC).", "2023-01-09T08:00:00+00:00")
    ends_at = fields.instant("Fin (UTC).", "2023-01-09T08:45:00+00:00")
    site = fields.code("Site.", "MONTAUBAN-CENTRE")
    agent_ids = fields.uuids("Agents qui recevraient, le principal d’abord.", most=MAX_AGENTS)
    room_id = fields.uuid("Salle libre, si le motif ou la demande en veut.", allow_none=True)
    vehicle_id = fields.uuid("Véhicule libre, de même.", allow_none=True)


class CreneauxOut(Schema):
    """Free slots, soonest first."""

    creneaux = fields.many(CreneauOut, "Créneaux libres.")
    truncated = fields.flag("D’autres créneaux existent au-delà de la limite.")


class NextOut(Schema):
    """The soonest slot."""

    creneau = fields.nested(
        CreneauOut, "Premier créneau libre ; null : aucun d’ici là.", allow_none=True
    )
    last_day = fields.day("Dernier jour regardé (six mois).", "2023-07-09")
