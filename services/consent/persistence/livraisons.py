"""Facts waiting for partners, what was decided of them, and the traces of who read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session

from chassis.clock import paris_day
from chassis.database import technical_time
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
    return _change("state", *_SETTLED, *also).values(in_queue_until=None)


def _change(*names: str) -> sa.Update:
    return (
        sa.update(_table)
        .where(_table.c.id == sa.bindparam("livraison"), _table.c.state == State.WAITING)
        .values({name: sa.bindparam(name) for name in names})
    )


_DELIVER = _settlement("sequence", "fields")
_SUPPRESS = _settlement("data")
_ANNOUNCE = _change("in_queue_until", "fields")


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

    def announce(self, leaving: Sequence[Outcome], seconds: float) -> datetime:
        """Note what goes to the partner's queue and may be there so long. Answers until when."""
        until = self._session.execute(
            sa.select(technical_time() + timedelta(seconds=seconds))
        ).scalar_one()
        rows = [
            {"livraison": one.livraison.id, "in_queue_until": until, "fields": one.fields}
            for one in leaving
        ]
        self._settle(_ANNOUNCE, rows)
        return until

    def hold_announced(self, partenaire: str, until: datetime) -> bool:
        """Keep what was announced together for oneself; False once its time is over."""
        announced = sa.select(_table.c.id).where(
            _table.c.partenaire == partenaire,
            _table.c.in_queue_until == until,
            _table.c.in_queue_until > technical_time(),
        )
        return bool(self._session.execute(announced.with_for_update()).all())

    def take_back(self, livraisons: Collection[UUID]) -> None:
        """They never reached the partner: they wait as before."""
        self._no_longer_in_queue(livraisons, until=None, fields=None)

    def lose_sight(self, livraisons: Collection[UUID]) -> None:
        """They are in the queue no more, and the partner may have seen them: they wait again."""
        self._no_longer_in_queue(livraisons, until=technical_time())

    def are_leaving(self, personne_ids: Collection[UUID]) -> bool:
        """Whether a fact about one of these people may be in some partner's queue now."""
        concerned = _table.c.personne_ids.overlap(sa.cast(list(personne_ids), pg.ARRAY(pg.UUID)))
        return self._any_in_queue(concerned)

    def are_leaving_to(self, partenaire: str) -> bool:
        """Whether a fact may be in this partner's queue now."""
        return self._any_in_queue(_table.c.partenaire == partenaire)

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
        """Nothing of them goes any more: their content is forgotten, the reason is kept.

        One the partner may have taken meanwhile is told apart from one that never left.
        """
        self._settle(
            _SUPPRESS,
            [
                _settled(outcome, contract_version, now)
                | {"state": outcome.livraison.state_if_refused, "data": {}}
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

    def _no_longer_in_queue(
        self, livraisons: Collection[UUID], *, until: Any, **forgotten: Any
    ) -> None:
        self._session.execute(
            sa.update(_table)
            .where(_table.c.id.in_(livraisons), _table.c.state == State.WAITING)
            .values(in_queue_until=until, **forgotten)
        )

    def _any_in_queue(self, condition: sa.ColumnElement[bool]) -> bool:
        query = sa.select(_table.c.id).where(_table.c.in_queue_until > technical_time(), condition)
        return self._session.execute(query.limit(1)).first() is not None

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
                may_be_out=row.in_queue_until is not None,
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
