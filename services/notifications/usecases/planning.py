"""Plans messages from what other services tell, and stops those that events overtake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.ids import new_id
from services.notifications.domain.message import (
    Message,
    Modality,
    Status,
    SubjectType,
    Template,
)
from services.notifications.domain.outcomes import dropped
from services.notifications.domain.reasons import DropReason
from services.notifications.domain.timing import next_open, reminder_due, reminder_not_after
from services.notifications.persistence import UnitOfWork
from services.notifications.rules import is_holiday, rules_at
from services.notifications.usecases.telling import fact_of

#: The kinds of due work: leave, and be dropped when a provider stays away too long.
SEND, EXPIRE = "send", "expire"


@dataclass(frozen=True, kw_only=True)
class Rendezvous:
    """What a fact of rendezvous says. `version` is the number of that fact for its rendezvous."""

    rendezvous_id: UUID
    version: int
    personne_ids: Sequence[UUID]
    mds: str
    site: str
    modality: Modality
    discreet: bool
    starts_at: datetime


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer was given to a request for aid. What it says stays in aides.

    `personne_id` is the applicant.
    """

    demande_id: UUID
    version: int
    personne_id: UUID
    mds: str
    site: str


@dataclass(frozen=True, kw_only=True)
class Offre:
    """What a fact about an offer says. `version` is the number of that fact for its offer."""

    offer_id: UUID
    version: int
    personne_ids: Sequence[UUID]
    mds: str
    site: str
    modality: Modality
    discreet: bool
    starts_at: datetime
    expires_at: datetime


def announce_rendezvous(uow: UnitOfWork, rendezvous: Rendezvous, *, template: Template) -> None:
    """Tell of a booking or a move, and plan the reminder; older news still waiting is dropped."""
    supersede(uow, rendezvous)
    _plan(uow, [*_news(uow, rendezvous, template), *_reminders(uow, rendezvous)])


def announce_move(uow: UnitOfWork, rendezvous: Rendezvous) -> None:
    """Tell of a move, if it changes anything for the person: another agent alone does not."""
    if not uow.messages.already_says(
        rendezvous.rendezvous_id,
        starts_at=rendezvous.starts_at,
        site=rendezvous.site,
        modality=rendezvous.modality,
    ):
        announce_rendezvous(uow, rendezvous, template=Template.RENDEZVOUS_MOVED)


def announce_cancellation(uow: UnitOfWork, rendezvous: Rendezvous) -> None:
    """Tell that a rendezvous will not take place; whatever else waited about it is dropped."""
    supersede(uow, rendezvous)
    _plan(uow, _news(uow, rendezvous, Template.RENDEZVOUS_CANCELLED))


def announce_answer(uow: UnitOfWork, answer: Answer) -> None:
    """Tell the applicant that an answer is waiting; neither which nor about what."""
    rules = rules_at(uow.now)
    _plan(
        uow,
        [
            Message(
                message_id=new_id(),
                subject_type=SubjectType.DEMANDE,
                subject_id=answer.demande_id,
                subject_version=answer.version,
                template=Template.DEMANDE_ANSWERED,
                personne_id=answer.personne_id,
                mds=answer.mds,
                site=answer.site,
                due_at=next_open(uow.now, rules, is_holiday),
                not_after=uow.now + rules.answer_useful,
                created_at=uow.now,
            )
        ],
    )


def announce_offer(uow: UnitOfWork, offre: Offre) -> None:
    """Tell of a time that freed; of no use once it can no longer be answered."""
    _plan(uow, _of_offer(uow, offre, Template.CRENEAU_OFFERED, not_after=offre.expires_at))


def close_offer(uow: UnitOfWork, offre: Offre, *, is_taken: bool) -> None:
    """Nothing more is told of it, but to whoever was told and lost it: that it is taken."""
    untold = uow.messages.drop_waiting_of_subject(
        SubjectType.OFFRE,
        offre.offer_id,
        before=offre.version,
        personne_ids=offre.personne_ids,
        now=uow.now,
    )
    _tell(uow, untold)
    if is_taken:
        knew_nothing = {message.personne_id for message in untold}
        news = _of_offer(uow, offre, Template.CRENEAU_TAKEN, not_after=offre.starts_at)
        _plan(uow, [message for message in news if message.personne_id not in knew_nothing])


