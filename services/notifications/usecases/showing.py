"""Messages in words again, from the codes kept: for a preview, a message, the local inbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chassis.errors import Invalid
from services.notifications.domain.lieu import Lieu
from services.notifications.domain.message import Channel, Message, Modality, Template, answer_by
from services.notifications.persistence import UnitOfWork
from services.notifications.rendering import Wording, render


class StartMissing(Invalid):
    """A message about a rendezvous says when it is."""

    code = "debut-absent"
    title = "Début du rendez-vous absent"


def preview(
    uow: UnitOfWork,
    *,
    template: Template,
    modality: Modality,
    discreet: bool,
    language: str,
    starts_at: datetime | None = None,
    site: str | None = None,
    instructions: str | None = None,
) -> list[dict[str, Any]]:
    """The same message on every channel. Raises StartMissing."""
    if template is not Template.DEMANDE_ANSWERED and starts_at is None:
        raise StartMissing("Donnez le début du rendez-vous.", field="/starts_at")
    wording = Wording(
        template=template,
        starts_at=starts_at,
        modality=modality if starts_at else None,
        discreet=discreet,
        place=uow.lieux.by_site().get(site) if site else None,
        answer_by=answer_by(template, starts_at) if starts_at else None,
        instructions=instructions,
    )
    return [_text(wording, channel, uow.now, language) for channel in Channel]


def texts_of(message: Message, lieux: dict[str, Lieu]) -> list[dict[str, Any]]:
    """What a message said, or would say: on its channel once known, on every one before."""
    wording = Wording(
        template=message.template,
        starts_at=message.starts_at,
        modality=message.modality,
        discreet=message.discreet,
        place=lieux.get(message.site),
        answer_by=answer_by(message.template, message.not_after),
        instructions=message.instructions,
    )
    moment = message.settled_at or message.due_at
    channels = [message.channel] if message.channel else list(Channel)
    return [_text(wording, channel, moment, message.language) for channel in channels]


def _text(
    wording: Wording, channel: Channel, moment: datetime, language: str | None
) -> dict[str, Any]:
    text = render(wording, channel, now=moment, language=language)
    shown: dict[str, Any] = {
        "channel": channel,
        "subject": text.subject,
        "body": text.body,
        "template_version": text.template_version,
        "language": text.language,
    }
    if text.cost is not None:
        cost = text.cost
        shown |= {"encoding": cost.encoding, "units": cost.units, "parts": cost.parts}
    return shown
