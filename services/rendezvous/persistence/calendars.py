"""Calendar feeds and agents' own calendars."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from chassis.upsert import upsert
from services.rendezvous.domain.calendar import ExternalCalendar, Source, Trouble
from services.rendezvous.persistence.tables import calendar_feed, external_calendar


class Calendars:
    """What leaves for, and comes from, the calendar programs of agents."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put_feed(self, agent_id: UUID, digest: str, drawn_at: datetime) -> None:
        """The one secret that opens an agent's feed from now on."""
        row = {"agent_id": agent_id, "secret_digest": digest, "drawn_at": drawn_at}
        upsert(self._session, calendar_feed, row)

    def end_feed(self, agent_id: UUID) -> bool:
        """No secret opens it any more. False when none did."""
        query = sa.delete(calendar_feed).where(calendar_feed.c.agent_id == agent_id)
        return bool(self._session.execute(query.returning(calendar_feed.c.agent_id)).all())

    def feed(self, digest: str) -> tuple[UUID, str] | None:
        """Whose feed a digest opens, with the digest kept."""
        row = self._session.execute(
            sa.select(calendar_feed).where(calendar_feed.c.secret_digest == digest)
        ).one_or_none()
        return (row.agent_id, row.secret_digest) if row else None

    def external(self, agent_id: UUID, *, to_change: bool = False) -> ExternalCalendar | None:
        """An agent's own calendar; locked when it is read to be changed."""
        query = sa.select(external_calendar).where(external_calendar.c.agent_id == agent_id)
        row = self._session.execute(query.with_for_update() if to_change else query).one_or_none()
        return _as_external(row) if row else None

    def put_external(self, calendar: ExternalCalendar) -> None:
        """Store it, in place of the one before."""
        upsert(self._session, external_calendar, vars(calendar))

    def delete_external(self, agent_id: UUID) -> None:
        """Forget it."""
        self._session.execute(
            sa.delete(external_calendar).where(external_calendar.c.agent_id == agent_id)
        )


def _as_external(row: sa.Row[Any]) -> ExternalCalendar:
    trouble = Trouble(row.trouble) if row.trouble else None
    return ExternalCalendar(
        **dict(row._mapping) | {"source": Source(row.source), "trouble": trouble}
    )
