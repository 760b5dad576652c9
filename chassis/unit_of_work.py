"""One transaction: what changes, the facts that tell it, the work it schedules.

The entrypoint opens and commits it (a request, an event, a batch of due work); use cases only
work inside. Facts are numbered and written at the end, so that the lock on an aggregate's
counter is held for the shortest time and commit order is version order.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Self
from uuid import UUID

import psycopg2
import sqlalchemy as sa
from psycopg2.extras import register_uuid
from sqlalchemy.orm import Session

from chassis.clock import Clock, paris_day
from chassis.correlation import current
from chassis.crypto import Keyring
from chassis.errors import VersionMismatch
from chassis.events import Correlation, Event, Fact
from chassis.ids import new_id
from chassis.neighbours import Neighbours
from chassis.tables import ChassisTables

register_uuid()

_SCHEDULE = """
    INSERT INTO due (id, kind, subject, due_at, payload, correlation_id)
    SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::timestamptz[], %s::jsonb[],
                         %s::uuid[]) AS plan(id, kind, subject, due_at, payload, correlation_id)
    ORDER BY kind, subject
    ON CONFLICT (kind, subject) WHERE done_at IS NULL DO UPDATE
    SET id = EXCLUDED.id, due_at = EXCLUDED.due_at, payload = EXCLUDED.payload,
        correlation_id = EXCLUDED.correlation_id, attempts = 0, retry_at = now(),
        error_class = NULL
"""
_UNSCHEDULE = "DELETE FROM due WHERE kind = %s AND subject = %s AND done_at IS NULL"
_ADVANCE_HEADS = """
    INSERT INTO published_head AS head (aggregate_type, aggregate_id, version)
    SELECT * FROM unnest(%s::text[], %s::uuid[], %s::int[])
    ON CONFLICT (aggregate_type, aggregate_id) DO UPDATE
    SET version = head.version + EXCLUDED.version
    RETURNING aggregate_type, aggregate_id, version
"""
_WRITE_FACTS = """
    INSERT INTO outbox (event_id, aggregate_type, aggregate_id, aggregate_version, routing_key,
                        envelope, correlation_id, causation_id, time)
    SELECT * FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::int[], %s::text[], %s::bytea[],
                         %s::uuid[], %s::uuid[], %s::timestamptz[])
"""


@dataclass(frozen=True, kw_only=True)
class _Pending:
    fact: Fact
    time: datetime
    correlation: Correlation


class UnitOfWork:
    """A service subclasses it and adds its repositories as cached properties."""

    def __init__(
        self,
        session: Session,
        *,
        service: str,
        tables: ChassisTables,
        clock: Clock,
        keyring: Keyring,
        neighbours: Neighbours,
    ) -> None:
        self.session = session
        self.service = service
        self.keyring = keyring
        self.neighbours = neighbours
        self.chassis = tables
        self._clock = clock
        self._facts: list[_Pending] = []
        self._plans: dict[tuple[str, str], tuple[Any, ...]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    @cached_property
    def now(self) -> datetime:
        """Trade time, the same for the whole transaction."""
        return self._clock()

    @cached_property
    def today(self) -> date:
        """The Paris day of the same instant."""
        return paris_day(self.now)

    def publish(self, *facts: Fact) -> None:
        """Tell the world, if and only if this transaction commits."""
        correlation = current()
        self._facts += [_Pending(fact=f, time=self.now, correlation=correlation) for f in facts]

    def schedule(
        self,
        kind: str,
        subject: UUID | str,
        due_at: datetime,
        payload: Mapping[str, Any] | None = None,
    ) -> None:
        """Have `kind` done for `subject` at `due_at` (trade time); replaces what was planned.

        The new plan has a new id: who was lent the old one cannot finish it.
        """
        self._plans[kind, str(subject)] = (
            new_id(),
            kind,
            str(subject),
            due_at,
            json.dumps(dict(payload or {}), default=str),
            current().correlation_id,
        )

    def unschedule(self, kind: str, subject: UUID | str) -> None:
        """Drop what was planned, if it is not done yet."""
        self._plans.pop((kind, str(subject)), None)
        self.run(_UNSCHEDULE, (kind, str(subject)))

    def run(self, statement: str, parameters: Any) -> sa.CursorResult[Any]:
        """Run plain SQL in this transaction: what every request does is written once, by hand.

        Building the same statement from expressions cost more than running it.
        """
        return self.session.connection().exec_driver_sql(statement, parameters)

    def commit(self) -> None:
        """Write the plans and the facts, and commit everything at once."""
        self.session.flush()
        self._write_plans()
        self._write_facts()
        self.session.commit()

    def rollback(self) -> None:
        """Forget the changes, the plans and the facts."""
        self._facts.clear()
        self._plans.clear()
        self.session.rollback()

    def _write_plans(self) -> None:
        if self._plans:
            plans, self._plans = self._plans, {}
            self.run(_SCHEDULE, _columns(plans.values()))

    def _write_facts(self) -> None:
        if not self._facts:
            return
        pending, self._facts = self._facts, []
        heads = self._advance_heads(pending)
        rows = []
        for item in pending:
            key = (item.fact.aggregate, item.fact.aggregate_id)
            heads[key] += 1
            rows.append(self._outbox_row(item, version=heads[key]))
        self.run(_WRITE_FACTS, _columns(rows))

    def _advance_heads(self, pending: list[_Pending]) -> dict[tuple[str, UUID], int]:
        """Reserve one number per fact, aggregates in sorted order; answers the heads before."""
        wanted = Counter((item.fact.aggregate, item.fact.aggregate_id) for item in pending)
        keys = sorted(wanted)
        counts = [wanted[key] for key in keys]
        reserved: Iterable[Any] = self.run(
            _ADVANCE_HEADS, ([kind for kind, _ in keys], [key for _, key in keys], counts)
        )
        return {(kind, key): version - wanted[kind, key] for kind, key, version in reserved}

    def _outbox_row(self, item: _Pending, *, version: int) -> tuple[Any, ...]:
        fact = item.fact
        event = Event(
            id=new_id(),
            source=self.service,
            name=fact.name,
            version=fact.version,
            aggregate_type=fact.aggregate,
            aggregate_id=fact.aggregate_id,
            aggregate_version=version,
            time=item.time,
            correlation=item.correlation,
            data=fact.data(),
        )
        return (
            event.id,
            event.aggregate_type,
            event.aggregate_id,
            version,
            event.routing_key,
            psycopg2.Binary(event.to_bytes()),
            event.correlation.correlation_id,
            event.correlation.causation_id,
            event.time,
        )


def _columns(rows: Iterable[tuple[Any, ...]]) -> tuple[list[Any], ...]:
    """Rows as the arrays `unnest` takes."""
    columns: list[list[Any]] = [list(column) for column in zip(*rows, strict=True)]
    return tuple(columns)


def expect_version(actual: int, expected: int | None) -> None:
    """Refuse a change based on an older reading. `expected` is what If-Match said."""
    if expected is not None and actual != expected:
        raise VersionMismatch("Relisez la fiche, puis refaites votre modification.")
