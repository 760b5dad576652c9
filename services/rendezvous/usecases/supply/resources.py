"""Rooms, vehicles and zones: what the sites have, and how far they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import instant_of
from chassis.ids import new_id
from chassis.unit_of_work import expect_version
from services.rendezvous.domain.errors import ResourceNotFound, SiteUnknown, ZoneNotFound
from services.rendezvous.domain.resource import Resource, ResourceKind
from services.rendezvous.domain.rights import may_equip
from services.rendezvous.domain.zone import Zone
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.viewers import viewer_of


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


def retire_resource(
    uow: UnitOfWork, *, by: Caller, resource_id: UUID, retired_on: date | None
) -> tuple[Resource, list[UUID]]:
    """Take nothing new in a room or a vehicle from a day on; None: it serves again. Answers also
    the rendezvous still to be held in it from then on, which stay. Raises ResourceNotFound.

    It is locked as for a booking: one under way is told, a later one refused.
    """
    found = uow.resources.get(resource_id)
    if found is None or not may_equip(viewer_of(uow, by), _mds_of(uow, found)):
        raise ResourceNotFound()
    uow.occupations.lock({resource_id})
    uow.resources.retire(resource_id, retired_on)
    changed = replace(found, retired_on=retired_on)
    if retired_on is None:
        return changed, []
    after = max(instant_of(retired_on), uow.now)
    return changed, uow.agendas.booked_ids_in_resource(resource_id, after=after)


def _mds_of(uow: UnitOfWork, resource: Resource) -> str | None:
    site = uow.knowns.site(resource.site)
    return site.mds if site else None


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
