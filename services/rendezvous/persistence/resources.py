"""Rooms, vehicles, and the zones of home visits."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session

from services.rendezvous.domain.resource import Resource, ResourceKind
from services.rendezvous.domain.zone import Zone
from services.rendezvous.persistence.tables import motif, resource, zone, zone_minutes


class Resources:
    """What the sites have. Both tables are small: a few rows a site."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, new: Resource) -> None:
        """Store a room or a vehicle."""
        self._session.execute(sa.insert(resource).values(vars(new)))

    def of_sites(
        self, sites: Collection[str], kinds: Collection[ResourceKind] = tuple(ResourceKind)
    ) -> list[Resource]:
        """Those of these sites, of every site when none is given; by kind, name and id."""
        rows = self._session.execute(
            sa.select(resource)
            .where(
                sa.true() if not sites else resource.c.site.in_(sites), resource.c.kind.in_(kinds)
            )
            .order_by(resource.c.kind, resource.c.name, resource.c.id)
        )
        return [_as_resource(row) for row in rows]

    def get(self, resource_id: UUID) -> Resource | None:
        """One of them."""
        row = self._session.execute(
            sa.select(resource).where(resource.c.id == resource_id)
        ).one_or_none()
        return _as_resource(row) if row else None

    def retire(self, resource_id: UUID, retired_on: date | None) -> None:
        """Take nothing new in it from a day on; None: it serves."""
        self._session.execute(
            sa.update(resource).where(resource.c.id == resource_id).values(retired_on=retired_on)
        )

    def to_choose_from(self, wanted: Collection[tuple[str, str]]) -> set[UUID]:
        """Every room and vehicle that these motifs, each on a site (site, motif), may be given in
        one of their versions."""
        needed = sa.case(
            (resource.c.kind == ResourceKind.ROOM, motif.c.needs_room), else_=motif.c.needs_vehicle
        )
        query = sa.select(resource.c.id).join(motif, needed)
        query = query.where(sa.tuple_(resource.c.site, motif.c.code).in_(wanted))
        return set(self._session.scalars(query))


class Zones:
    """Zones, and how far they are from each site."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def all(self) -> list[Zone]:
        """Every zone, by code."""
        rows = self._session.execute(_ZONES.order_by(zone.c.code))
        return [_as_zone(row) for row in rows]

    def get(self, zone_id: UUID) -> Zone | None:
        """One zone, locked for a change."""
        row = self._session.execute(
            _ZONES.where(zone.c.id == zone_id).with_for_update(of=zone)
        ).one_or_none()
        return _as_zone(row) if row else None

    def travel(self) -> dict[str, dict[str, int]]:
        """Minutes of travel by site, then by zone code."""
        rows = self._session.execute(
            sa.select(zone_minutes.c.site, zone.c.code, zone_minutes.c.minutes).join(
                zone, zone.c.id == zone_minutes.c.zone_id
            )
        )
        found: dict[str, dict[str, int]] = {}
        for site, code, minutes in rows:
            found.setdefault(site, {})[code] = minutes
        return found

    def add(self, new: Zone) -> None:
        """Store a zone and its times."""
        values = {"id": new.id, "code": new.code, "label": new.label, "version": new.version}
        self._session.execute(sa.insert(zone).values(values))
        self._add_minutes(new)

    def save(self, changed: Zone) -> None:
        """Store a zone's label and times anew."""
        self._session.execute(
            sa.update(zone)
            .where(zone.c.id == changed.id)
            .values(label=changed.label, version=changed.version)
        )
        self._session.execute(sa.delete(zone_minutes).where(zone_minutes.c.zone_id == changed.id))
        self._add_minutes(changed)

    def _add_minutes(self, of: Zone) -> None:
        rows = [
            {"site": site, "zone_id": of.id, "minutes": count} for site, count in of.minutes.items()
        ]
        if rows:
            self._session.execute(sa.insert(zone_minutes), rows)


_ZONES = sa.select(
    zone,
    sa.select(
        sa.type_coerce(
            sa.func.jsonb_object_agg(zone_minutes.c.site, zone_minutes.c.minutes), pg.JSONB
        )
    )
    .where(zone_minutes.c.zone_id == zone.c.id)
    .correlate(zone)
    .scalar_subquery()
    .label("minutes"),
)


def _as_resource(row: sa.Row[Any]) -> Resource:
    return Resource(**{**row._mapping, "kind": ResourceKind(row.kind)})


def _as_zone(row: sa.Row[Any]) -> Zone:
    return Zone(**{**row._mapping, "minutes": row.minutes or {}})
