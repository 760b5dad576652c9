"""A message to one person about one thing: its life, and why it may end without being sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from chassis.errors import Conflict, Forbidden, Invalid, NotFound


class Template(StrEnum):
    """What a message says. The wording is in `templates/`, one folder per code and version."""

    RENDEZVOUS_CONFIRMED = "RENDEZVOUS_CONFIRMED"
    RENDEZVOUS_REMINDER = "RENDEZVOUS_REMINDER"
    RENDEZVOUS_MOVED = "RENDEZVOUS_MOVED"
    RENDEZVOUS_CANCELLED = "RENDEZVOUS_CANCELLED"
    DEMANDE_ANSWERED = "DEMANDE_ANSWERED"
    CRENEAU_OFFERED = "CRENEAU_OFFERED"
    CRENEAU_TAKEN = "CRENEAU_TAKEN"


class SubjectType(StrEnum):
    """What a message is about."""

    RENDEZVOUS = "RENDEZVOUS"
    DEMANDE = "DEMANDE"
    #: A time that freed, offered to someone of the waiting list.
    OFFRE = "OFFRE"


class Channel(StrEnum):
    """How a message travels. The letter is not sent from here yet."""

    SMS = "SMS"
    EMAIL = "EMAIL"


class Modality(StrEnum):
    """Where a rendezvous is held, as rendezvous says it."""

    PRESENTIEL = "PRESENTIEL"
    TELEPHONE = "TELEPHONE"
    VAD = "VAD"
    PERMANENCE = "PERMANENCE"
    VISIO = "VISIO"


class Status(StrEnum):
    """Where a message is in its life."""

    WAITING = "WAITING"
    #: Claimed by a sender; comes back to WAITING, or to another sender after the lease.
    SENDING = "SENDING"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    DROPPED = "DROPPED"


class Step(StrEnum):
    """What can happen to a message."""

    CLAIM = "CLAIM"
    DEFER = "DEFER"
    ACCEPT = "ACCEPT"
    REFUSE = "REFUSE"
    DELIVER = "DELIVER"
    DROP = "DROP"


TRANSITIONS: Mapping[tuple[Status, Step], Status] = {
    (Status.WAITING, Step.CLAIM): Status.SENDING,
    (Status.WAITING, Step.DROP): Status.DROPPED,
    # Another sender takes over when the lease of the first has run out.
    (Status.SENDING, Step.CLAIM): Status.SENDING,
    (Status.SENDING, Step.DEFER): Status.WAITING,
    (Status.SENDING, Step.ACCEPT): Status.SENT,
    (Status.SENDING, Step.REFUSE): Status.FAILED,
    (Status.SENDING, Step.DROP): Status.DROPPED,
    (Status.SENT, Step.DELIVER): Status.DELIVERED,
    (Status.SENT, Step.REFUSE): Status.FAILED,
}

#: What no sender will touch again.
SETTLED = frozenset({Status.SENT, Status.DELIVERED, Status.FAILED, Status.DROPPED})


class MessageUnknown(NotFound):
    """No such message, or none the caller may see."""

    code = "message-inconnu"
    title = "Ce message n’existe pas"


class MessageAlreadyGone(Conflict):
    """The message left, failed or was dropped: it can no longer be stopped."""

    code = "message-deja-traite"
    title = "Ce message n’est plus en attente"


class NotUndeliverable(Conflict):
    """Only a message of the call-back list can be ticked off."""

    code = "message-sans-rappel"
    title = "Ce message n’attend pas de rappel"


class NotTheProvider(Forbidden):
    """Receipts come from the SMS provider alone."""

    code = "accuse-refuse"
    title = "Seul le fournisseur de SMS dépose des accusés"


class PlaceNotNeutral(Invalid):
    """The public text of a place would say why people go there."""

    code = "lieu-non-neutre"
    title = "Ce libellé de lieu en dit trop"


class SiteCodeMalformed(Invalid):
    """The code in the address is not one accueil could have given."""

    code = "code-site-malforme"
    title = "Code de site non reconnu"


def answer_by(template: Template, not_after: datetime) -> datetime | None:
    """Until when an offer can be answered, which its message says: it is of no use after that."""
    return not_after if template is Template.CRENEAU_OFFERED else None


def after(status: Status, step: Step) -> Status:
    """The status after a step. Raises MessageAlreadyGone when the step is not open."""
    try:
        return TRANSITIONS[status, step]
    except KeyError:
        raise MessageAlreadyGone(
            "Relisez le message : il a déjà été envoyé, abandonné ou refusé."
        ) from None


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message to one person. Instants are aware UTC; `claimed_at` alone is technical time.

    `subject_version` is the number of the fact that caused it among the facts of its subject:
    with subject, template and person it names the message once and for all, whatever channel
    carries it in the end.
    """

    message_id: UUID
    subject_type: SubjectType
    subject_id: UUID
    subject_version: int
    template: Template
    personne_id: UUID
    mds: str
    site: str
    due_at: datetime
    not_after: datetime
    created_at: datetime
    status: Status = Status.WAITING
    reason: str | None = None
    #: What the text is made of: no name, no address, no matter.
    starts_at: datetime | None = None
    modality: Modality | None = None
    discreet: bool = False
    #: What the text that left said to bring: it is the motif's, nobody's in particular.
    instructions: str | None = None
    channel: Channel | None = None
    template_version: int | None = None
    language: str | None = None
    sms_parts: int | None = None
    #: Keyed digest of the address: shows that two messages went to one place, not which.
    recipient_digest: str | None = None
    provider_reference: str | None = None
    attempts: int = 0
    last_error: str | None = None
    settled_at: datetime | None = None
    delivered_at: datetime | None = None
    called_back_at: datetime | None = None
