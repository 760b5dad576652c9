"""Stores what the broker brings, then acknowledges it: a message is ours once PostgreSQL has it.

Nothing is decided here: handlers, order and retries are the inbox's (`chassis.inbox`).

A quorum queue drops a message it had to deliver too often (RabbitMQ 4: about twenty times), so
a database that refuses must cost no delivery. Nothing is asked of the broker before a connection
that may write is there; a batch the database refuses is kept in hand, link and all, until it is
stored. Should the link break meanwhile, the batch is stored before anything is asked for again:
what the broker then brings a second time is absorbed by its id.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Event as Flag
from typing import Any

import psycopg2

from chassis import inbox_store, metrics
from chassis.broker import BROKER_ERRORS, BrokerUnavailable, Link, Names, TopologyRefused, declare
from chassis.crypto import Keyring
from chassis.database import CONNECT_ARGS
from chassis.events import CONTENT_TYPE, Event, Unreadable
from chassis.logs import get_logger
from chassis.relay.outbox import BREATH_SECONDS
from chassis.relay.turns import BROKER, DATABASE, Turn
from chassis.subscriptions import Subscriptions

PREFETCH = 300
#: A batch is stored when this many came, or when nothing more came at once.
_BATCH = 200
_PAUSE_SECONDS = 2.0
log = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class _Delivery:
    tag: int
    body: bytes
    exchange: str
    routing_key: str
    content_type: str


class Consumer:
    """Reads one service's inbox queue until told to stop."""

    def __init__(
        self,
        *,
        subscriptions: Subscriptions,
        uri: str,
        names: Names,
        database_url: str,
        keyring: Keyring,
    ) -> None:
        self._subscriptions = subscriptions
        self._uri = uri
        self._names = names
        self._database_url = database_url
        self._keyring = keyring
        self._arrived: list[_Delivery] = []
        self._database: Any = None

    def run(self, stop: Flag, turn: Turn) -> None:
        """Consume; on any failure of broker or database, wait a little and start over.

        A consumer that hangs, or lacks one of them, shows in its turn.
        """
        while not stop.is_set():
            turn.mark()
            try:
                self._store_arrived()
                self._consume(stop, turn)
            except TopologyRefused:
                raise
            except (BrokerUnavailable, psycopg2.Error, *BROKER_ERRORS) as error:
                turn.lack(DATABASE if isinstance(error, psycopg2.Error) else BROKER)
                log.warning("consumer_interrupted", error_class=type(error).__name__)
                stop.wait(_PAUSE_SECONDS)
        self._drop_database()

    def _consume(self, stop: Flag, turn: Turn) -> None:
        link = Link(self._uri, f"{self._subscriptions.service} relay consumer")
        try:
            declare(link.channel, self._names, self._subscriptions.service)
            link.channel.basic_qos(0, PREFETCH, False)
            queue = self._names.inbox(self._subscriptions.service)
            link.channel.basic_consume(queue, callback=self._on_message, consumer_tag="inbox")
            while not stop.is_set():
                turn.mark()
                self._take_batch(link)
                if self._keep_patiently(link, stop, turn):
                    stop.wait(BREATH_SECONDS)
                turn.lack(None)
                link.beat()
            self._finish(link)
        finally:
            link.close()

    def _keep_patiently(self, link: Link, stop: Flag, turn: Turn) -> bool:
        """Keep the batch, however long the database refuses it: the broker must not notice."""
        while not stop.is_set():
            try:
                return self._keep_batch(link)
            except psycopg2.Error as error:
                turn.lack(DATABASE)
                log.warning("inbox_refused", error_class=type(error).__name__)
            turn.mark()
            stop.wait(_PAUSE_SECONDS)
            link.drain(0.001)  # its heartbeats, and up to the prefetch more of what waits
            link.beat()
        return False

    def _take_batch(self, link: Link) -> None:
        """What is there at once, waiting at most half a second for the first."""
        patience = 0.5
        while len(self._arrived) < _BATCH and link.drain(patience):
            patience = 0.001

    def _keep_batch(self, link: Link) -> bool:
        last = self._store_arrived()
        if last is not None:
            link.channel.basic_ack(last, multiple=True)
        return last is not None

    def _store_arrived(self) -> int | None:
        """Store what came and forget it; answers the tag of the last. Raises psycopg2.Error."""
        try:
            self._connect_database()
            if not self._arrived:
                return None
            self._store(self._arrived)
        except psycopg2.Error:
            metrics.INBOX_REFUSED.inc()
            self._drop_database()
            raise
        last = self._arrived[-1].tag
        self._arrived.clear()
        return last

    def _finish(self, link: Link) -> None:
        """Stop receiving, keep and acknowledge what already came: no duplicate after a restart."""
        link.channel.basic_cancel("inbox")
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline and link.drain(0.05):
            pass
        self._keep_batch(link)

    def _store(self, batch: list[_Delivery]) -> None:
        events: list[tuple[Event, bytes]] = []
        for delivery in batch:
            read = self._read(delivery)
            if isinstance(read, Unreadable):
                self._park(delivery, str(read))
            else:
                events.append((read, delivery.body))
        stored = inbox_store.store_events(self._database, events, self._subscriptions)
        self._database.commit()
        metrics.RECEIVED.inc(stored.fresh)
        metrics.DUPLICATES.inc(stored.duplicates)

    def _read(self, delivery: _Delivery) -> Event | Unreadable:
        if delivery.content_type.partition(";")[0].strip() != CONTENT_TYPE:
            return Unreadable("content-type")
        read = inbox_store.read(delivery.body)
        if isinstance(read, Event) and delivery.exchange != self._names.events(read.source):
            return Unreadable("forged-source")
        return read

    def _park(self, delivery: _Delivery, reason: str) -> None:
        digest = inbox_store.park(
            self._database,
            delivery.body,
            exchange=delivery.exchange,
            routing_key=delivery.routing_key,
            reason=reason,
            keyring=self._keyring,
        )
        metrics.UNREADABLE.inc()
        log.error("message_parked", sha256=digest, reason=reason)

    def _on_message(self, message: Any) -> None:
        self._arrived.append(
            _Delivery(
                tag=message.delivery_info["delivery_tag"],
                body=bytes(message.body),
                exchange=message.delivery_info["exchange"],
                routing_key=message.delivery_info["routing_key"],
                content_type=str(message.properties.get("content_type", "")),
            )
        )

    def _connect_database(self) -> None:
        if self._database is None:
            self._database = psycopg2.connect(
                self._database_url,
                **CONNECT_ARGS,
                application_name="relay inbox",
                target_session_attrs="read-write",
            )

    def _drop_database(self) -> None:
        if self._database is not None:
            try:
                self._database.close()
            except psycopg2.Error:
                pass
            self._database = None
