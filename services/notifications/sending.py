"""Sends what is due: the one place that reaches outside the database.

A batch is claimed in one transaction; contacts and states are read; messages leave; what became
of them and the facts that tell it are written in a second transaction. No transaction is open
while a server is talked to. After a crash the claim is taken over and the message leaves again
under the same key, which the SMS provider recognises.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID

from chassis.deadlines import Due
from chassis.errors import NotFound, Unavailable
from chassis.ids import new_id
from chassis.runtime import Runtime
from services.notifications.accueil import read_contacts
from services.notifications.channels import Accepted, Later, Letter, Outcome, Refused, Sender
from services.notifications.channels.sms import SmsSender
from services.notifications.channels.smtp import SmtpSender
from services.notifications.domain.decision import (
    Contact,
    Drop,
    RendezvousState,
    Route,
    Send,
    State,
    decide,
    is_too_late,
)
from services.notifications.domain.lieu import Lieu
from services.notifications.domain.message import Channel, Message, SubjectType, answer_by
from services.notifications.domain.outcomes import (
    Sending,
    accepted,
    deferred,
    dropped,
    postponed,
    refused,
)
from services.notifications.domain.reasons import DeferralReason, DropReason
from services.notifications.domain.timing import is_open, next_open
from services.notifications.rendering import Text, Wording, render
from services.notifications.rendezvous import read_offers, read_states
from services.notifications.rules import backoff, is_holiday, rules_at
from services.notifications.settings import Settings
from services.notifications.settling import Result, settle

#: Technical seconds after which a batch hands the rest back. A lease lasts 60 s; the last mail
#: begun may still take 35 s (seven exchanges of 5 s at the very worst).
_BATCH_SECONDS = 20.0


@dataclass(kw_only=True)
class _Round:
    """One batch on its way."""

    runtime: Runtime
    senders: Mapping[Channel, Sender]
    lieux: Mapping[str, Lieu]
    #: Where messages about the same subject already went.
    reached: set[tuple[Any, ...]]
    contacts: Mapping[UUID, Contact] = field(default_factory=dict)
    states: Mapping[UUID, State] = field(default_factory=dict)
    #: Channels that said *not now* to everybody.
    closed: dict[Channel, Later] = field(default_factory=dict)
    ends_at: float = field(default_factory=lambda: monotonic() + _BATCH_SECONDS)

    @property
    def now(self) -> datetime:
        """Trade time, read anew for each message."""
        return self.runtime.clock()


def send_due(runtime: Runtime, items: Sequence[Due]) -> None:
    """Send a batch of due messages, each once, in time, or not at all."""
    claim = new_id()
    ids = [UUID(item.subject) for item in items]
    messages, reached, lieux = runtime.transaction(lambda uow: _claim(uow, ids, claim))
    with ExitStack() as stack:
        batch = _Round(
            runtime=runtime,
            senders=_open_senders(runtime.settings_of(Settings), stack),
            lieux=lieux,
            reached=reached,
        )
        results = _work(batch, messages)
    runtime.transaction(lambda uow: settle(uow, items, results, claim))


def _claim(
    uow: Any, ids: Sequence[UUID], claim: UUID
) -> tuple[list[Message], set[tuple[Any, ...]], dict[str, Lieu]]:
    messages = uow.messages.claim(ids, claim=claim)
    reached = uow.messages.recipients_of({message.subject_id for message in messages})
    return messages, reached, uow.lieux.by_site()


def _open_senders(settings: Settings, stack: ExitStack) -> dict[Channel, Sender]:
    """The channels that are set up."""
    senders: dict[Channel, Sender] = {}
    if settings.sms_url:
        senders[Channel.SMS] = stack.enter_context(SmsSender(settings))
    if settings.smtp_host:
        senders[Channel.EMAIL] = stack.enter_context(SmtpSender(settings))
    return senders


def _work(batch: _Round, messages: Sequence[Message]) -> list[Result]:
    results = {message.message_id: _before_reading(batch, message) for message in messages}
    asked = [message for message in messages if results[message.message_id] is None]
    try:
        batch.contacts, batch.states = _read(batch.runtime, asked)
    except (Unavailable, NotFound):
        return [
            results[message.message_id]
            or _later(message, Later(reason=DeferralReason.NEIGHBOUR_UNAVAILABLE))
            for message in messages
        ]
    return [results[message.message_id] or _send(batch, message) for message in messages]


def _before_reading(batch: _Round, message: Message) -> Result | None:
    """What can be said without asking anybody; None when it is time to send."""
    now = batch.now
    if is_too_late(message, now):
        return Result(dropped(message, DropReason.TOO_LATE, now))
    rules = rules_at(now)
    if not is_open(now, rules, is_holiday):
        return Result(deferred(message, next_open(now, rules, is_holiday), now))
    return None


def _read(
    runtime: Runtime, messages: Sequence[Message]
) -> tuple[dict[UUID, Contact], dict[UUID, State]]:
    contacts = read_contacts(runtime.neighbours, {message.personne_id for message in messages})
    booked = _subjects(messages, SubjectType.RENDEZVOUS)
    offered = _subjects(messages, SubjectType.OFFRE)
    states: dict[UUID, State] = {
        **read_states(runtime.neighbours, booked),
        **read_offers(runtime.neighbours, offered),
    }
    return contacts, states


def _subjects(messages: Sequence[Message], kind: SubjectType) -> set[UUID]:
    return {message.subject_id for message in messages if message.subject_type is kind}


def _send(batch: _Round, message: Message) -> Result:
    if monotonic() > batch.ends_at:
        return Result(postponed(message, DeferralReason.PROVIDER_UNAVAILABLE), timedelta(0))
    now = batch.now
    verdict = decide(
        message,
        contact=batch.contacts.get(message.personne_id),
        states=batch.states,
        now=now,
        channels=_channels(batch, now),
    )
    if isinstance(verdict, Drop):
        return Result(dropped(message, verdict.reason, now))
    return _by_first_route(batch, message, verdict)


def _channels(batch: _Round, now: datetime) -> list[Channel]:
    """The channels to try, in the order of the rules, if they are set up."""
    return [Channel(name) for name in rules_at(now).channels if Channel(name) in batch.senders]


def _by_first_route(batch: _Round, message: Message, verdict: Send) -> Result:
    """The next route is tried only when the one before refused for good: never twice."""
    result: Result | None = None
    for route in verdict.routes:
        result = _by_route(batch, message, route, verdict.language)
        if not result.is_refused:
            return result
    if result is None:
        return Result(dropped(message, DropReason.NO_CHANNEL, batch.now))
    return result


def _by_route(batch: _Round, message: Message, route: Route, language: str | None) -> Result:
    if route.channel in batch.closed:
        return _later(message, batch.closed[route.channel])
    now = batch.now
    digest = batch.runtime.keyring.blind_index(route.address, "message.recipient")
    place = (message.subject_id, message.subject_version, message.template.value, digest)
    if place in batch.reached:
        return Result(dropped(message, DropReason.SAME_RECIPIENT, now))
    wording = _wording(message, batch.lieux.get(message.site), batch.states)
    text = render(wording, route.channel, now=now, language=language)
    outcome = batch.senders[route.channel].send(
        Letter(
            message_id=message.message_id,
            address=route.address,
            subject=text.subject,
            body=text.body,
        )
    )
    if isinstance(outcome, Accepted):
        batch.reached.add(place)
    if isinstance(outcome, Later) and outcome.closes:
        batch.closed[route.channel] = outcome
    return _result(message, outcome, _sending(route.channel, text, digest), now)


def _wording(message: Message, place: Lieu | None, states: Mapping[UUID, State]) -> Wording:
    state = states.get(message.subject_id)
    return Wording(
        template=message.template,
        starts_at=message.starts_at,
        modality=message.modality,
        discreet=message.discreet,
        place=place,
        answer_by=answer_by(message.template, message.not_after),
        instructions=state.instructions if isinstance(state, RendezvousState) else None,
    )


def _sending(channel: Channel, text: Text, digest: str) -> Sending:
    return Sending(
        channel=channel,
        template_version=text.template_version,
        language=text.language,
        recipient_digest=digest,
        sms_parts=text.cost.parts if text.cost else None,
        instructions=text.instructions,
    )


def _result(message: Message, outcome: Outcome, sending: Sending, now: datetime) -> Result:
    match outcome:
        case Accepted(reference=reference):
            return Result(accepted(message, sending.known_as(reference), now))
        case Refused(reason=reason):
            return Result(refused(message, sending, reason, now))
        case Later():
            return _later(message, outcome)


def _later(message: Message, outcome: Later) -> Result:
    wait = backoff(message.attempts + 1)
    if outcome.retry_after is not None:
        wait = max(wait, outcome.retry_after)
    return Result(postponed(message, outcome.reason), wait)
