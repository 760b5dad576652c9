"""What a step makes of a message: pure functions from a message to the message it becomes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from services.notifications.domain.message import Channel, Message, Step, after
from services.notifications.domain.reasons import DeferralReason, DropReason, FailureReason


@dataclass(frozen=True, kw_only=True)
class Sending:
    """How a message left: what is kept of it once the address is forgotten."""

    channel: Channel
    template_version: int
    language: str
    recipient_digest: str
    sms_parts: int | None = None
    provider_reference: str | None = None
    instructions: str | None = None

    def known_as(self, reference: str | None) -> Self:
        """The same, with the provider's own name for it."""
        return replace(self, provider_reference=reference)


def dropped(message: Message, reason: DropReason, now: datetime) -> Message:
    """It will never be sent."""
    status = after(message.status, Step.DROP)
    return replace(message, status=status, reason=reason, settled_at=now)


def accepted(message: Message, sending: Sending, now: datetime) -> Message:
    """A server took it."""
    status = after(message.status, Step.ACCEPT)
    return replace(_as_sent(message, sending), status=status, settled_at=now)


def refused(message: Message, sending: Sending, reason: FailureReason, now: datetime) -> Message:
    """The last server tried will never take it."""
    return replace(
        _as_sent(message, sending),
        status=after(message.status, Step.REFUSE),
        reason=reason,
        # What was refused is not billed.
        sms_parts=None,
        settled_at=now,
    )


def postponed(message: Message, reason: DeferralReason) -> Message:
    """It waits, to be tried again after a while of technical time."""
    return replace(
        message,
        status=after(message.status, Step.DEFER),
        attempts=message.attempts + 1,
        last_error=reason,
    )


def deferred(message: Message, until: datetime, now: datetime) -> Message:
    """It waits until an instant of trade time; too late then is too late now."""
    if until >= message.not_after:
        return dropped(message, DropReason.TOO_LATE, now)
    return replace(
        message,
        status=after(message.status, Step.DEFER),
        due_at=until,
        last_error=DeferralReason.QUIET_HOURS,
    )


def _as_sent(message: Message, sending: Sending) -> Message:
    return replace(
        message,
        channel=sending.channel,
        template_version=sending.template_version,
        language=sending.language,
        recipient_digest=sending.recipient_digest,
        sms_parts=sending.sms_parts,
        provider_reference=sending.provider_reference,
        instructions=sending.instructions,
        attempts=message.attempts + 1,
        last_error=None,
    )
