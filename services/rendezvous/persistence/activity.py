"""Activity figures, counted by the database."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.rendezvous.domain.activity import ActivityRow, RenfortDays
from services.rendezvous.domain.motif import Kind, Modality
from services.rendezvous.domain.planning_volant import RenfortStatus
from services.rendezvous.domain.rendezvous import Status
from services.rendezvous.persistence.tables import assignment, rendezvous, renfort, renfort_jour


class Activities:
    """Counts by MDS, profession, plate-forme, kind, modality and state."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def rows(self, first_day: date, last_day: date) -> list[ActivityRow]:
        """Counts over Paris days, both included; the lead agent's post is that of each day."""
        post = posts()
        columns = (
            rendezvous.c.mds,
            sa.func.coalesce(post.c.profession, "INCONNUE").label("profession"),
            sa.func.coalesce(post.c.plateforme, sa.false()).label("plateforme"),
            rendezvous.c.kind,
            rendezvous.c.modality,
            rendezvous.c.status,
        )
        held_on = rendezvous.c.held_on
        query = (
            sa.select(*columns, sa.func.count().label("count"))
            .select_from(rendezvous)
            .outerjoin(post, post_of_the_day(post))
            .where(held_on.between(first_day, last_day))
            .group_by(*columns)
            .order_by(*columns)
        )
        return [
            ActivityRow(
                mds=row.mds,
                profession=row.profession,
                plateforme=row.plateforme,
                kind=Kind(row.kind),
                modality=Modality(row.modality),
                status=Status(row.status),
                count=row._mapping["count"],
            )
            for row in self._session.execute(query)
        ]

    def renforts(self, first_day: date, last_day: date) -> list[RenfortDays]:
        """Days of volants accepted over Paris days, both included."""
        columns = (renfort.c.mds, renfort.c.profession)
        query = (
            sa.select(*columns, sa.func.count().label("days"))
            .join(renfort_jour, renfort_jour.c.renfort_id == renfort.c.id)
            .where(
                renfort.c.status == RenfortStatus.ACCEPTED,
                renfort_jour.c.day.between(first_day, last_day),
            )
            .group_by(*columns)
            .order_by(*columns)
        )
        return [RenfortDays(**row._mapping) for row in self._session.execute(query)]


def post_of_the_day(post: sa.CTE) -> sa.ColumnElement[bool]:
    """The lead agent's post on the day a rendezvous is held."""
    held_on = rendezvous.c.held_on
    return sa.and_(
        post.c.agent_id == rendezvous.c.agent_ids[1],
        held_on >= post.c.effective_on,
        sa.or_(post.c.until.is_(None), held_on < post.c.until),
    )


def posts() -> sa.CTE:
    """Posts with the day the next one begins."""
    following = sa.func.lead(assignment.c.effective_on).over(
        partition_by=assignment.c.agent_id, order_by=assignment.c.effective_on
    )
    return sa.select(
        assignment.c.agent_id,
        assignment.c.effective_on,
        following.label("until"),
        assignment.c.profession,
        assignment.c.plateforme,
    ).cte("post")
