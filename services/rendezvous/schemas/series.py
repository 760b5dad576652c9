"""Recurring openings and absences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any

from marshmallow import ValidationError, post_load, pre_dump, validates_schema

from chassis.web import fields
from chassis.web.schemas import Schema
from services.rendezvous.domain.motif import Kind
from services.rendezvous.domain.serie import EditKind, SerieKind

_RULE = fields.Form(r"^[A-Z0-9=;,+-]{1,200}$", error="Règle RFC 5545 attendue, sans « RRULE: ».")
_EXAMPLE = "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH"


class WallHours(Schema):
    """Two wall times of Paris, given together. `to` null: midnight that ends the day."""

    from_ = fields.hour("Heure de Paris du début.", "09:00", data_key="from", attribute="from_time")
    to = fields.hour(
        "Heure de Paris de fin ; null : minuit, fin du jour.",
        "12:00",
        attribute="to_time",
        allow_none=True,
    )

    @validates_schema
    def _together(self, data: Mapping[str, Any], **_: Any) -> None:
        if ("from_time" in data) != ("to_time" in data):
            raise ValidationError("Donnez « from » et « to » ensemble.", "from")
        if data.get("to_time") is not None and data["from_time"] >= data["to_time"]:
            raise ValidationError("Doit suivre « from ».", "to")


class Offered(WallHours):
    """What an occurrence offers: hours, a site, motifs."""

    site = fields.code("Code du site.", "MONTAUBAN-CENTRE")
    kinds = fields.codes("Types de motif admis ; tout vide : tous.", allowed=Kind, most=50)
    motifs = fields.codes("Codes de motif admis en plus des types.", most=50)


class SerieIn(Offered):
    """A series that begins. Without hours, an absence lasts the whole day."""

    agent_id = fields.uuid("Agent de l’annuaire.", required=True)
    kind = fields.choice(
        SerieKind,
        "Plage d’ouverture, absence, ou travail sans réception. "
        "La cause d’une absence n’est pas demandée.",
        required=True,
    )
    rule = fields.form(
        _RULE,
        "Règle RFC 5545 : FREQ=DAILY, WEEKLY, MONTHLY ou YEARLY, avec INTERVAL, BYDAY, "
        "BYMONTHDAY, BYSETPOS, et UNTIL (AAAAMMJJ) ou COUNT.",
        _EXAMPLE,
        required=True,
    )
    first_day = fields.day("Premier jour (Paris) ; il compte si la règle le donne.", required=True)

    @validates_schema
    def _whole(self, data: Mapping[str, Any], **_: Any) -> None:
        is_opening = data.get("kind") is SerieKind.OPENING
        if is_opening and ("site" not in data or "from_time" not in data):
            raise ValidationError("Une plage demande un site et des heures.", "site")
        if not is_opening and not data.keys().isdisjoint(("site", "kinds", "motifs")):
            raise ValidationError("Une absence n’a ni site ni motifs.", "site")

    @post_load
    def _all_day(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {"from_time": time(), "to_time": None, "kinds": [], "motifs": [], **data}


class SerieChange(Offered):
    """This occurrence and the following: what is not given stays as it is."""

    from_day = fields.day("Premier jour changé : un jour de la série, à venir.", required=True)
    rule = fields.form(_RULE, "Nouvelle règle ; sans elle, la suite de l’ancienne.", _EXAMPLE)
    keep_edits = fields.flag(
        "Garder ce que les jours suivants ont de propre.", load_default=True, example=True
    )


class SerieEnd(Schema):
    """The last day of a series."""

    last_day = fields.day("Dernier jour de la série.", "2023-06-30", required=True)


class DayPath(Schema):
    """The day of an occurrence, in the address."""

    day = fields.day("Jour (Paris) de l’occurrence, celui que donne la règle.", required=True)


class OccurrenceChange(WallHours):
    """Removed, or other hours, or another site: in place of what was said before."""

    removed = fields.flag("Pas d’occurrence ce jour-là.")
    site = fields.code("Un autre site, ce jour-là.", "CAUSSADE")

    @validates_schema
    def _something(self, data: Mapping[str, Any], **_: Any) -> None:
        others = {"from_time", "site"} & data.keys()
        if bool(data.get("removed")) == bool(others):
            raise ValidationError("Dites « removed », ou bien des heures ou un site.", "removed")


class EditOut(Schema):
    """What one occurrence has of its own."""

    day = fields.day("Jour de l’occurrence.")
    kind = fields.choice(
        EditKind,
        "Changée, supprimée, ou laissée de côté (l’agent était déjà ouvert sur un autre site).",
    )
    from_ = fields.hour(
        "Début ; null : celui de la série.",
        "09:00",
        data_key="from",
        attribute="from_time",
        allow_none=True,
    )
    to = fields.hour(
        "Fin ; null : celle de la série, ou minuit.",
        "12:00",
        attribute="to_time",
        allow_none=True,
    )
    site = fields.code("Site ; null : celui de la série.", "CAUSSADE", allow_none=True)


class SerieOut(Schema):
    """A series as stored, and what single days of it have of their own."""

    serie_id = fields.uuid("Identifiant de la série.", attribute="id")
    agent_id = fields.uuid("Agent.")
    kind = fields.choice(SerieKind, "Plage, absence ou travail sans réception.")
    rule = fields.form(_RULE, "Règle RFC 5545.", _EXAMPLE)
    first_day = fields.day("Premier jour.")
    last_day = fields.day("Dernier jour ; null : sans fin.", "2023-06-30", allow_none=True)
    from_ = fields.hour("Heure de Paris du début.", "09:00", data_key="from", attribute="from_time")
    to = fields.hour(
        "Heure de Paris de fin ; null : minuit.", "12:00", attribute="to_time", allow_none=True
    )
    site = fields.code("Site.", "MONTAUBAN-CENTRE", allow_none=True)
    mds = fields.code("MDS du site.", "MDS-MONTAUBAN", allow_none=True)
    kinds = fields.codes("Types de motif admis.", most=50)
    motifs = fields.codes("Codes de motif admis.", most=50)
    filled_to = fields.day("Jour jusqu’où les occurrences sont dans l’agenda.", "2024-02-09")
    continues_id = fields.uuid("Série qu’elle continue.", allow_none=True)
    edits = fields.many(EditOut, "Occurrences qui ont quelque chose de propre.")
    version = fields.version()

    @pre_dump
    def _flatten(self, shown: Any, **_: Any) -> dict[str, Any]:
        own = {name: value for name, value in vars(shown).items() if name != "serie"}
        return {**vars(shown.serie), **own}


class SerieChanged(SerieOut):
    """A series after a change, and what the change leaves to see to."""

    affected_rendezvous_ids = fields.uuids(
        "Rendez-vous pris laissés hors plage, ou dans une absence : à déplacer ou annuler.",
        most=10_000,
    )
    lost_days = fields.days(
        "Jours qui avaient quelque chose de propre et que la nouvelle règle n’a plus."
    )


class SeriesOut(Schema):
    """An agent's series that have not ended."""

    series = fields.many(SerieOut, "Séries, par premier jour.")
