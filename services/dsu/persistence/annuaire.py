"""What dsu keeps of accueil, as its facts told it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session

from chassis.upsert import upsert
from services.dsu.domain.annuaire import Agent, Orientation, Personne
from services.dsu.persistence import tables
from services.protection import Protection


class Annuaire:
    """Projections of agents, personnes and orientations."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keep_agent(self, assignment: Mapping[str, Any]) -> None:
        """Keep a dated assignment; the last word on a day wins."""
        upsert(self._session, tables.agent, assignment)

    def agents_on(self, agent_ids: Iterable[UUID], day: date) -> dict[UUID, Agent]:
        """The assignment of each agent that day; those without one are absent."""
        table = tables.agent
        rows = self._session.execute(
            sa.select(table)
            .ext(pg.distinct_on(table.c.agent_id))
            .where(table.c.agent_id.in_(list(agent_ids)), table.c.effective_on <= day)
            .order_by(table.c.agent_id, table.c.effective_on.desc())
        )
        return {
            row.agent_id: Agent(
                agent_id=row.agent_id, profession=row.profession, mds=row.mds, active=row.active
            )
            for row in rows
        }

    def know_personne(self, personne_id: UUID, told: Protection | None) -> None:
        """A personne exists; what is already known of them stays."""
        table = tables.personne
        self._session.execute(
            pg.insert(table)
            .values(personne_id=personne_id, **_protection_row(told, protected=False))
            .on_conflict_do_nothing()
        )

    def mark_protection(
        self, personne_id: UUID, told: Protection | None, *, protected: bool
    ) -> None:
        """Who may know of a file; without the lists, `protected` is all that was told."""
        self.mark_personne(personne_id, _protection_row(told, protected=protected))

    def learn_protection(self, personne_id: UUID, told: Protection) -> None:
        """What accueil answered, where its facts have not said."""
        table = tables.personne
        self._session.execute(
            sa.update(table)
            .where(table.c.personne_id == personne_id, table.c.closed_to.is_(None))
            .values(**_protection_row(told, protected=told.protected))
        )

    def mark_personne(self, personne_id: UUID, marks: Mapping[str, Any]) -> None:
        """Mark a personne as deceased or protected, known before or not."""
        row = {"personne_id": personne_id, **marks}
        upsert(self._session, tables.personne, row, initially={"protected": False})

    def personnes(self, personne_ids: Iterable[UUID]) -> dict[UUID, Personne]:
        """Those of these personnes that are known."""
        table = tables.personne
        rows = self._session.execute(
            sa.select(table).where(table.c.personne_id.in_(list(personne_ids)))
        )
        return {
            row.personne_id: Personne(
                personne_id=row.personne_id,
                deceased=row.deceased_on is not None,
                told=Protection.told(row.protected, row.opened_to, row.closed_to),
            )
            for row in rows
        }

    def keep_site(self, site: str, mds: str) -> None:
        """A site belongs to an MDS."""
        upsert(self._session, tables.site, {"site": site, "mds": mds})

    def mds_of(self, sites: Iterable[str]) -> dict[str, str]:
        """The MDS of those of these sites that are known."""
        table = tables.site
        rows = self._session.execute(sa.select(table).where(table.c.site.in_(list(sites))))
        return {row.site: row.mds for row in rows}

    def keep_orientation(self, orientation: Mapping[str, Any]) -> None:
        """Keep what was asked."""
        upsert(self._session, tables.orientation, orientation)

    def orientation(self, orientation_id: UUID) -> Orientation | None:
        """An orientation, if its fact came."""
        table = tables.orientation
        row = self._session.execute(
            sa.select(table).where(table.c.orientation_id == orientation_id)
        ).one_or_none()
        if row is None:
            return None
        return Orientation(
            orientation_id=row.orientation_id,
            target=row.target,
            personne_ids=frozenset(row.personne_ids),
        )


def _protection_row(told: Protection | None, *, protected: bool) -> dict[str, Any]:
    return {
        "protected": protected,
        "opened_to": sorted(told.opened_to) if told else None,
        "closed_to": sorted(told.closed_to) if told else None,
    }
