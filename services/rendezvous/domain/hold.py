"""A hold keeps a place for a few minutes while the caller makes up their mind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.rendezvous.domain.errors import HoldGone
from services.rendezvous.domain.rendezvous import Place

#: How long a place is kept: *exemple*, no source gives a value.
HOLD_FOR = timedelta(minutes=5)


class HoldStatus(StrEnum):
    """OPEN until it is used, given back, or its time has run out."""

    OPEN = "OPEN"
    USED = "USED"
    RELEASED = "RELEASED"
    EXPIRED = "EXPIRED"


@dataclass(eq=False, kw_only=True)
class Hold:
    """A place kept for one caller until `expires_at` (trade time); with a `session_id`, one seat
    of that collective rendezvous."""

    id: UUID
    motif_id: UUID
    motif: str
    place: Place
    held_by: str
    expires_at: datetime
    session_id: UUID | None = None
    status: HoldStatus = HoldStatus.OPEN

    def use(self, now: datetime) -> None:
        """Turn it into a rendezvous. Raises HoldGone when it no longer stands."""
        self._check_open(now)
        self.status = HoldStatus.USED

    def release(self, now: datetime) -> None:
        """Give the place back. Raises HoldGone when it no longer stands."""
        self._check_open(now)
        self.status = HoldStatus.RELEASED

    def _check_open(self, now: datetime) -> None:
        if self.status is not HoldStatus.OPEN or now >= self.expires_at:
            raise HoldGone("Cherchez de nouveau un créneau.")
