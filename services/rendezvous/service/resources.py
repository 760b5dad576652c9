"""Rooms, vehicles and zones over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.web.route import Call, route
from services.rendezvous.domain import errors
from services.rendezvous.domain.resource import Resource, ResourceKind
from services.rendezvous.domain.zone import Zone
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.schemas.resources import (
    ResourcesOut,
    ResourcesQuery,
    RetiredOut,
    RetireIn,
    RoomIn,
    RoomOut,
    VehicleIn,
    VehicleOut,
    ZoneChange,
    ZoneIn,
    ZoneOut,
    ZonesOut,
)
from services.rendezvous.service import allowed
from services.rendezvous.usecases.supply import resources


class ResourceRoutes:
    """What the sites have, and how far they are."""

    @route(
        "POST",
        "/v1/rooms",
        allow=allowed.EQUIPPERS,
        body=RoomIn,
        reply=RoomOut,
        status=201,
        idempotent=True,
        tag="Salles, véhicules et zones",
        summary="Créer une salle",
        problems=(errors.SiteUnknown, errors.RoomExists),
    )
    def create_room(self, uow: UnitOfWork, call: Call) -> Resource:
        return resources.create_resource(uow, kind=ResourceKind.ROOM, **call.body)

    @route(
        "POST",
        "/v1/vehicles",
        allow=allowed.EQUIPPERS,
        body=VehicleIn,
        reply=VehicleOut,
        status=201,
        idempotent=True,
        tag="Salles, véhicules et zones",
        summary="Créer un véhicule",
        problems=(errors.SiteUnknown, errors.VehicleExists),
    )
    def create_vehicle(self, uow: UnitOfWork, call: Call) -> Resource:
        return resources.create_resource(uow, kind=ResourceKind.VEHICLE, **call.body)

    @route(
        "GET",
        "/v1/resources",
        allow=allowed.PLANNERS,
        query=ResourcesQuery,
        reply=ResourcesOut,
        tag="Salles, véhicules et zones",
        summary="Salles et véhicules d’un site",
    )
    def list_resources(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return {"resources": resources.list_resources(uow, **call.query)}

    @route(
        "POST",
        "/v1/resources/{resource_id}/retire",
        allow=allowed.EQUIPPERS,
        body=RetireIn,
        reply=RetiredOut,
        tag="Salles, véhicules et zones",
        summary="Retirer une salle ou un véhicule à partir d’un jour (ce qui est pris reste)",
        problems=(errors.ResourceNotFound,),
    )
    def retire_resource(self, uow: UnitOfWork, call: Call, resource_id: UUID) -> dict[str, Any]:
        retired, affected = resources.retire_resource(
            uow, by=call.caller, resource_id=resource_id, **call.body
        )
        return {"resource": retired, "affected_rendezvous_ids": affected}

    @route(
        "POST",
        "/v1/zones",
        allow=allowed.CONFIGURERS,
        body=ZoneIn,
        reply=ZoneOut,
        status=201,
        etag=True,
        idempotent=True,
        tag="Salles, véhicules et zones",
        summary="Créer une zone de visites à domicile",
        problems=(errors.SiteUnknown, errors.ZoneExists),
    )
    def create_zone(self, uow: UnitOfWork, call: Call) -> Zone:
        return resources.create_zone(uow, **call.body)

    @route(
        "PUT",
        "/v1/zones/{zone_id}",
        allow=allowed.CONFIGURERS,
        body=ZoneChange,
        reply=ZoneOut,
        etag=True,
        if_match=True,
        tag="Salles, véhicules et zones",
        summary="Changer le nom et les trajets d’une zone (ce qui est pris garde le sien)",
        problems=(errors.SiteUnknown, errors.ZoneNotFound),
    )
    def change_zone(self, uow: UnitOfWork, call: Call, zone_id: UUID) -> Zone:
        return resources.change_zone(
            uow, zone_id=zone_id, expected=call.expected_version, **call.body
        )

    @route(
        "GET",
        "/v1/zones",
        allow=allowed.PLANNERS,
        reply=ZonesOut,
        tag="Salles, véhicules et zones",
        summary="Zones et trajets",
    )
    def list_zones(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return {"zones": resources.list_zones(uow)}