def supersede(uow: UnitOfWork, rendezvous: Rendezvous) -> None:
    """Drop what older facts of this rendezvous left waiting for those this one is told to; its
    first fact has none before it. One who left a collective rendezvous still hears that."""
    if rendezvous.version == 1:
        return
    _tell(
        uow,
        uow.messages.drop_waiting_of_subject(
            SubjectType.RENDEZVOUS,
            rendezvous.rendezvous_id,
            before=rendezvous.version,
            personne_ids=rendezvous.personne_ids,
            now=uow.now,
        ),
    )


def stop_for_personne(uow: UnitOfWork, personne_id: UUID, *, reason: DropReason) -> None:
    """Drop everything that waits for a person: death, or the absolute *no contact*."""
    _tell(uow, uow.messages.drop_waiting_of_personne(personne_id, reason=reason, now=uow.now))


def drop_expired(uow: UnitOfWork, message_ids: Sequence[UUID]) -> None:
    """Record as too late the messages that no provider took in time."""
    _tell(uow, uow.messages.drop_expired(message_ids, now=uow.now))


def _news(uow: UnitOfWork, rendezvous: Rendezvous, template: Template) -> list[Message]:
    """Leaves at once, or when quiet hours end; of no use once the rendezvous has begun."""
    due_at = next_open(uow.now, rules_at(uow.now), is_holiday)
    return _about(
        rendezvous, template=template, now=uow.now, due_at=due_at, not_after=rendezvous.starts_at
    )


def _reminders(uow: UnitOfWork, rendezvous: Rendezvous) -> list[Message]:
    rules = rules_at(uow.now)
    due_at = reminder_due(rendezvous.starts_at, uow.now, rules, is_holiday)
    if due_at is None:
        return []
    return _about(
        rendezvous,
        template=Template.RENDEZVOUS_REMINDER,
        now=uow.now,
        due_at=due_at,
        not_after=reminder_not_after(rendezvous.starts_at, rules),
    )


def _about(
    rendezvous: Rendezvous,
    *,
    template: Template,
    now: datetime,
    due_at: datetime,
    not_after: datetime,
) -> list[Message]:
    """The same message to each person."""
    return [
        Message(
            message_id=new_id(),
            subject_type=SubjectType.RENDEZVOUS,
            subject_id=rendezvous.rendezvous_id,
            subject_version=rendezvous.version,
            template=template,
            personne_id=personne_id,
            mds=rendezvous.mds,
            site=rendezvous.site,
            due_at=due_at,
            not_after=not_after,
            created_at=now,
            starts_at=rendezvous.starts_at,
            modality=rendezvous.modality,
            discreet=rendezvous.discreet,
        )
        for personne_id in rendezvous.personne_ids
    ]


def _of_offer(
    uow: UnitOfWork, offre: Offre, template: Template, *, not_after: datetime
) -> list[Message]:
    due_at = next_open(uow.now, rules_at(uow.now), is_holiday)
    return [
        Message(
            message_id=new_id(),
            subject_type=SubjectType.OFFRE,
            subject_id=offre.offer_id,
            subject_version=offre.version,
            template=template,
            personne_id=personne_id,
            mds=offre.mds,
            site=offre.site,
            due_at=due_at,
            not_after=not_after,
            created_at=uow.now,
            starts_at=offre.starts_at,
            modality=offre.modality,
            discreet=offre.discreet,
        )
        for personne_id in offre.personne_ids
    ]


def _plan(uow: UnitOfWork, messages: Sequence[Message]) -> None:
    """Store each message once; one that can only leave too late is recorded as dropped."""
    planned = [_dropped_if_late(message, uow.now) for message in messages]
    added = uow.messages.add(planned)
    for message in planned:
        if message.message_id not in added:
            continue
        if message.status is Status.DROPPED:
            uow.publish(fact_of(message))
        else:
            uow.schedule(SEND, message.message_id, message.due_at)


def _dropped_if_late(message: Message, now: datetime) -> Message:
    if message.due_at < message.not_after:
        return message
    return dropped(message, DropReason.TOO_LATE, now)


def _tell(uow: UnitOfWork, gone: Sequence[Message]) -> None:
    uow.publish(*map(fact_of, gone))
