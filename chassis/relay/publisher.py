"""The broker as a destination: batches, asynchronous confirms, nothing taken for granted.

A fact counts as published when the broker confirmed it and did not return it as unroutable.
After a refusal the later facts of the same aggregate wait too: order is never broken to go faster.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from threading import Event, Thread
from typing import Any

import amqp

from chassis import metrics
from chassis.broker import BROKER_ERRORS, BrokerUnavailable, Link, Names, TopologyRefused, declare
from chassis.events import CONTENT_TYPE
from chassis.logs import get_logger
from chassis.relay.outbox import Row

#: All confirms of a batch must have come by then, in seconds.
CONFIRM_SECONDS = 10.0
log = get_logger(__name__)


class Publisher:
    """Publishes one service's facts on its exchange."""

    def __init__(self, service: str, uri: str, names: Names) -> None:
        self._service = service
        self._uri = uri
        self._names = names
        self._link: Link | None = None
        self._watchdog = Watchdog()
        self._outstanding: set[int] = set()
        self._refused: set[int] = set()
        self._returned: set[str] = set()
        self._next_tag = 1

    def deliver(self, rows: Sequence[Row]) -> set[int]:
        """Publish and wait for the confirms. Raises BrokerUnavailable; then nothing is lost."""
        link = self._open()
        tags: dict[int, Row] = {}
        started = time.monotonic()
        try:
            with self._watchdog.watching(link, CONFIRM_SECONDS + 2):
                for row in rows:
                    tags[self._publish(link, row)] = row
                self._await_confirms(link, started + CONFIRM_SECONDS)
        except (*BROKER_ERRORS, RuntimeError) as error:
            self.close()
            raise BrokerUnavailable(type(error).__name__) from None
        metrics.CONFIRM_SECONDS.observe(time.monotonic() - started)
        return self._delivered(tags)

    def beat(self) -> None:
        """Keep an idle connection alive."""
        if self._link is None:
            return
        try:
            with self._watchdog.watching(self._link, 5):
                self._link.drain(0.001)
                self._link.beat()
        except BROKER_ERRORS as error:
            self.close()
            raise BrokerUnavailable(type(error).__name__) from None

    def close(self) -> None:
        """Drop the connection; a dead or hung one is cut."""
        if self._link is not None:
            self._link.sever()
            self._link = None
        metrics.RELAY_BLOCKED.set(0)

    def _open(self) -> Link:
        if self._link is None:
            link = Link(self._uri, f"{self._service} relay publisher")
            try:
                with self._watchdog.watching(link, 10):
                    declare(link.channel, self._names, self._service)
                    link.channel.confirm_select()
            except TopologyRefused:
                link.sever()
                raise
            except BROKER_ERRORS as error:
                link.sever()
                raise BrokerUnavailable(type(error).__name__) from None
            link.channel.events["basic_ack"].add(self._on_ack)
            link.channel.events["basic_nack"].add(self._on_nack)
            link.channel.events["basic_return"].add(self._on_return)
            link.connection.connection.on_blocked = lambda _: metrics.RELAY_BLOCKED.set(1)
            link.connection.connection.on_unblocked = lambda: metrics.RELAY_BLOCKED.set(0)
            self._link, self._next_tag = link, 1
            self._forget()
        return self._link

    def _publish(self, link: Link, row: Row) -> int:
        message = amqp.Message(
            row.envelope,
            content_type=CONTENT_TYPE,
            content_encoding="utf-8",
            delivery_mode=2,
            message_id=str(row.event_id),
        )
        link.channel.basic_publish(
            message,
            exchange=self._names.events(self._service),
            routing_key=row.routing_key,
            mandatory=True,
        )
        tag, self._next_tag = self._next_tag, self._next_tag + 1
        self._outstanding.add(tag)
        return tag

    def _await_confirms(self, link: Link, deadline: float) -> None:
        while self._outstanding:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            link.drain(left)

    def _delivered(self, tags: dict[int, Row]) -> set[int]:
        """What may be marked: confirmed, routed, and nothing earlier of its aggregate refused.

        The broker sends the return of an unroutable message before its confirm.
        """
        done: set[int] = set()
        stopped: set[Any] = set()
        for tag, row in sorted(tags.items()):
            returned = str(row.event_id) in self._returned
            if tag in self._refused or returned:
                stopped.add(row.aggregate_id)
                metrics.RELAY_FAILURES.labels("returned" if returned else "nack").inc()
                log.error("fact_refused", event_id=str(row.event_id), routing_key=row.routing_key)
            elif row.aggregate_id not in stopped:
                done.add(row.seq)
        self._forget()
        return done

    def _forget(self) -> None:
        self._outstanding.clear()
        self._refused.clear()
        self._returned.clear()

    def _on_ack(self, tag: int, multiple: bool) -> None:
        self._outstanding -= self._settled(tag, multiple)

    def _on_nack(self, tag: int, multiple: bool) -> None:
        refused = self._settled(tag, multiple)
        self._refused |= refused
        self._outstanding -= refused

    def _settled(self, tag: int, multiple: bool) -> set[int]:
        return {other for other in self._outstanding if other <= tag} if multiple else {tag}

    def _on_return(self, *args: Any) -> None:
        message = args[-1]  # (error, exchange, routing key, message)
        self._returned.add(message.properties.get("message_id", ""))
        metrics.RETURNED.inc()


class Watchdog:
    """Cuts a connection whose broker hangs: a memory alarm blocks a publisher without limit."""

    def __init__(self) -> None:
        self._link: Link | None = None
        self._deadline = 0.0
        self._wake = Event()
        Thread(target=self._guard, name="watchdog", daemon=True).start()

    def watching(self, link: Link, seconds: float) -> Watchdog:
        """Use as `with watchdog.watching(link, seconds):`."""
        self._deadline = time.monotonic() + seconds
        self._link = link
        self._wake.set()
        return self

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        self._link = None

    def _guard(self) -> None:
        while True:
            self._wake.wait()
            link = self._link
            if link is None:
                self._wake.clear()
            elif time.monotonic() > self._deadline:
                log.error("broker_hangs")
                link.sever()
                self._link = None
            time.sleep(0.2)
