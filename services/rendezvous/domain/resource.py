"""Rooms and vehicles: what a site has that holds one rendezvous at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class ResourceKind(StrEnum):
    """What it is."""

    ROOM = "ROOM"
    VEHICLE = "VEHICLE"


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A room or a vehicle of a site. From the Paris day `retired_on` on, it takes nothing new."""

    id: UUID
    kind: ResourceKind
    site: str
    name: str
    retired_on: date | None = None
