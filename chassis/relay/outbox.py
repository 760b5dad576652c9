"""Reads the outbox in order and marks what its destination confirmed. One leader per service."""

from __future__ import annotations

import select
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT
from psycopg2.extras import register_uuid

from chassis import metrics
from chassis.database import CONNECT_ARGS

BATCH = 200
#: After a batch, let the next one fill: a lone fact leaves at once, a stream in batches.
BREATH_SECONDS = 0.01
_POLL_SECONDS = 1.0
_LEADER_LOCK = "SELECT pg_try_advisory_lock(hashtext('chassis.relay.outbox'))"
_NEXT = """
    SELECT seq, event_id, aggregate_type, aggregate_id, routing_key, envelope FROM outbox
    WHERE published_at IS NULL ORDER BY seq LIMIT %s
"""
#: One exchange with the database; several statements sent at once are one transaction.
_MARK = """
    UPDATE outbox SET published_at = clock_timestamp() WHERE seq = ANY(%(done)s);
    INSERT INTO traffic (kind, source, aggregate_type, total)
    SELECT 'published', %(service)s, type, total
    FROM unnest(%(types)s::text[], %(totals)s::bigint[]) AS counted(type, total)
    ON CONFLICT (kind, source, aggregate_type) DO UPDATE SET total = traffic.total + EXCLUDED.total
"""
_MEASURE = """
    SELECT count(*), COALESCE(EXTRACT(EPOCH FROM clock_timestamp() - min(written_at)), 0)
    FROM outbox WHERE published_at IS NULL
"""


@dataclass(frozen=True)
class Row:
    """One fact waiting in the outbox."""

    seq: int
    event_id: UUID
    aggregate_type: str
    aggregate_id: UUID
    routing_key: str
    envelope: bytes


class FactsRefused(Exception):
    """The destination took some facts of a batch, or none: the others stay, and wait."""


class Destination(Protocol):
    """Where facts go: a broker, or the subscribers' inboxes."""

    def deliver(self, rows: Sequence[Row]) -> set[int]:
        """The `seq` of the rows safely stored on the other side. May raise anything."""
        ...


class Outbox:
    """One service's outbox, over a connection of its own that holds the leadership."""

    def __init__(self, service: str, url: str) -> None:
        self.service = service
        self._url = url
        self._connection: Any = None
        #: When to look without being told, in monotonic seconds.
        self._look_at = 0.0
        self.is_leader = False

    def is_due(self) -> bool:
        """Whether to look now: a fact was told of, the last batch was full, or the poll is due."""
        self._connection.poll()
        return bool(self._connection.notifies) or time.monotonic() >= self._look_at

    def wait(self, seconds: float = _POLL_SECONDS) -> None:
        """Until a fact is written, or the poll: a missed notification costs one second."""
        if self._connection is None or self._connection.notifies:
            return
        select.select([self._connection], [], [], seconds)

    def fileno(self) -> int:
        """For `select` over several outboxes."""
        descriptor: int = self._connection.fileno()
        return descriptor

    def lead(self) -> bool:
        """Connect and take leadership if nobody has it. Raises psycopg2.Error."""
        if self._connection is None:
            self._connection = _connect(self._url)
        if not self.is_leader:
            with self._connection.cursor() as cursor:
                cursor.execute(_LEADER_LOCK)
                self.is_leader = bool(cursor.fetchone()[0])
                if self.is_leader:
                    cursor.execute("LISTEN outbox")
        metrics.RELAY_LEADER.labels(self.service).set(int(self.is_leader))
        return self.is_leader

    def next_rows(self, limit: int = BATCH) -> list[Row]:
        """The oldest facts not yet published. What is written from here on tells of itself."""
        self._connection.poll()
        self._connection.notifies.clear()
        with self._connection.cursor() as cursor:
            cursor.execute(_NEXT, (limit,))
            rows = [_row(*values) for values in cursor]
        self._look_at = 0.0 if len(rows) == limit else time.monotonic() + _POLL_SECONDS
        return rows

    def mark(self, rows: Sequence[Row], done: set[int]) -> None:
        """Note what was confirmed, and count it, in one transaction."""
        published = [row for row in rows if row.seq in done]
        if not published:
            return
        totals = sorted(Counter(row.aggregate_type for row in published).items())
        with self._connection.cursor() as cursor:
            cursor.execute(
                _MARK,
                {
                    "done": [row.seq for row in published],
                    "service": self.service,
                    "types": [kind for kind, _ in totals],
                    "totals": [total for _, total in totals],
                },
            )
        metrics.PUBLISHED.inc(len(published))

    def measure(self) -> None:
        """Refresh the gauges of depth and age."""
        with self._connection.cursor() as cursor:
            cursor.execute(_MEASURE)
            pending, oldest = cursor.fetchone()
        metrics.OUTBOX_PENDING.labels(self.service).set(pending)
        metrics.OUTBOX_OLDEST_SECONDS.labels(self.service).set(oldest)

    def close(self) -> None:
        """Give up the connection, and leadership with it."""
        self.is_leader, self._look_at = False, 0.0
        metrics.RELAY_LEADER.labels(self.service).set(0)
        if self._connection is not None:
            try:
                self._connection.close()
            except psycopg2.Error:
                pass
            self._connection = None


class Pump:
    """Moves batches from an outbox to a destination, in order per aggregate, with back-off."""

    _FIRST_BACKOFF = 0.1
    _LAST_BACKOFF = 30.0
    _MEASURE_SECONDS = 5.0

    def __init__(self, outbox: Outbox, destination: Destination) -> None:
        self._outbox = outbox
        self._destination = destination
        self._backoff = self._FIRST_BACKOFF
        self._measured_at = 0.0

    def turn(self) -> int:
        """Carry one batch. Answers how many facts were confirmed; raises what failed.

        Depth and age are measured first: they matter most while nothing goes through.
        """
        if time.monotonic() - self._measured_at > self._MEASURE_SECONDS:
            self._outbox.measure()
            self._measured_at = time.monotonic()
        rows = self._outbox.next_rows()
        if not rows:
            return 0
        done = self._destination.deliver(rows)
        self._outbox.mark(rows, done)
        if len(done) < len(rows):
            raise FactsRefused(f"{len(rows) - len(done)}/{len(rows)}")
        return len(done)

    def succeeded(self) -> None:
        """All went well: forget the back-off."""
        self._backoff = self._FIRST_BACKOFF

    def failed(self) -> float:
        """How long to wait now, doubling up to 30 s."""
        wait, self._backoff = self._backoff, min(self._backoff * 2, self._LAST_BACKOFF)
        return wait


def _row(*values: Any) -> Row:
    seq, event_id, aggregate_type, aggregate_id, routing_key, envelope = values
    return Row(seq, event_id, aggregate_type, aggregate_id, routing_key, bytes(envelope))


def _connect(url: str) -> Any:
    connection = psycopg2.connect(url, **CONNECT_ARGS, application_name="relay outbox")
    connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
    register_uuid(conn_or_curs=connection)
    return connection
