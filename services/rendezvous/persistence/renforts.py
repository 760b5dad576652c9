"""Needs of reinforcement, and the plannings that answer them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from chassis.locks import lock_resources
from services.rendezvous.domain.besoin import Besoin, BesoinStatus, Profession, Reason
from services.rendezvous.domain.planning_volant import (
    PlanningVolant,
    RefusalReason,
    Renfort,
    RenfortStatus,
)
from services.rendezvous.domain.projections import Assignment
from services.rendezvous.domain.renfort import Gap
from services.rendezvous.persistence.tables import (
    assignment,
    besoin,
    planning_volant,
    renfort,
    renfort_jour,
)

#: What every change of this file holds: a few a month, and none that waits for another lock.
_LOCK = "renforts"


class Besoins:
    """What MDS ask."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def lock(self) -> None:
        """One change of needs or plannings at a time, until the transaction ends."""
        lock_resources(self._session, [_LOCK])

    def add(self, new: Besoin) -> None:
        """Store a need."""
        self._session.execute(sa.insert(besoin).values(vars(new)))

    def save(self, changed: Besoin) -> None:
        """Store a change."""
        self._session.execute(
            sa.update(besoin).where(besoin.c.id == changed.id).values(vars(changed))
        )

    def get(self, besoin_id: UUID) -> Besoin | None:
        """A need by id."""
        row = self._session.execute(sa.select(besoin).where(besoin.c.id == besoin_id)).one_or_none()
        return _as_besoin(row) if row else None

    def page(
        self, *, mds: Collection[str] | None, after: UUID | None, limit: int
    ) -> Sequence[Besoin]:
        """Needs, latest first, of some MDS or of all."""
        query = sa.select(besoin).order_by(besoin.c.id.desc()).limit(limit)
        if mds is not None:
            query = query.where(besoin.c.mds.in_(mds))
        if after is not None:
            query = query.where(besoin.c.id < after)
        return [_as_besoin(row) for row in self._session.execute(query)]

    def asked_between(self, first_day: date, last_day: date) -> list[Besoin]:
        """Needs that were asked, not merely proposed, and meet a period."""
        rows = self._session.execute(
            sa.select(besoin)
            .where(
                besoin.c.status != BesoinStatus.PROPOSED,
                besoin.c.starts_on <= last_day,
                besoin.c.ends_on >= first_day,
            )
            .order_by(besoin.c.id)
        )
        return [_as_besoin(row) for row in rows]

    def has_live_overload(self, mds: str, profession: str, day: date) -> bool:
        """Whether an overload is proposed, or asked and not over."""
        live = sa.or_(
            besoin.c.status == BesoinStatus.PROPOSED,
            sa.and_(besoin.c.status == BesoinStatus.OPEN, besoin.c.ends_on >= day),
        )
        query = sa.select(besoin.c.id).where(
            besoin.c.mds == mds,
            besoin.c.profession == profession,
            besoin.c.reason == Reason.SURCHARGE,
            live,
        )
        return self._session.scalar(query.limit(1)) is not None


