"""The public words for each site, as messages show them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from chassis.upsert import upsert
from services.notifications.domain.lieu import Lieu
from services.notifications.persistence.tables import lieu


class Lieux:
    """The places of one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, place: Lieu, *, now: datetime) -> None:
        """Say it from now on."""
        upsert(self._session, lieu, {**vars(place), "changed_at": now})

    def all(self) -> list[Lieu]:
        """Every place: a few dozen."""
        rows = self._session.execute(
            sa.select(lieu.c.site, lieu.c.address, lieu.c.phone).order_by(lieu.c.site)
        )
        return [Lieu(site=site, address=address, phone=phone) for site, address, phone in rows]

    def by_site(self) -> dict[str, Lieu]:
        """The same, by site code."""
        return {place.site: place for place in self.all()}
