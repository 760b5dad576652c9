"""One transaction: what changes, the facts that tell it, the work it schedules.

The entrypoint opens and commits it (a request, an event, a batch of due work); use cases only
work inside. Facts are numbered and written at the end, so that the lock on an aggregate's
counter is held for the shortest time and commit order is version order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Self
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.correlation import current
from chassis.crypto import Keyring
from chassis.errors import VersionMismatch
from chassis.events import Correlation, Event, Fact
from chassis.ids import new_id
from chassis.neighbours import Neighbours
from chassis.tables import ChassisTables


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

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    @cached_property
    def now(self) -> datetime:
        """Trade time, the same for the whole transaction."""
        return self._clock()

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
        due = self.chassis.due
        row = pg.insert(due).values(
            id=new_id(),
            kind=kind,
            subject=str(subject),
            due_at=due_at,
            payload=dict(payload or {}),
            correlation_id=current().correlation_id,
        )
        self.session.execute(
            row.on_conflict_do_update(
                index_elements=[due.c.kind, due.c.subject],
                index_where=due.c.done_at.is_(None),
                set_={
                    "id": row.excluded.id,
                    "due_at": row.excluded.due_at,
                    "payload": row.excluded.payload,
                    "correlation_id": row.excluded.correlation_id,
                    "attempts": 0,
                    "retry_at": sa.func.now(),
                    "error_class": None,
                },
            )
        )

    def unschedule(self, kind: str, subject: UUID | str) -> None:
        """Drop what was planned, if it is not done yet."""
        due = self.chassis.due
        self.session.execute(
            sa.delete(due).where(
                due.c.kind == kind, due.c.subject == str(subject), due.c.done_at.is_(None)
            )
        )

    def commit(self) -> None:
        """Write the facts and commit everything at once."""
        self.session.flush()
        self._write_facts()
        self.session.commit()

    def rollback(self) -> None:
        """Forget the changes and the facts."""
        self._facts.clear()
        self.session.rollback()

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
        self.session.execute(sa.insert(self.chassis.outbox), rows)

    def _advance_heads(self, pending: list[_Pending]) -> dict[tuple[str, UUID], int]:
        """Reserve one number per fact, aggregates in sorted order; answers the heads before."""
        head = self.chassis.published_head
        wanted = Counter((item.fact.aggregate, item.fact.aggregate_id) for item in pending)
        rows = [
            {"aggregate_type": kind, "aggregate_id": key, "version": count}
            for (kind, key), count in sorted(wanted.items())
        ]
        insert = pg.insert(head).values(rows)
        reserved = self.session.execute(
            insert.on_conflict_do_update(
                index_elements=[head.c.aggregate_type, head.c.aggregate_id],
                set_={"version": head.c.version + insert.excluded.version},
            ).returning(head.c.aggregate_type, head.c.aggregate_id, head.c.version)
        )
        return {(kind, key): version - wanted[kind, key] for kind, key, version in reserved}

    def _outbox_row(self, item: _Pending, *, version: int) -> dict[str, Any]:
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
        return {
            "event_id": event.id,
            "aggregate_type": event.aggregate_type,
            "aggregate_id": event.aggregate_id,
            "aggregate_version": version,
            "routing_key": event.routing_key,
            "envelope": event.to_bytes(),
            "correlation_id": event.correlation.correlation_id,
            "causation_id": event.correlation.causation_id,
            "time": event.time,
        }


def expect_version(actual: int, expected: int | None) -> None:
    """Refuse a change based on an older reading. `expected` is what If-Match said."""
    if expected is not None and actual != expected:
        raise VersionMismatch("Relisez la fiche, puis refaites votre modification.")
