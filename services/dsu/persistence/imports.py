"""The stock, loaded by the batch: a handful of statements for 200 dossiers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.dsu.domain.dossier import Dossier
from services.dsu.persistence import tables


class Imports:
    """Reads and writes of a whole batch."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def by_reference(self, references: Sequence[str]) -> dict[str, tuple[UUID, frozenset[UUID]]]:
        """The dossiers that hold these references, with their members."""
        dossier, member = tables.dossier, tables.member
        rows = self._session.execute(
            sa.select(
                dossier.c.reference,
                dossier.c.dossier_id,
                sa.func.array_agg(member.c.personne_id).label("personne_ids"),
            )
            .join_from(dossier, member)
            .where(dossier.c.reference.in_(references))
            .group_by(dossier.c.dossier_id)
        )
        return {
            row.reference: (row.dossier_id, frozenset(map(_uuid, row.personne_ids))) for row in rows
        }

    def followed(self, personne_ids: Sequence[UUID]) -> set[UUID]:
        """Those of these personnes who already have an open dossier."""
        member = tables.member
        query = sa.select(member.c.personne_id).where(
            member.c.active, member.c.personne_id.in_(personne_ids)
        )
        return set(self._session.scalars(query))

    def add_all(self, dossiers: Sequence[Dossier]) -> None:
        """Three inserts, whatever the number. A race lost against a constraint undoes them all."""
        self._insert(tables.dossier, [_dossier_row(dossier) for dossier in dossiers])
        self._insert(
            tables.member,
            [
                {
                    "dossier_id": dossier.dossier_id,
                    "personne_id": key,
                    "active": True,
                }
                for dossier in dossiers
                for key in dossier.personne_ids
            ],
        )
        self._insert(
            tables.referent_period,
            [
                {
                    "id": period.id,
                    "dossier_id": dossier.dossier_id,
                    "agent_id": period.agent_id,
                    "starts_on": period.starts_on,
                }
                for dossier in dossiers
                for period in dossier.referents
            ],
        )

    def _insert(self, table: sa.Table, rows: list[dict[str, Any]]) -> None:
        self._session.execute(sa.insert(table), rows)


def _dossier_row(dossier: Dossier) -> dict[str, Any]:
    return {
        "dossier_id": dossier.dossier_id,
        "status": dossier.status,
        "mds": dossier.mds,
        "site": dossier.site,
        "opened_on": dossier.opened_on,
        "referent_agent_id": dossier.referent_agent_id,
        "reference": dossier.reference,
        "version": dossier.version,
    }


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))
