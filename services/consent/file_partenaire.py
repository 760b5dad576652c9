"""One partner's own queue, as the publisher holds it: publish, wait until taken, take back.

The queue never keeps anything: messages are transient, live three seconds, and what the partner
did not take within a second is taken back. What waits, waits in our table, where a withdrawal
can reach it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

import amqp

from chassis.broker import Link
from chassis.events import CONTENT_TYPE

#: A message dies in the queue after this long, whatever happens to us. The broker never
#: delivers an expired message (RabbitMQ, « Time-To-Live »).
EXPIRATION_SECONDS = 3.0
#: How long the partner has to take a batch before the rest is taken back.
TAKE_SECONDS = 1.0
#: How long the broker has to confirm one message.
CONFIRM_SECONDS = 2.0
_POLL_SECONDS = 0.005


@dataclass(frozen=True, kw_only=True)
class QueueState:
    """`ready`: messages nobody took; `consumers`: readers attached now."""

    ready: int
    consumers: int


def queue_name(prefix: str, code: str) -> str:
    """The partner's queue, under the prefix that keeps runs on one broker apart."""
    return f"{prefix}.partner.{code}" if prefix else f"partner.{code}"


class PartnerQueue:
    """The queue of one partner over one connection. Broker errors are the caller's."""

    def __init__(self, link: Link, name: str) -> None:
        self._link = link
        self.name = name

    def declare(self) -> None:
        """A classic queue: nothing in it outlives the broker, and its counts are exact."""
        self._link.channel.queue_declare(self.name, durable=True, auto_delete=False)

    def state(self) -> QueueState:
        """What the broker says of it now."""
        answer = self._link.channel.queue_declare(self.name, passive=True)
        return QueueState(ready=answer.message_count, consumers=answer.consumer_count)

    def open(self) -> None:
        """Declare it where we may; where the operator made it, it only has to exist."""
        try:
            self.declare()
        except amqp.AccessRefused:
            self._link.channel = self._link.connection.connection.channel()
            self.state()

    def publish(self, batch: Mapping[UUID, bytes]) -> Iterator[UUID]:
        """Send each, in order, wait for the broker to confirm it, and tell it is sent.

        Tells an id *before* it leaves: what may be in the queue is always known.
        """
        for identifier, body in batch.items():
            yield identifier
            message = amqp.Message(
                body,
                content_type=CONTENT_TYPE,
                content_encoding="utf-8",
                message_id=str(identifier),
                delivery_mode=1,
                expiration=str(int(EXPIRATION_SECONDS * 1000)),
            )
            self._link.channel.basic_publish_confirm(
                message,
                exchange="",
                routing_key=self.name,
                mandatory=True,
                confirm_timeout=CONFIRM_SECONDS,
            )

    def wait_taken(self) -> bool:
        """Whether the partner took everything in time."""
        deadline = time.monotonic() + TAKE_SECONDS
        while time.monotonic() < deadline:
            if self.state().ready == 0:
                return True
            self._link.drain(_POLL_SECONDS)
        return False

    def recall(self) -> dict[UUID, bool]:
        """Take back every message that waits; answers their ids, and whether the partner had it.

        It had one that a connection of its own received and let go without acknowledging.
        """
        return dict(self._taken_back())

    def _taken_back(self) -> Iterator[tuple[UUID, bool]]:
        while (message := self._link.channel.basic_get(self.name, no_ack=True)) is not None:
            yield UUID(message.properties["message_id"]), message.delivery_info["redelivered"]
