"""The last check, made with what accueil and rendezvous say at the moment of sending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.notifications.domain.message import Channel, Message, SubjectType, Template
from services.notifications.domain.reasons import CALL_BACK, DropReason


@dataclass(frozen=True, kw_only=True)
class Contact:
    """How a person may be reached right now. Read at sending, forgotten right after."""

    personne_id: UUID
    allowed: bool
    reason: str | None
    language: str | None
    sms: str | None = field(repr=False)
    email: str | None = field(repr=False)

    def address(self, channel: Channel) -> str | None:
        """The address on a channel, if the person opted in for it and confirmed it safe."""
        return self.sms if channel is Channel.SMS else self.email


@dataclass(frozen=True, kw_only=True)
class RendezvousState:
    """What has become of a rendezvous. `is_planned`: still to come as booked; `personne_ids`: who
    is expected (or was, once cancelled): one who left a collective one no longer is."""

    is_planned: bool
    is_cancelled: bool
    starts_at: datetime
    personne_ids: frozenset[UUID]
    #: Of the motif, as rendezvous lets a message say them: none of a discreet one.
    instructions: str | None = None


@dataclass(frozen=True, kw_only=True)
class OffreState:
    """What has become of an offer. `is_taken`: another of those it was offered to has the time."""

    is_open: bool
    is_taken: bool
    starts_at: datetime


State = RendezvousState | OffreState


@dataclass(frozen=True, kw_only=True)
class Route:
    """One way to a person. The address never leaves memory."""

    channel: Channel
    address: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Send:
    """Send it, by the first route that takes it."""

    routes: Sequence[Route]
    language: str | None


@dataclass(frozen=True, kw_only=True)
class Drop:
    """Do not send it, ever."""

    reason: DropReason


#: accueil's reasons, in our words; a reason we do not know stops the message all the same.
_REFUSALS: Mapping[str | None, DropReason] = {
    "DECEASED": DropReason.DECEASED,
    "NO_CONTACT": DropReason.NO_CONTACT,
    "UNKNOWN": DropReason.UNKNOWN_PERSONNE,
    "NO_SAFE_CONTACT": DropReason.NO_CHANNEL,
    "NOT_OPTED_IN": DropReason.NO_CHANNEL,
    "NOT_CONFIRMED": DropReason.UNSAFE,
    "SHARED": DropReason.UNSAFE,
}


#: What may have changed since the message was planned.
_CHECKED = frozenset({SubjectType.RENDEZVOUS, SubjectType.OFFRE})


def decide(
    message: Message,
    *,
    contact: Contact | None,
    states: Mapping[UUID, State],
    now: datetime,
    channels: Sequence[Channel],
) -> Send | Drop:
    """Send or drop. `states`: the rendezvous and offers of the batch; an absent one is over."""
    if is_too_late(message, now):
        return Drop(reason=DropReason.TOO_LATE)
    if message.subject_type in _CHECKED and not _still_holds(
        message, states.get(message.subject_id)
    ):
        return Drop(reason=DropReason.SUPERSEDED)
    if contact is None:
        return Drop(reason=DropReason.UNKNOWN_PERSONNE)
    if not contact.allowed:
        return Drop(reason=_refusal(contact))
    routes = [
        Route(channel=channel, address=address)
        for channel in channels
        if (address := contact.address(channel))
    ]
    if not routes:
        return Drop(reason=DropReason.NO_CHANNEL)
    return Send(routes=routes, language=contact.language)


def may_be_called(contact: Contact | None) -> bool:
    """Whether calling this person back endangers nobody, as accueil sees it now."""
    return contact is None or contact.allowed or _refusal(contact) in CALL_BACK


def is_too_late(message: Message, now: datetime) -> bool:
    """Whether the moment of a message has passed; at `not_after` itself it has."""
    return now >= message.not_after


def _refusal(contact: Contact) -> DropReason:
    return _REFUSALS.get(contact.reason, DropReason.UNSAFE)


def _still_holds(message: Message, state: State | None) -> bool:
    """Whether the rendezvous or the offer still is what the message says it is."""
    if state is None:
        return False
    if isinstance(state, OffreState):
        says_taken = message.template is Template.CRENEAU_TAKEN
        return (state.is_taken if says_taken else state.is_open) and _is_same_time(message, state)
    is_expected = message.personne_id in state.personne_ids
    if message.template is Template.RENDEZVOUS_CANCELLED:
        return state.is_cancelled or not is_expected
    return state.is_planned and is_expected and _is_same_time(message, state)


def _is_same_time(message: Message, state: State) -> bool:
    return state.starts_at == message.starts_at
