"""The facts notifications publishes: what became of each message, never its text or its address."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chassis.events import Fact


@dataclass(frozen=True, kw_only=True)
class _AboutMessage(Fact):
    """What every fact about a message says. `mds` and `site` are those of its subject."""

    aggregate = "message"
    key = "message_id"

    message_id: UUID
    personne_ids: tuple[UUID, ...]
    mds: str
    site: str
    #: Code of the template: RENDEZVOUS_CONFIRMED, RENDEZVOUS_REMINDER, …
    template: str
    #: What it is about: RENDEZVOUS or DEMANDE, and its id.
    subject_type: str
    subject_id: UUID


@dataclass(frozen=True, kw_only=True)
class NotificationSent(_AboutMessage):
    """A mail server or an SMS provider accepted the message. `channel`: SMS or EMAIL."""

    name = "notification_sent"

    channel: str


@dataclass(frozen=True, kw_only=True)
class NotificationDelivered(_AboutMessage):
    """The provider says that the message reached the handset."""

    name = "notification_delivered"

    channel: str


@dataclass(frozen=True, kw_only=True)
class NotificationFailed(_AboutMessage):
    """The message will not arrive: refused for good, or undeliverable. `reason` is a code."""

    name = "notification_failed"

    channel: str
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class NotificationDropped(_AboutMessage):
    """The message was never sent, and will not be. `reason` is a code (`domain.DropReason`)."""

    name = "notification_dropped"

    reason: str


FACTS: tuple[type[Fact], ...] = (
    NotificationSent,
    NotificationDelivered,
    NotificationFailed,
    NotificationDropped,
)
