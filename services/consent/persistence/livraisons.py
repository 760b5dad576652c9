"""Facts waiting for partners, what was decided of them, and the traces of who read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session

from chassis.clock import paris_day
from chassis.ids import new_id
from services.consent.domain.livraison import Livraison, Outcome, State
from services.consent.domain.partenaire import Partenaire
from services.consent.persistence import tables
from services.consent.persistence.contracts import plain_terms

_table = tables.livraison
#: Written once: they run for every fact of the département that a contract names.
_RECORD = pg.insert(_table).on_conflict_do_nothing(index_elements=["partenaire", "event_id"])
_SETTLED = ("reason", "rule", "rule_version", "contract_version", "explanation", "decided_at")


def _settlement(*also: str) -> sa.Update:
    """What becomes of a fact that still waits; one exchange with the database for many."""
    names = ("state", *_SETTLED, *also)
    return (
        sa.update(_table)
        .where(_table.c.id == sa.bindparam("livraison"), _table.c.state == State.WAITING)
        .values({name: sa.bindparam(name) for name in names})
    )


_DELIVER = _settlement("sequence", "fields")
_SUPPRESS = _settlement("data")


class Livraisons:
    """One row per fact and partner."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def record(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep facts for partners; one already kept is left as it is."""
        self._session.execute(
            _RECORD, [row | {"id": new_id(), "state": State.WAITING} for row in rows]
        )

    def waiting(self, partenaire: str, limit: int) -> list[Livraison]:
        """The oldest waiting, in the order they were recorded: order per aggregate is kept."""
        query = sa.select(_table).where(
            _table.c.partenaire == partenaire, _table.c.state == State.WAITING
        )
        return self._read(query.order_by(_table.c.position).limit(limit))

    def delivered(self, partenaire: str, after: int, limit: int) -> list[Livraison]:
        """What the partner received after a place in its log."""
        query = sa.select(_table).where(
            _table.c.partenaire == partenaire, _table.c.sequence > after
        )
        return self._read(query.order_by(_table.c.sequence).limit(limit))

    def mark_delivered(
        self, given: Sequence[tuple[Outcome, int]], *, contract_version: int, now: datetime
    ) -> None:
        """They reached the partner, each at its place."""
        self._settle(
            _DELIVER,
            [
                _settled(outcome, contract_version, now)
                | {"state": State.DELIVERED, "sequence": sequence, "fields": outcome.fields}
                for outcome, sequence in given
            ],
        )

    def mark_suppressed(
        self, refused: Sequence[Outcome], *, contract_version: int, now: datetime
    ) -> None:
        """They will never reach the partner: their content is forgotten, the reason is kept."""
        self._settle(
            _SUPPRESS,
            [
                _settled(outcome, contract_version, now) | {"state": State.SUPPRESSED, "data": {}}
                for outcome in refused
            ],
        )

    def count_waiting(self, partenaire: str) -> int:
        """How many facts wait for this partner."""
        return (
            self._session.scalar(
                sa.select(sa.func.count()).where(
                    _table.c.partenaire == partenaire, _table.c.state == State.WAITING
                )
            )
            or 0
        )

    def _settle(self, statement: sa.Update, rows: list[dict[str, Any]]) -> None:
        if rows:
            self._session.connection().execute(statement, rows)

    def _read(self, query: sa.Select[Any]) -> list[Livraison]:
        return [
            Livraison(
                id=row.id,
                position=row.position,
                partenaire=row.partenaire,
                topic=row.topic,
                aggregate_type=row.aggregate_type,
                aggregate_id=row.aggregate_id,
                personne_ids=tuple(row.personne_ids),
                data=row.data,
                happened_at=row.happened_at,
                happened_on=paris_day(row.happened_at),
                is_sensitive=row.is_sensitive,
                state=row.state,
                sequence=row.sequence,
            )
            for row in self._session.execute(query)
        ]


def _settled(outcome: Outcome, contract_version: int, now: datetime) -> dict[str, Any]:
    return {
        "livraison": outcome.livraison.id,
        "reason": outcome.reason,
        "rule": outcome.rule,
        "rule_version": outcome.rule_version,
        "contract_version": contract_version,
        "explanation": outcome.explanation,
        "decided_at": now,
    }


class Journaux:
    """Append-only: contracts, decisions asked for, readings."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def contract_of(self, partenaire: Partenaire, *, by: str, at: datetime) -> None:
        """The contract as it now stands, and who set it."""
        terms = plain_terms(partenaire.contract) | {
            "suspended": partenaire.suspended_at is not None
        }
        self._session.execute(
            sa.insert(tables.contrat_journal).values(
                id=new_id(),
                partenaire=partenaire.code,
                version=partenaire.version,
                terms=terms,
                set_by=by,
                set_at=at,
            )
        )

    def decision(self, **row: Any) -> None:
        """A decision someone asked to see."""
        self._session.execute(sa.insert(tables.decision_journal).values(id=new_id(), **row))

    def reading(self, **row: Any) -> None:
        """A reading over HTTP."""
        self._session.execute(sa.insert(tables.lecture_journal).values(id=new_id(), **row))