class Renforts:
    """What volants give."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def planning(self, planning_id: UUID) -> PlanningVolant | None:
        """A planning by id."""
        return self._planning(planning_volant.c.id == planning_id)

    def planning_of(self, month: date) -> PlanningVolant | None:
        """The planning of a month, told by its first day."""
        return self._planning(planning_volant.c.month == month)

    def put_planning(self, changed: PlanningVolant) -> None:
        """Store a planning; what is only proposed of it is forgotten."""
        row = vars(changed) | {"gaps": [_plain(gap) for gap in changed.gaps]}
        if changed.version == 1:
            self._session.execute(sa.insert(planning_volant).values(row))
            return
        self._session.execute(
            sa.update(planning_volant).where(planning_volant.c.id == changed.id).values(row)
        )
        self._session.execute(
            sa.delete(renfort).where(
                renfort.c.planning_id == changed.id, renfort.c.status == RenfortStatus.PROPOSED
            )
        )

    def add(self, lines: Sequence[Renfort]) -> None:
        """Store lines and take their days."""
        if not lines:
            return
        self._session.execute(
            sa.insert(renfort), [vars(line) | {"days": list(line.days)} for line in lines]
        )
        self._session.execute(
            sa.insert(renfort_jour),
            [
                {
                    "agent_id": line.agent_id,
                    "day": day,
                    "besoin_id": line.besoin_id,
                    "renfort_id": line.id,
                }
                for line in lines
                for day in line.days
            ],
        )

    def lines(self, planning_id: UUID) -> list[Renfort]:
        """The lines of a planning, by first day, MDS and volant."""
        rows = self._session.execute(
            sa.select(renfort)
            .where(renfort.c.planning_id == planning_id)
            .order_by(renfort.c.days, renfort.c.mds, renfort.c.agent_id, renfort.c.id)
        )
        return [_as_renfort(row) for row in rows]

    def save(self, line: Renfort) -> None:
        """Store a decision; days refused are free again."""
        self._session.execute(
            sa.update(renfort)
            .where(renfort.c.id == line.id)
            .values(
                status=line.status,
                refusal=line.refusal,
                decided_at=line.decided_at,
                decided_by=line.decided_by,
            )
        )
        if line.status is RenfortStatus.REFUSED:
            self._session.execute(
                sa.delete(renfort_jour).where(renfort_jour.c.renfort_id == line.id)
            )

    def drop_proposed(self, besoin_id: UUID) -> None:
        """Forget what is only proposed for a need."""
        self._session.execute(
            sa.delete(renfort).where(
                renfort.c.besoin_id == besoin_id, renfort.c.status == RenfortStatus.PROPOSED
            )
        )

    def accepted(self, first_day: date, last_day: date) -> list[AcceptedDay]:
        """Days accepted in a period, in order."""
        rows = self._session.execute(
            sa.select(
                renfort_jour.c.agent_id,
                renfort_jour.c.day,
                renfort_jour.c.besoin_id,
                renfort.c.mds,
                renfort.c.profession,
            )
            .join(renfort, renfort.c.id == renfort_jour.c.renfort_id)
            .where(
                renfort_jour.c.day.between(first_day, last_day),
                renfort.c.status == RenfortStatus.ACCEPTED,
            )
            .order_by(renfort_jour.c.day, renfort_jour.c.agent_id)
        )
        return [(r.agent_id, r.day, r.besoin_id, r.mds, r.profession) for r in rows]

    def volant_posts(self, until: date) -> list[Assignment]:
        """Every post, until a day, of whoever was a volant by then; by agent, oldest first."""
        volants = sa.select(assignment.c.agent_id).where(
            assignment.c.volant, assignment.c.effective_on <= until
        )
        rows = self._session.execute(
            sa.select(assignment)
            .where(assignment.c.agent_id.in_(volants), assignment.c.effective_on <= until)
            .order_by(assignment.c.agent_id, assignment.c.effective_on)
        )
        return [Assignment(**row._mapping) for row in rows]

    def _planning(self, which: sa.ColumnElement[bool]) -> PlanningVolant | None:
        row = self._session.execute(sa.select(planning_volant).where(which)).one_or_none()
        if row is None:
            return None
        return PlanningVolant(**{**row._mapping, "gaps": [_as_gap(gap) for gap in row.gaps]})


#: agent, day, besoin, MDS, profession
AcceptedDay = tuple[UUID, date, UUID, str, str]


def received(days: Iterable[AcceptedDay], mds: str, profession: str) -> int:
    """How many of these days an MDS had."""
    return sum((at, of) == (mds, profession) for _, _, _, at, of in days)


def _as_besoin(row: sa.Row[Any]) -> Besoin:
    codes = {
        "profession": Profession(row.profession),
        "reason": Reason(row.reason),
        "status": BesoinStatus(row.status),
    }
    return Besoin(**{**row._mapping, **codes})


def _as_renfort(row: sa.Row[Any]) -> Renfort:
    codes = {
        "profession": Profession(row.profession),
        "reason": Reason(row.reason),
        "status": RenfortStatus(row.status),
        "refusal": RefusalReason(row.refusal) if row.refusal else None,
        "days": tuple(row.days),
    }
    return Renfort(**{**row._mapping, **codes})


def _plain(gap: Gap) -> dict[str, Any]:
    return asdict(gap) | {"besoin_id": str(gap.besoin_id), "week": gap.week.isoformat()}


def _as_gap(values: dict[str, Any]) -> Gap:
    codes = {
        "besoin_id": UUID(values["besoin_id"]),
        "profession": Profession(values["profession"]),
        "week": date.fromisoformat(values["week"]),
    }
    return Gap(**values | codes)
