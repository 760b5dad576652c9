"""One transaction: what changes, the facts that tell it, the work it schedules.

The entrypoint opens and commits it (a request, an event, a batch of due work); use cases only
work inside. Facts are numbered and written at the end, so that the lock on an aggregate's
counter is held for the shortest time and commit order is version order.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import chain
from typing import Any, Self
from uuid import UUID

import sqlalchemy as sa
from psycopg2.extras import register_uuid
from sqlalchemy.orm import Session

from chassis.clock import Clock, paris_day
from chassis.correlation import current
from chassis.crypto import Keyring
from chassis.errors import VersionMismatch
from chassis.events import MAX_VERSION, Correlation, Event, Fact
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
_TOLD_OF = """
    SELECT aggregate_id FROM published_head
    WHERE aggregate_type = %s AND aggregate_id = ANY(%s::uuid[])
"""
_UNSCHEDULE = "DELETE FROM due WHERE kind = %s AND subject = %s AND done_at IS NULL"
#: Draws the numbers of each aggregate, in sorted order, and writes them into the envelopes.
#: `rank`: the place of a fact among the `of` facts of its aggregate in this transaction.
_TELL = """
    WITH fact AS (
        SELECT * FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::int[], %s::int[], %s::text[],
                             %s::text[], %s::text[], %s::uuid[], %s::uuid[], %s::timestamptz[])
          WITH ORDINALITY
          AS fact(event_id, type, id, rank, of, routing_key, before, after, correlation_id,
                  causation_id, time, place)
    ), head AS (
        INSERT INTO published_head AS head (aggregate_type, aggregate_id, version)
        SELECT type, id, count(*) FROM fact GROUP BY type, id ORDER BY type, id
        ON CONFLICT (aggregate_type, aggregate_id) DO UPDATE
        SET version = head.version + EXCLUDED.version
        RETURNING aggregate_type AS type, aggregate_id AS id, version
    )
    INSERT INTO outbox (event_id, aggregate_type, aggregate_id, aggregate_version, routing_key,
                        envelope, correlation_id, causation_id, time)
    SELECT event_id, type, id, version - of + rank, routing_key,
           convert_to(before || (version - of + rank) || after, 'UTF8'),
           correlation_id, causation_id, time
    FROM fact JOIN head USING (type, id) ORDER BY place
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
        self._last: list[tuple[str, tuple[Any, ...]]] = []

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

    def told_of(self, aggregate: str, ids: Collection[UUID]) -> set[UUID]:
        """Those of these aggregates that facts were told of, in transactions before this one."""
        found = self.run(_TOLD_OF, (aggregate, list(ids)))
        return {row.aggregate_id for row in found}

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

    def run_last(self, statement: str, parameters: tuple[Any, ...]) -> None:
        """Run plain SQL just before the commit, in one exchange with the plans and the facts."""
        self._last.append((statement, parameters))

    def ping(self) -> None:
        """Raise SQLAlchemyError unless the session, and the locks it holds, are still there."""
        self.run("SELECT 1", ())

    def commit(self) -> None:
        """Write what was kept for the end, and commit everything at once.

        COMMIT goes with the last statements, in their exchange: should one of them fail, the
        server runs nothing after it. The session then finds nothing left to commit.
        """
        self.session.flush()
        self._schedule_last()
        self._tell_last()
        if self._last:
            last, self._last = self._last, []
            statements, parameters = zip(*last, strict=True)
            self.run(";".join((*statements, "COMMIT")), tuple(chain.from_iterable(parameters)))
        self.session.commit()

    def rollback(self) -> None:
        """Forget the changes, the plans and the facts."""
        self._facts.clear()
        self._plans.clear()
        self._last.clear()
        self.session.rollback()

    def _schedule_last(self) -> None:
        if self._plans:
            plans, self._plans = self._plans, {}
            self.run_last(_SCHEDULE, _columns(plans.values()))

    def _tell_last(self) -> None:
        """Facts come last of all: the lock on an aggregate's counter is held the shortest time."""
        if not self._facts:
            return
        pending, self._facts = self._facts, []
        totals = Counter(_subject(item) for item in pending)
        ranks: Counter[tuple[str, UUID]] = Counter()
        rows = []
        for item in pending:
            subject = _subject(item)
            ranks[subject] += 1
            rows.append(self._outbox_row(item, rank=ranks[subject], of=totals[subject]))
        self.run_last(_TELL, _columns(rows))

    def _outbox_row(self, item: _Pending, *, rank: int, of: int) -> tuple[Any, ...]:
        fact = item.fact
        event = Event(
            id=new_id(),
            source=self.service,
            name=fact.name,
            version=fact.version,
            aggregate_type=fact.aggregate,
            aggregate_id=fact.aggregate_id,
            aggregate_version=MAX_VERSION,  # no number drawn makes it longer
            time=item.time,
            correlation=item.correlation,
            data=fact.data(),
        )
        return (
            event.id,
            event.aggregate_type,
            event.aggregate_id,
            rank,
            of,
            event.routing_key,
            *event.around_number(),
            event.correlation.correlation_id,
            event.correlation.causation_id,
            event.time,
        )


def _subject(item: _Pending) -> tuple[str, UUID]:
    return item.fact.aggregate, item.fact.aggregate_id


def _columns(rows: Iterable[tuple[Any, ...]]) -> tuple[list[Any], ...]:
    """Rows as the arrays `unnest` takes."""
    columns: list[list[Any]] = [list(column) for column in zip(*rows, strict=True)]
    return tuple(columns)


def expect_version(actual: int, expected: int | None) -> None:
    """Refuse a change based on an older reading. `expected` is what If-Match said."""
    if expected is not None and actual != expected:
        raise VersionMismatch("Relisez la fiche, puis refaites votre modification.")
