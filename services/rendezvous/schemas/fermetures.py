"""Closing days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from chassis.web import fields
from chassis.web.schemas import Schema
from services.rendezvous.domain.fermeture import Region


class FermetureIn(Schema):
    """Whole days, or hours of one day; of everybody, an MDS or a site."""

    first_day = fields.day("Premier jour fermé (Paris).", "2023-05-19", required=True)
    last_day = fields.day("Dernier jour fermé ; par défaut le premier.", "2023-05-19")
    from_ = fields.hour(
        "Heure de Paris du début ; sans heures, la journée.",
        "14:00",
        data_key="from",
        attribute="from_time",
    )
    to = fields.hour("Heure de Paris de fin.", "17:00", attribute="to_time")
    mds = fields.code("MDS fermée ; ni MDS ni site : tout ferme.", "MDS-MONTAUBAN")
    site = fields.code("Site fermé.", "MONTAUBAN-CENTRE")
    label = fields.text(
        "Libellé court, lu par les agents ; rien sur une personne.",
        "Pont de l’Ascension",
        most=80,
        required=True,
    )

    @validates_schema
    def _one_form(self, data: Mapping[str, Any], **_: Any) -> None:
        if data.get("last_day", data["first_day"]) < data["first_day"]:
            raise ValidationError("Doit suivre « first_day ».", "last_day")
        if {"mds", "site"} <= data.keys():
            raise ValidationError("Une MDS ou un site, pas les deux.", "site")
        hours = {"from_time", "to_time"} & data.keys()
        if len(hours) == 1:
            raise ValidationError("Donnez « from » et « to » ensemble.", "from")
        if hours and data["from_time"] >= data["to_time"]:
            raise ValidationError("Doit suivre « from ».", "to")
        if hours and data.get("last_day", data["first_day"]) != data["first_day"]:
            raise ValidationError("Des heures se donnent pour un seul jour.", "last_day")

    @post_load
    def _whole(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        missing = dict.fromkeys(("from_time", "to_time", "mds", "site"))
        return {**missing, "last_day": data["first_day"], **data}


class FermetureOut(Schema):
    """A closing as stored."""

    fermeture_id = fields.uuid("Identifiant de la fermeture.", attribute="id")
    mds = fields.code("MDS fermée, ou celle du site.", "MDS-MONTAUBAN", allow_none=True)
    site = fields.code("Site fermé.", "MONTAUBAN-CENTRE", allow_none=True)
    starts_at = fields.instant("Début (UTC).", "2023-05-18T22:00:00+00:00")
    ends_at = fields.instant("Fin (UTC).", "2023-05-19T22:00:00+00:00")
    label = fields.text("Libellé.", "Pont de l’Ascension")
    ferie_on = fields.day("Le jour férié qu’elle suit.", "2023-05-18", allow_none=True)


class FermetureCreated(Schema):
    """A closing and the rendezvous it falls on."""

    fermeture = fields.nested(FermetureOut, "La fermeture créée.")
    affected_rendezvous_ids = fields.uuids(
        "Rendez-vous pris qui tombent dans ce temps : à déplacer ou annuler.", most=10_000
    )


class FermeturesOut(Schema):
    """Closings of a period."""

    fermetures = fields.many(FermetureOut, "Fermetures, par date.")


class FeriesIn(Schema):
    """The public holidays of a year."""

    year = fields.integer("Année.", 2023, least=2000, most=2100, required=True)
    region = fields.choice(
        Region, "Territoire dont les jours fériés valent.", load_default=Region.METROPOLE
    )
    mds = fields.code("MDS où ils valent ; sans elle, partout.", "MDS-MONTAUBAN", load_default=None)


class FeriesOut(FermeturesOut):
    """The public holidays loaded, now or before, and the rendezvous they fall on."""

    affected_rendezvous_ids = fields.uuids(
        "Rendez-vous pris ces jours-là : à déplacer ou annuler.", most=10_000
    )
