"""How a message leaves: one adapter per channel, one vocabulary for what the other side says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol, Self
from uuid import UUID

from services.notifications.domain.reasons import DeferralReason, FailureReason


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One message ready to leave. Lives in memory only."""

    message_id: UUID
    address: str = field(repr=False)
    subject: str | None = field(repr=False)
    body: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """The other side took it. `reference` is its own name for it, if it gave one."""

    reference: str | None = None


@dataclass(frozen=True, kw_only=True)
class Refused:
    """It will never take it (non-retryable)."""

    reason: FailureReason


@dataclass(frozen=True, kw_only=True)
class Later:
    """Not now (retryable, throttled). `closes`: no use trying the others of the batch either."""

    reason: DeferralReason
    closes: bool = True
    #: What the provider asked for, technical time.
    retry_after: timedelta | None = None


Outcome = Accepted | Refused | Later


class Sender(Protocol):
    """One channel, open for a batch: a connection is made at the first message and kept."""

    def __enter__(self) -> Self:
        """Ready to send."""
        ...

    def __exit__(self, *_: object) -> None:
        """Give the connection back."""
        ...

    def send(self, letter: Letter) -> Outcome:
        """Hand over one message. Never raises for what the other side does."""
        ...
