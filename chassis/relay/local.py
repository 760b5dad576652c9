"""Embedded mode: without a broker, one local relay copies outbox rows into each subscriber's inbox.

Same tables and same guarantees: a row is marked published once every subscriber's database has
it; after a crash in between it is copied again and absorbed by its event id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg2

from chassis import inbox_store, metrics
from chassis.database import CONNECT_ARGS
from chassis.events import Event
from chassis.relay.outbox import Row
from chassis.subscriptions import Subscriptions


class LocalInboxes:
    """The inboxes of every service that listens to one source, over kept connections."""

    def __init__(
        self, source: str, subscribers: Mapping[str, tuple[Subscriptions, InboxConnection]]
    ) -> None:
        self._subscribers = {
            name: pair for name, pair in subscribers.items() if source in pair[0].sources
        }

    def deliver(self, rows: Sequence[Row]) -> set[int]:
        """Copy the batch everywhere. Raises psycopg2.Error when one subscriber is away."""
        events = [(Event.from_bytes(row.envelope), row.envelope) for row in rows]
        for subscriptions, inbox in self._subscribers.values():
            inbox.store(events, subscriptions)
        return {row.seq for row in rows}


class InboxConnection:
    """A connection to one subscriber's database, opened again after a failure."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Any = None

    def store(self, events: Sequence[tuple[Event, bytes]], subscriptions: Subscriptions) -> None:
        """Store and commit. Raises psycopg2.Error."""
        if self._connection is None:
            self._connection = psycopg2.connect(
                self._url, **CONNECT_ARGS, application_name="relay inbox"
            )
        try:
            stored = inbox_store.store_events(self._connection, events, subscriptions)
            self._connection.commit()
        except psycopg2.Error:
            self.close()
            raise
        metrics.RECEIVED.inc(stored.fresh)
        metrics.DUPLICATES.inc(stored.duplicates)

    def close(self) -> None:
        """Drop the connection."""
        if self._connection is not None:
            try:
                self._connection.close()
            except psycopg2.Error:
                pass
            self._connection = None
