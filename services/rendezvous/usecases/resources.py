"""Rooms, vehicles and zones: what the sites have, and how far they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from chassis.ids import new_id
from chassis.unit_of_work import expect_version
from services.rendezvous.domain.errors import SiteUnknown, ZoneNotFound
from services.rendezvous.domain.resource import Resource, ResourceKind
from services.rendezvous.domain.zone import Zone
from services.rendezvous.persistence import UnitOfWork


def create_resource(uow: UnitOfWork, *, kind: ResourceKind, site: str, name: str) -> Resource:
    """A room or a vehicle of a known site."""
    if uow.knowns.site(site) is None:
        raise SiteUnknown(f"{site} : vérifiez le code du site.", field="/site")
    resource = Resource(id=new_id(), kind=kind, site=site, name=name)
    uow.resources.add(resource)
    return resource


def list_resources(uow: UnitOfWork, *, site: str) -> list[Resource]:
    """The rooms and vehicles of a site, by kind and name."""
    return uow.resources.of_sites([site])


def create_zone(
    uow: UnitOfWork, *, code: str, label: str, minutes: Sequence[Mapping[str, Any]]
) -> Zone:
    """A zone of home visits. Raises ZoneExists."""
    zone = Zone(id=new_id(), code=code, label=label, minutes=_minutes(uow, minutes))
    uow.zones.add(zone)
    return zone


def change_zone(
    uow: UnitOfWork,
    *,
    zone_id: UUID,
    expected: int | None,
    label: str,
    minutes: Sequence[Mapping[str, Any]],
) -> Zone:
    """Set a zone's label and times anew, whole. Raises ZoneNotFound."""
    zone = uow.zones.get(zone_id)
    if zone is None:
        raise ZoneNotFound()
    expect_version(zone.version, expected)
    zone.change(label, _minutes(uow, minutes))
    uow.zones.save(zone)
    return zone


def list_zones(uow: UnitOfWork) -> list[Zone]:
    """Every zone, by code."""
    return uow.zones.all()


def _minutes(uow: UnitOfWork, given: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    known = uow.knowns.sites({line["site"] for line in given})
    for place, line in enumerate(given):
        if line["site"] not in known:
            raise SiteUnknown("Vérifiez le code du site.", field=f"/minutes/{place}/site")
    return {line["site"]: line["minutes"] for line in given}
