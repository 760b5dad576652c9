"""Openings and absences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, validate, validates_schema

from chassis.web import fields
from chassis.web.schemas import Period, Schema
from services.rendezvous.domain.motif import Kind
from services.rendezvous.domain.planning import AbsenceKind

MAX_OPENINGS = 200


class SpanIn(Schema):
    """A span of time: two instants with offset, or a Paris day and two wall times."""

    starts_at = fields.instant("Début, avec décalage.", "2023-01-09T09:00:00+01:00")
    ends_at = fields.instant("Fin, avec décalage.", "2023-01-09T12:00:00+01:00")
    day = fields.day("Jour (Paris), à la place des instants.")
    from_ = fields.hour("Heure de Paris du début.", "09:00", data_key="from", attribute="from_time")
    to = fields.hour("Heure de Paris de fin.", "12:00", attribute="to_time")

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

    agent_id = fields.uuid("Agent de l’annuaire.", required=True)
    site = fields.code("Code du site.", "MONTAUBAN-CENTRE", required=True)
    kinds = fields.codes(
        "Types de motif admis ; tout vide : tous.", allowed=Kind, load_default=list, most=50
    )
    motifs = fields.codes("Codes de motif admis en plus des types.", load_default=list, most=50)


class OpeningsIn(Schema):
    """One to 200 openings, all or none."""

    openings = fields.many(
        OpeningIn,
        "Plages d’ouverture : toutes sont créées, ou aucune.",
        least=1,
        most=MAX_OPENINGS,
        required=True,
    )


class OpeningOut(Schema):
    """An opening as stored."""

    id = fields.uuid("Identifiant de la plage.", data_key="opening_id")
    agent_id = fields.uuid("Agent.")
    site = fields.code("Site.", "MONTAUBAN-CENTRE")
    mds = fields.code("MDS du site.", "MDS-MONTAUBAN")
    starts_at = fields.instant("Début (UTC).", "2023-01-09T08:00:00+00:00")
    ends_at = fields.instant("Fin (UTC).", "2023-01-09T11:00:00+00:00")
    kinds = fields.codes("Types de motif admis.", most=50)
    motifs = fields.codes("Codes de motif admis.", most=50)
    serie_id = fields.uuid("Série dont elle est une occurrence.", allow_none=True)
    occurrence_on = fields.day("Son jour dans la série.", allow_none=True)
    edited = fields.flag("Occurrence qui a quelque chose de propre.")


class OpeningsOut(Schema):
    """The openings created."""

    openings = fields.many(OpeningOut, "Plages créées.")


class AbsenceIn(SpanIn):
    """An agent does not receive."""

    agent_id = fields.uuid("Agent de l’annuaire.", required=True)
    kind = fields.choice(
        AbsenceKind,
        "Absent, ou au travail sans recevoir (écrits, réunion). La cause n’est pas demandée.",
        load_default=AbsenceKind.ABSENCE,
        validate=validate.OneOf([AbsenceKind.ABSENCE, AbsenceKind.WORK]),
    )


class AbsenceOut(Schema):
    """An absence as stored."""

    id = fields.uuid("Identifiant de l’absence.", data_key="absence_id")
    agent_id = fields.uuid("Agent.")
    kind = fields.choice(
        AbsenceKind, "Absent, au travail sans recevoir, ou pris dans son agenda personnel."
    )
    starts_at = fields.instant("Début (UTC).", "2023-01-09T08:00:00+00:00")
    ends_at = fields.instant("Fin (UTC).", "2023-01-09T11:00:00+00:00")
    serie_id = fields.uuid("Série dont elle est une occurrence.", allow_none=True)
    occurrence_on = fields.day("Son jour dans la série.", allow_none=True)
    edited = fields.flag("Occurrence qui a quelque chose de propre.")


class AffectedOut(Schema):
    """The rendezvous that stand on time no longer open."""

    affected_rendezvous_ids = fields.uuids(
        "Rendez-vous pris qui tombent dans ce temps : à déplacer ou annuler.", most=10_000
    )


class AbsenceCreated(AffectedOut):
    """An absence and the rendezvous it falls on."""

    absence = fields.nested(AbsenceOut, "L’absence créée.")


class AgendaQuery(Period):
    """A span of Paris days, both included."""

    to = fields.day(
        "Dernier jour inclus (42 jours au plus).", "2023-01-15", attribute="last_day", required=True
    )

    @validates_schema
    def _bounded(self, data: Mapping[str, Any], **_: Any) -> None:
        if (data["last_day"] - data["first_day"]).days >= 42:
            raise ValidationError("42 jours au plus.", "to")
