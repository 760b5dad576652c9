"""Reprises and their lines as rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session

from chassis.locks import lock_resources
from services.rendezvous.domain.depart import Away
from services.rendezvous.domain.motif import day_of
from services.rendezvous.domain.rendezvous import Status
from services.rendezvous.domain.reprise import Act, LineState, Reprise, RepriseLine
from services.rendezvous.persistence.tables import rendezvous, reprise, reprise_line

_UUIDS = pg.ARRAY(pg.UUID)


class Reprises:
    """What is decided for the rendezvous of absences."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, new: Reprise) -> bool:
        """Store a reprise. False when there is one of the same: two launch at once, one wins."""
        row = pg.insert(reprise).values(vars(new)).on_conflict_do_nothing()
        added = row.returning(reprise.c.id)
        return self._session.scalar(added) is not None

    def get(self, reprise_id: UUID, *, to_change: bool = False) -> Reprise | None:
        """A reprise by id; locked when lines are to be decided."""
        query = sa.select(reprise).where(reprise.c.id == reprise_id)
        return self._one(query.with_for_update() if to_change else query)

    def of(self, away: Away) -> Reprise | None:
        """The reprise of what an agent leaves."""
        if away.absence_id is not None:
            return self._one(sa.select(reprise).where(reprise.c.absence_id == away.absence_id))
        return self._one(
            sa.select(reprise).where(
                reprise.c.agent_id == away.agent_id, reprise.c.mds_left == away.mds_left
            )
        )

    def stop(self, absence_ids: Collection[UUID], *, now: datetime) -> None:
        """These absences are lifted: nothing more can be decided. What waits its turn stops when
        it comes: to lock it here, holding the agent, would wait for a worker who may wait for the
        agent."""
        lifted = sa.any_(sa.cast(list(absence_ids), _UUIDS))
        self._session.execute(
            sa.update(reprise).where(reprise.c.absence_id == lifted).values(stopped_at=now)
        )

    def agents_booked_in(self, mds: str, *, after: datetime) -> list[UUID]:
        """Who has rendezvous still to be held in an MDS, in order."""
        agent_id = sa.func.unnest(rendezvous.c.agent_ids).label("agent_id")
        held = sa.select(agent_id).where(
            rendezvous.c.mds == mds,
            rendezvous.c.held_on >= day_of(after),
            rendezvous.c.status == Status.BOOKED,
        )
        return list(self._session.scalars(held.distinct().order_by("agent_id")))

    def lines(
        self,
        reprise_id: UUID,
        *,
        among: Collection[UUID] | None = None,
        to_change: bool = False,
    ) -> list[RepriseLine]:
        """The lines of a reprise in order of decision; `among`: of these rendezvous alone."""
        query = (
            sa.select(reprise_line)
            .where(reprise_line.c.reprise_id == reprise_id)
            .order_by(reprise_line.c.id)
        )
        if among is not None:
            wanted = sa.cast(list(among), _UUIDS)
            query = query.where(reprise_line.c.rendezvous_id == sa.any_(wanted))
        if to_change:
            query = query.with_for_update()
        return [_as_line(row) for row in self._session.execute(query)]

    def line(self, line_id: UUID) -> RepriseLine | None:
        """One line, locked; None when it is gone, or another worker has it."""
        row = self._session.execute(
            sa.select(reprise_line)
            .where(reprise_line.c.id == line_id)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        return _as_line(row) if row else None

    def choose_alone(self) -> None:
        """Until the transaction ends, no other line left to the rule is chosen for: reprises at
        once would all want the same volant."""
        lock_resources(self._session, ["reprise:choice"])

    def add_lines(self, new: Sequence[RepriseLine]) -> None:
        """Store new lines."""
        if new:
            self._session.execute(sa.insert(reprise_line), [vars(line) for line in new])

    def save_line(self, changed: RepriseLine) -> None:
        """Store what became of a line."""
        self._session.execute(
            sa.update(reprise_line).where(reprise_line.c.id == changed.id).values(vars(changed))
        )

    def _one(self, query: sa.Select[Any]) -> Reprise | None:
        row = self._session.execute(query).one_or_none()
        return Reprise(**row._mapping) if row else None


def _as_line(row: sa.Row[Any]) -> RepriseLine:
    act = Act(row.act) if row.act else None
    return RepriseLine(**{**row._mapping, "act": act, "state": LineState(row.state)})
