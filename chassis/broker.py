"""The broker: connections that fail in bounded time, and the topology, declared once.

`<service>.events` is a topic exchange, `<service>.inbox` a quorum queue bound with `#` to the
exchange of every service it listens to: a fact added tomorrow reaches it, and order per
aggregate never depends on who was upgraded first. Only the queue type is an argument (an
argument that changes makes every later declaration fail); the rest is policy.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import amqp
from kombu.connection import Connection

from chassis.catalogue import service_names, subscriptions_of

HEARTBEAT_SECONDS = 10
#: A socket that neither reads nor writes for this long is taken for dead.
SOCKET_SECONDS = 15
CONNECT_SECONDS = 5

BROKER_ERRORS = (amqp.AMQPError, OSError, ConnectionError)


class BrokerUnavailable(Exception):
    """The broker does not answer, or refuses us."""


class TopologyRefused(BrokerUnavailable):
    """A queue or an exchange exists with other arguments: only a person can help (406)."""


@dataclass(frozen=True)
class Names:
    """Names on the bus, under the prefix that keeps runs on one broker apart."""

    prefix: str = ""

    def events(self, service: str) -> str:
        """The exchange a service publishes on."""
        return f"{self._start}{service}.events"

    def inbox(self, service: str) -> str:
        """The queue a service reads."""
        return f"{self._start}{service}.inbox"

    @property
    def _start(self) -> str:
        return f"{self.prefix}." if self.prefix else ""


@dataclass
class Link:
    """One connection and one channel, with the raw socket at hand for the watchdog."""

    uri: str = field(repr=False)
    name: str
    connection: Any = field(init=False, repr=False)
    channel: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        connection = Connection(
            self.uri,
            heartbeat=HEARTBEAT_SECONDS,
            connect_timeout=CONNECT_SECONDS,
            transport_options={
                "read_timeout": SOCKET_SECONDS,
                "write_timeout": SOCKET_SECONDS,
                "client_properties": {"connection_name": self.name},
            },
        )
        try:
            connection.connect()
            self.connection = connection
            self.channel = connection.connection.channel()
        except (*BROKER_ERRORS, *connection.connection_errors) as error:
            connection.collect()
            raise BrokerUnavailable(type(error).__name__) from None
        # Bodies stay bytes: only the envelope's reader decides what they are.
        self.channel.auto_decode = False

    def drain(self, seconds: float) -> bool:
        """Handle what the broker sends, for at most this long. False when nothing came."""
        try:
            self.connection.connection.drain_events(timeout=seconds)
        except TimeoutError:
            return False
        return True

    def beat(self) -> None:
        """Send a heartbeat when one is due; raises when the broker missed its own."""
        self.connection.heartbeat_check(rate=2)

    def sever(self) -> None:
        """Cut the socket without the closing handshake, which hangs with a broker that hangs."""
        try:
            raw = self.connection.connection.transport.sock
            with suppress(OSError):
                raw.shutdown(socket.SHUT_RDWR)
            raw.close()
        except (AttributeError, OSError):
            pass

    def close(self) -> None:
        """Close politely; cut if that fails."""
        try:
            self.connection.connection.close()
        except Exception:  # noqa: BLE001 - py-amqp raises anything from a half-dead socket
            self.sever()


def declare_all(uri: str, names: Names, services: Iterable[str] | None = None) -> None:
    """Declare every exchange, queue and binding. Raises BrokerUnavailable with the cause."""
    link = Link(uri, "provision")
    try:
        for service in services or service_names():
            declare(link.channel, names, service)
    finally:
        link.close()


def declare(channel: Any, names: Names, service: str) -> None:
    """Declare one service's exchange, its inbox and the exchanges it listens to.

    Raises TopologyRefused when one of them exists with other arguments.
    """
    try:
        _declare(channel, names, service)
    except amqp.PreconditionFailed:
        raise TopologyRefused(
            "une file ou un échange existe déjà avec d’autres arguments (406)"
        ) from None


def _declare(channel: Any, names: Names, service: str) -> None:
    _declare_exchange(channel, names.events(service))
    queue = names.inbox(service)
    channel.queue_declare(
        queue, durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"}
    )
    for source in subscriptions_of(service).sources:
        _declare_exchange(channel, names.events(source))
        channel.queue_bind(queue, names.events(source), routing_key="#")


def remove_all(uri: str, names: Names) -> None:
    """Remove a demo or test run's exchanges and queues."""
    link = Link(uri, "cleanup")
    for service in service_names():
        link.channel.queue_delete(names.inbox(service))
        link.channel.exchange_delete(names.events(service))
    link.close()


def _declare_exchange(channel: Any, exchange: str) -> None:
    channel.exchange_declare(exchange, "topic", durable=True, auto_delete=False)
