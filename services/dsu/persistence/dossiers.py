"""Dossiers, their timeline and their interventions in the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session

from chassis.ids import new_id
from services.dsu.domain.dossier import Dossier, DossierStatus
from services.dsu.persistence import tables

_LINE = {column.name: sa.bindparam(column.name, type_=column.type) for column in tables.timeline.c}
_NO_LINE = dict.fromkeys(_LINE)
#: Written once: each rendezvous held, missed, each aid decided is told by it.
_TELL_OF = (
    sa.insert(tables.timeline)
    .from_select(
        list(_LINE),
        sa.select(*_LINE.values()).where(
            sa.exists().where(
                tables.member.c.dossier_id == _LINE["dossier_id"],
                tables.member.c.personne_id
                == sa.any_(sa.bindparam("personne_ids", type_=pg.ARRAY(pg.UUID))),
            )
        ),
    )
    .returning(tables.timeline.c.id)
)


class Dossiers:
    """The repository of dossiers."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, dossier: Dossier) -> None:
        """Keep a new dossier; the constraints speak at once."""
        self._session.add(dossier)
        self._session.flush()

    def settle(self) -> None:
        """Write what changed so far: a period must end before the next begins."""
        self._session.flush()

    def get(self, dossier_id: UUID) -> Dossier | None:
        """A dossier to read."""
        return self._session.get(Dossier, dossier_id)

    def get_to_change(self, dossier_id: UUID) -> Dossier | None:
        """A dossier nobody else changes until this transaction ends."""
        return self._session.get(Dossier, dossier_id, with_for_update=True, populate_existing=True)

    def of_referent(
        self, agent_id: UUID, status: DossierStatus, *, after: Sequence[Any] | None, limit: int
    ) -> list[Dossier]:
        """A référent's dossiers, the most recently opened first."""
        keys = (tables.dossier.c.opened_on, tables.dossier.c.dossier_id)
        query = (
            sa.select(Dossier)
            .where(
                tables.dossier.c.referent_agent_id == agent_id, tables.dossier.c.status == status
            )
            .order_by(*(key.desc() for key in keys))
            .limit(limit)
        )
        if after is not None:
            place = sa.tuple_(sa.cast(after[0], sa.Date), sa.cast(after[1], sa.Uuid))
            query = query.where(sa.tuple_(*keys) < place)
        return list(self._session.scalars(query))

    def open_of(self, personne_ids: Iterable[UUID]) -> list[Dossier]:
        """The open dossiers of these personnes, each once."""
        member = tables.member
        theirs = sa.select(member.c.dossier_id).where(
            member.c.active, member.c.personne_id.in_(list(personne_ids))
        )
        query = sa.select(Dossier).where(tables.dossier.c.dossier_id.in_(theirs))
        return list(self._session.scalars(query.order_by(tables.dossier.c.dossier_id)))

    def mark_contact(self, dossier_id: UUID, day: date) -> None:
        """Move the last contact forward, never back. A contact does not outdate an ETag."""
        table = tables.dossier
        self._session.execute(
            sa.update(table)
            .where(table.c.dossier_id == dossier_id)
            .values(last_contact_on=sa.func.greatest(table.c.last_contact_on, day))
        )

    def mark_death(self, personne_id: UUID, died_on: date) -> list[UUID]:
        """Mark a member who died; answers the dossiers they are in."""
        table = tables.member
        marked = self._session.scalars(
            sa.update(table)
            .where(table.c.personne_id == personne_id)
            .values(deceased_on=died_on)
            .returning(table.c.dossier_id)
        )
        return list(marked)

    def tell(self, dossier_id: UUID, line: Mapping[str, Any]) -> None:
        """Add a line to a dossier's timeline."""
        self._session.execute(
            sa.insert(tables.timeline).values(id=new_id(), dossier_id=dossier_id, **line)
        )

    def tell_of(
        self, dossier_id: UUID, personne_ids: Sequence[UUID], line: Mapping[str, Any]
    ) -> bool:
        """Add a line that another service tells, if the dossier is about one of these personnes.

        Answers whether it is.
        """
        row = {"id": new_id(), "dossier_id": dossier_id, **line}
        values = {**_NO_LINE, **row, "personne_ids": list(personne_ids)}
        return self._session.scalar(_TELL_OF, values) is not None

    def timeline(self, dossier_id: UUID) -> list[dict[str, Any]]:
        """A dossier's timeline, oldest first."""
        table = tables.timeline
        rows = self._session.execute(
            sa.select(table)
            .where(table.c.dossier_id == dossier_id)
            .order_by(table.c.occurred_on, table.c.id)
        )
        return [dict(row) for row in rows.mappings()]


class Interventions:
    """The repository of interventions."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, values: Mapping[str, Any]) -> None:
        """Keep one; its note is encrypted on the way."""
        self._session.execute(sa.insert(tables.intervention).values(**values))

    def of_dossier(
        self,
        dossier_id: UUID,
        *,
        champs: frozenset[str] | None,
        after: Sequence[Any] | None,
        limit: int,
    ) -> list[dict[str, Any]]:
        """A dossier's interventions in these champs (None: all), the most recent first."""
        table = tables.intervention
        keys = (table.c.occurred_on, table.c.intervention_id)
        query = sa.select(table).where(table.c.dossier_id == dossier_id)
        if champs is not None:
            query = query.where(table.c.champ.in_(sorted(champs)))
        if after is not None:
            place = sa.tuple_(sa.cast(after[0], sa.Date), sa.cast(after[1], sa.Uuid))
            query = query.where(sa.tuple_(*keys) < place)
        rows = self._session.execute(query.order_by(*(key.desc() for key in keys)).limit(limit))
        return [dict(row) for row in rows.mappings()]
