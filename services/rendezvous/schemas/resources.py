"""Rooms, vehicles and zones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, pre_dump, validates_schema

from chassis.web import fields
from chassis.web.schemas import Schema
from services.rendezvous.domain.resource import ResourceKind
from services.rendezvous.domain.zone import Zone

MAX_SITES = 100


class RoomIn(Schema):
    """A room of a site."""

    site = fields.code("Code du site.", "MONTAUBAN-CENTRE", required=True)
    name = fields.text("Nom de la salle.", "Bureau 3", most=80, required=True)


class RoomOut(RoomIn):
    """A room as stored."""

    id = fields.uuid("Identifiant de la salle.", data_key="room_id")


class VehicleIn(Schema):
    """A vehicle of a site."""

    site = fields.code("Code du site.", "MONTAUBAN-CENTRE", required=True)
    name = fields.text("Nom du véhicule.", "Clio 2", most=80, required=True)


class VehicleOut(VehicleIn):
    """A vehicle as stored."""

    id = fields.uuid("Identifiant du véhicule.", data_key="vehicle_id")


class ResourcesQuery(Schema):
    """Of which site."""

    site = fields.code("Code du site.", "MONTAUBAN-CENTRE", required=True)


class ResourceOut(Schema):
    """A room or a vehicle."""

    id = fields.uuid("Identifiant de la salle ou du véhicule.", data_key="resource_id")
    kind = fields.choice(ResourceKind, "Salle ou véhicule.")
    site = fields.code("Code du site.", "MONTAUBAN-CENTRE")
    name = fields.text("Nom.", "Bureau 3")
    retired_on = fields.day(
        "Jour (Paris) à partir duquel elle ne sert plus ; null : elle sert.",
        "2023-02-01",
        allow_none=True,
    )


class RetireIn(Schema):
    """From when it no longer serves."""

    retired_on = fields.day(
        "Jour (Paris) à partir duquel rien de nouveau n’y est pris ; null : elle sert de nouveau.",
        "2023-02-01",
        allow_none=True,
        required=True,
    )


class RetiredOut(Schema):
    """A room or a vehicle, and what is still to be held in it from then on."""

    resource = fields.nested(ResourceOut, "La salle ou le véhicule.")
    affected_rendezvous_ids = fields.uuids(
        "Rendez-vous pris à partir de ce jour qui s’en servent : ils restent, à déplacer ou à "
        "loger ailleurs.",
        most=10_000,
    )


class ResourcesOut(Schema):
    """What a site has."""

    resources = fields.many(ResourceOut, "Salles, puis véhicules, par nom.")


class MinutesSchema(Schema):
    """Travel from one site."""

    site = fields.code("Code du site.", "MONTAUBAN-CENTRE", required=True)
    minutes = fields.integer(
        "Minutes de trajet, aller (exemple).", 25, least=0, most=240, required=True
    )


class ZoneChange(Schema):
    """A zone's label and times, whole."""

    label = fields.text("Nom de la zone, lu par les agents.", "Vallée", most=80, required=True)
    minutes = fields.many(
        MinutesSchema,
        "Trajet depuis chaque site qui la dessert ; un site absent ne la dessert pas.",
        most=MAX_SITES,
        required=True,
    )

    @validates_schema
    def _once(self, data: Mapping[str, Any], **_: Any) -> None:
        sites = [line["site"] for line in data["minutes"]]
        if len(set(sites)) != len(sites):
            raise ValidationError("Le même site figure deux fois.", "minutes")


class ZoneIn(ZoneChange):
    """A zone of home visits: a part of the territory, never an address."""

    code = fields.code("Code stable de la zone.", "VALLEE", required=True)


class ZoneOut(Schema):
    """A zone as stored."""

    id = fields.uuid("Identifiant de la zone.", data_key="zone_id")
    code = fields.code("Code.", "VALLEE")
    label = fields.text("Nom.", "Vallée")
    minutes = fields.many(MinutesSchema, "Trajet depuis chaque site, par code.")
    version = fields.version()

    @pre_dump
    def _flatten(self, zone: Zone, **_: Any) -> dict[str, Any]:
        lines = [{"site": site, "minutes": zone.minutes[site]} for site in sorted(zone.minutes)]
        return vars(zone) | {"minutes": lines}


class ZonesOut(Schema):
    """Every zone."""

    zones = fields.many(ZoneOut, "Zones, par code.")
