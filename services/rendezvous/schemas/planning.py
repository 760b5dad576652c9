"""Openings and absences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from chassis.web.schemas import Schema
from services.rendezvous.domain.motif import Kind
from services.rendezvous.domain.planning import AbsenceKind
from services.rendezvous.schemas import kit

MAX_OPENINGS = 200


class SpanIn(Schema):
    """A span of time: two instants with offset, or a Paris day and two wall times."""

    starts_at = kit.instant("Début, avec décalage.", "2023-01-09T09:00:00+01:00")
    ends_at = kit.instant("Fin, avec décalage.", "2023-01-09T12:00:00+01:00")
    day = kit.day("Jour (Paris), à la place des instants.", "2023-01-09")
    from_ = fields.Time(
        data_key="from",
        attribute="from_time",
        metadata={"description": "Heure de Paris du début.", "example": "09:00"},
    )
    to = fields.Time(
        attribute="to_time", metadata={"description": "Heure de Paris de fin.", "example": "12:00"}
    )

    @validates_schema
    def _one_form(self, data: Mapping[str, Any], **_: Any) -> None:
        given = {n for n in ("starts_at", "ends_at", "day", "from_time", "to_time") if n in data}
        if given == {"starts_at", "ends_at"}:
            if data["starts_at"] >= data["ends_at"]:
                raise ValidationError("Doit suivre « starts_at ».", "ends_at")
        elif given == {"day", "from_time", "to_time"}:
            if data["from_time"] >= data["to_time"]:
                raise ValidationError("Doit suivre « from ».", "to")
        else:
            raise ValidationError("Donnez starts_at et ends_at, ou bien day, from et to.")


class OpeningIn(SpanIn):
    """An agent receives on a site."""

    agent_id = kit.uuid("Agent de l’annuaire.", example=kit.AGENT_EXAMPLE, required=True)
    site = kit.code("Code du site.", "MONTAUBAN-CENTRE", required=True)
    kinds = kit.codes(
        [k.value for k in Kind], "Types de motif admis ; tout vide : tous.", load_default=list
    )
    motifs = kit.codes(None, "Codes de motif admis en plus des types.", load_default=list)


class OpeningsIn(Schema):
    """One to 200 openings, all or none."""

    openings = fields.List(
        fields.Nested(OpeningIn),
        required=True,
        validate=validate.Length(1, MAX_OPENINGS),
        metadata={"description": "Plages d’ouverture : toutes sont créées, ou aucune."},
    )


class OpeningOut(Schema):
    """An opening as stored."""

    id = kit.uuid("Identifiant de la plage.", data_key="opening_id")
    agent_id = kit.uuid("Agent.")
    site = kit.code("Site.", "MONTAUBAN-CENTRE")
    mds = kit.code("MDS du site.", "MDS-MONTAUBAN")
    starts_at = kit.instant("Début (UTC).", "2023-01-09T08:00:00+00:00")
    ends_at = kit.instant("Fin (UTC).", "2023-01-09T11:00:00+00:00")
    kinds = kit.codes(None, "Types de motif admis.")
    motifs = kit.codes(None, "Codes de motif admis.")


class OpeningsOut(Schema):
    """The openings created."""

    openings = fields.List(fields.Nested(OpeningOut), metadata={"description": "Plages créées."})


class AbsenceIn(SpanIn):
    """An agent does not receive."""

    agent_id = kit.uuid("Agent de l’annuaire.", example=kit.AGENT_EXAMPLE, required=True)
    kind = kit.choice(
        AbsenceKind,
        "Absent, ou au travail sans recevoir (écrits, réunion). La cause n’est pas demandée.",
        load_default=AbsenceKind.ABSENCE,
    )


class AbsenceOut(Schema):
    """An absence as stored."""

    id = kit.uuid("Identifiant de l’absence.", data_key="absence_id")
    agent_id = kit.uuid("Agent.")
    kind = kit.choice(AbsenceKind, "Absent, ou au travail sans recevoir.")
    starts_at = kit.instant("Début (UTC).", "2023-01-09T08:00:00+00:00")
    ends_at = kit.instant("Fin (UTC).", "2023-01-09T11:00:00+00:00")


class AffectedOut(Schema):
    """The rendezvous that stand on time no longer open."""

    affected_rendezvous_ids = kit.uuids(
        "Rendez-vous pris qui tombent dans ce temps : à déplacer ou annuler.", most=10_000
    )


class AbsenceCreated(AffectedOut):
    """An absence and the rendezvous it falls on."""

    absence = fields.Nested(AbsenceOut, metadata={"description": "L’absence créée."})


class AgendaQuery(Schema):
    """A span of Paris days, both included."""

    from_ = kit.day(
        "Premier jour.", "2023-01-09", data_key="from", attribute="first_day", required=True
    )
    to = kit.day(
        "Dernier jour inclus (42 jours au plus).", "2023-01-15", attribute="last_day", required=True
    )

    @validates_schema
    def _bounded(self, data: Mapping[str, Any], **_: Any) -> None:
        days = (data["last_day"] - data["first_day"]).days
        if days < 0:
            raise ValidationError("Doit suivre « from ».", "to")
        if days >= 42:
            raise ValidationError("42 jours au plus.", "to")


class CreneauxQuery(AgendaQuery):
    """Which free slots."""

    motif = kit.code("Code du motif.", "ACCOMPAGNEMENT", required=True)
    site = kit.code("Site ; obligatoire sans agent.", "MONTAUBAN-CENTRE", load_default=None)
    profession = kit.code("Profession cherchée sur le site.", "ASS", load_default=None)
    agent_id = kit.uuids(
        "Agent(s), paramètre répétable.", most=20, attribute="agent_ids", load_default=list
    )
    together = kit.flag("Tous ces agents ensemble (binôme).", load_default=False)
    room_id = kit.uuid("Salle qui doit être libre aussi.", load_default=None)
    step = fields.Integer(
        load_default=15,
        validate=validate.OneOf([5, 10, 15, 20, 30, 60]),
        metadata={"description": "Pas des débuts proposés (minutes ; exemple).", "example": 15},
    )
    limit = fields.Integer(
        load_default=100,
        validate=validate.Range(1, 500),
        metadata={"description": "Nombre de créneaux au plus.", "example": 100},
    )

    @validates_schema
    def _someone(self, data: Mapping[str, Any], **_: Any) -> None:
        if not data.get("site") and not data.get("agent_ids"):
            raise ValidationError("Donnez un site ou au moins un agent.", "site")
        if data.get("together") and not data.get("agent_ids"):
            raise ValidationError("Dites quels agents reçoivent ensemble.", "agent_id")
        if data.get("together") and len(data["agent_ids"]) > kit.MAX_AGENTS:
            raise ValidationError(f"{kit.MAX_AGENTS} agents ensemble au plus.", "agent_id")


class CreneauOut(Schema):
    """A time that can be booked."""

    starts_at = kit.instant("Début (UTC).", "2023-01-09T08:00:00+00:00")
    ends_at = kit.instant("Fin (UTC).", "2023-01-09T08:45:00+00:00")
    site = kit.code("Site.", "MONTAUBAN-CENTRE")
    agent_ids = kit.uuids("Agents qui recevraient, le principal d’abord.", most=kit.MAX_AGENTS)


class CreneauxOut(Schema):
    """Free slots, soonest first."""

    creneaux = fields.List(fields.Nested(CreneauOut), metadata={"description": "Créneaux libres."})
    truncated = kit.flag("D’autres créneaux existent au-delà de la limite.")
