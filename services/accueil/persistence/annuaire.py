"""MDS, sites, sectors and agents in the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from chassis.locks import lock_resources
from services.accueil.domain.annuaire import Affectation, Agent, Mds, Profession, Sector, Site
from services.accueil.persistence import tables as t


class Annuaire:
    """The annuaire's rows."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, item: Mds | Site | Sector | Agent) -> None:
        """Keep a new MDS, site, sector or agent."""
        self._session.add(item)

    def mds(self, code: str) -> Mds | None:
        """One MDS."""
        return self._session.get(Mds, code)

    def all_mds(self) -> Sequence[Mds]:
        """Every MDS, by code."""
        return self._session.scalars(sa.select(Mds).order_by(t.mds.c.code)).all()

    def site(self, code: str, *, lock: bool = False) -> Site | None:
        """One site, locked when it is to change."""
        return self._session.get(Site, code, with_for_update=lock, populate_existing=lock)

    def sites(self, *, mds: str | None = None, codes: Collection[str] | None = None) -> list[Site]:
        """Sites, by code."""
        query = sa.select(Site).order_by(t.site.c.code)
        if mds is not None:
            query = query.where(t.site.c.mds == mds)
        if codes is not None:
            query = query.where(t.site.c.code.in_(codes))
        return list(self._session.scalars(query))

    def sectors(self, communes: Collection[str], *, lock: bool = False) -> list[Sector]:
        """Every sector, past and future, of these communes. `lock` keeps other loads out."""
        if lock:
            lock_resources(self._session, ["accueil.sectors"])
        query = (
            sa.select(Sector)
            .where(t.sector.c.commune.in_(communes))
            .order_by(t.sector.c.commune, t.sector.c.street, t.sector.c.site)
        )
        return list(self._session.scalars(query))

    def remove_sector(self, sector: Sector) -> None:
        """Forget a sector that never came into force."""
        self._session.delete(sector)

    def agent(self, agent_id: UUID, *, lock: bool = False) -> Agent | None:
        """One agent with their assignments, locked when they are to change."""
        return self._session.get(Agent, agent_id, with_for_update=lock, populate_existing=lock)

    def known_agents(self, agent_ids: Collection[UUID]) -> frozenset[UUID]:
        """Of these ids, those of agents."""
        query = sa.select(t.agent.c.agent_id).where(t.agent.c.agent_id.in_(agent_ids))
        return frozenset(self._session.scalars(query))

    def agents_in_post(
        self,
        *,
        mds: str | None,
        profession: Profession | None,
        on: date,
        after: UUID | None,
        limit: int,
    ) -> list[Agent]:
        """Agents with a primary assignment on this day, by id."""
        post = t.affectation.c
        query = (
            sa.select(Agent)
            .join(Affectation, post.agent_id == t.agent.c.agent_id)
            .where(
                post.is_primary,
                post.starts_on <= on,
                sa.or_(post.ends_on.is_(None), post.ends_on >= on),
            )
            .order_by(t.agent.c.agent_id)
            .limit(limit)
        )
        if mds is not None:
            query = query.where(post.mds == mds)
        if profession is not None:
            query = query.where(post.profession == profession)
        if after is not None:
            query = query.where(t.agent.c.agent_id > after)
        return list(self._session.scalars(query))
