"""Measures of waits, and who receives where."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session

from services.rendezvous.domain.besoin import Profession
from services.rendezvous.domain.delai import Delai
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.domain.projections import Assignment
from services.rendezvous.persistence.tables import assignment, delai, opening, site


class Delais:
    """One row per MDS, day, motif and profession."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, new: Sequence[Delai]) -> None:
        """Store the measures of a day."""
        if new:
            self._session.execute(sa.insert(delai), [vars(one) for one in new])

    def latest(self, mds: str) -> list[Delai]:
        """The last measure of each motif and profession of an MDS."""
        keys = (delai.c.motif, delai.c.profession)
        rows = self._session.execute(
            sa.select(delai)
            .where(delai.c.mds == mds)
            .ext(pg.distinct_on(*keys))
            .order_by(*keys, delai.c.day.desc())
        )
        return [_as_delai(row) for row in rows]

    def between(self, first_day: date, last_day: date, *, mds: str | None) -> list[Delai]:
        """The measures of a period, of one MDS or of all."""
        query = sa.select(delai).where(delai.c.day.between(first_day, last_day))
        if mds is not None:
            query = query.where(delai.c.mds == mds)
        ordered = query.order_by(delai.c.day, delai.c.mds, delai.c.motif, delai.c.profession)
        return [_as_delai(row) for row in self._session.execute(ordered)]

    def sites_of(self, mds: str) -> frozenset[str]:
        """The sites of an MDS, open or closed."""
        return frozenset(self._session.scalars(sa.select(site.c.site).where(site.c.mds == mds)))

    def posts(self, mds: str, sites: Collection[str], window: Interval, day: date) -> list[Post]:
        """Who is posted at an MDS, or receives at one of its sites in a window: their post of a
        day, and whether they receive."""
        receiving = (
            sa.select(opening.c.agent_id)
            .where(
                opening.c.site.in_(sites),
                opening.c.starts_at < window.end,
                opening.c.ends_at > window.start,
            )
            .distinct()
            .cte("receiving")
        )
        post = (
            sa.select(assignment)
            .where(assignment.c.effective_on <= day)
            .ext(pg.distinct_on(assignment.c.agent_id))
            .order_by(assignment.c.agent_id, assignment.c.effective_on.desc())
            .cte("post")
        )
        receives = post.c.agent_id.in_(sa.select(receiving.c.agent_id))
        rows = self._session.execute(
            sa.select(post, receives.label("receives"))
            .where(sa.or_(post.c.mds == mds, receives))
            .order_by(post.c.agent_id)
        )
        return [_as_post(row._asdict()) for row in rows]


Post = tuple[Assignment, bool]


def _as_post(values: dict[str, Any]) -> Post:
    receives = bool(values.pop("receives"))
    return Assignment(**values), receives


def _as_delai(row: sa.Row[Any]) -> Delai:
    return Delai(**{**row._mapping, "profession": Profession(row.profession)})
