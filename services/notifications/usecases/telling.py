"""From a message to the fact that says what became of it."""

from __future__ import annotations

from typing import Any

from services.notifications.domain.message import Message, Status
from services.notifications.events import (
    NotificationDelivered,
    NotificationDropped,
    NotificationFailed,
    NotificationSent,
)

Fact = NotificationSent | NotificationDelivered | NotificationFailed | NotificationDropped


def fact_of(message: Message) -> Fact:
    """The fact of a settled message: sent, delivered, failed or dropped. ValueError otherwise."""
    channel = str(message.channel)
    match message.status:
        case Status.SENT:
            return NotificationSent(**_common(message), channel=channel)
        case Status.DELIVERED:
            return NotificationDelivered(**_common(message), channel=channel)
        case Status.FAILED:
            return NotificationFailed(**_common(message), channel=channel, reason=message.reason)
        case Status.DROPPED:
            return NotificationDropped(**_common(message), reason=str(message.reason))
        case _:
            raise ValueError(f"{message.status} is not settled")


def _common(message: Message) -> dict[str, Any]:
    return {
        "message_id": message.message_id,
        "personne_ids": (message.personne_id,),
        "mds": message.mds,
        "site": message.site,
        "template": message.template.value,
        "subject_type": message.subject_type.value,
        "subject_id": message.subject_id,
    }
