"""Zones of home visits, and how far they are from each site. Never an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID


@dataclass(eq=False, kw_only=True)
class Zone:
    """A part of the territory. `minutes`: of travel each way, by site code."""

    id: UUID
    code: str
    label: str
    minutes: Mapping[str, int]
    version: int = 1

    def change(self, label: str, minutes: Mapping[str, int]) -> None:
        """Set label and times anew; what is booked keeps the time it was booked with."""
        self.label, self.minutes = label, minutes
        self.version += 1


def travel_minutes(known: Mapping[str, int], zone: str | None) -> int | None:
    """Minutes each way from one site, out of those it has by zone code; None: not told for this
    zone. Without a zone the farthest counts (*exemple*): a visit never starts late for want of
    it."""
    if zone is None:
        return max(known.values(), default=0)
    return known.get(zone)
