"""Writes what became of a batch: messages, facts, receipts that came early, what is tried again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.correlation import correlated
from chassis.deadlines import Due
from chassis.due import finish, postpone
from chassis.events import Correlation
from services.notifications.domain.message import SETTLED, Channel, Message, Status
from services.notifications.usecases.following import apply_receipt
from services.notifications.usecases.planning import EXPIRE, SEND
from services.notifications.usecases.telling import fact_of


@dataclass(frozen=True)
class Result:
    """What a message became. `wait`: technical time before it is tried again."""

    message: Message
    wait: timedelta | None = None

    @property
    def is_refused(self) -> bool:
        """Whether another route is worth trying."""
        return self.message.status is Status.FAILED


def settle(uow: Any, items: Sequence[Due], results: Sequence[Result], claim: UUID) -> None:
    """One transaction for the batch. What another sender took over meanwhile is left to it."""
    by_subject = {item.subject: item for item in items}
    held = uow.messages.settle([result.message for result in results], claim=claim)
    ours = [result for result in results if result.message.message_id in held]
    _tell(uow, [result.message for result in ours], by_subject)
    again = [result for result in ours if result.wait is not None]
    kept = _postpone(uow, again, by_subject)
    kept |= {by_subject[str(one)].id for one in _taken_over(results, held)}
    finish(uow, [item.id for item in items if item.id not in kept])
    _defer(uow, ours, by_subject)


def _taken_over(results: Iterable[Result], held: set[UUID]) -> set[UUID]:
    """Messages another sender holds now: their due work is its to finish."""
    return {result.message.message_id for result in results} - held


def _tell(uow: Any, messages: Sequence[Message], by_subject: Mapping[str, Due]) -> None:
    settled = [message for message in messages if message.status in SETTLED]
    by_sms = [one.message_id for one in settled if _awaits_receipt(one)]
    receipts = uow.messages.early_receipts(by_sms) if by_sms else {}
    for message in settled:
        item = by_subject[str(message.message_id)]
        with correlated(Correlation(correlation_id=item.correlation_id)):
            uow.publish(fact_of(message))
            if message.message_id in receipts:
                known = apply_receipt(uow, message, receipts[message.message_id])
                uow.publish(fact_of(known))


def _awaits_receipt(message: Message) -> bool:
    return message.status is Status.SENT and message.channel is Channel.SMS


def _postpone(uow: Any, again: Iterable[Result], by_subject: Mapping[str, Due]) -> set[UUID]:
    """Hand back for later; from the first time on, the end of usefulness is watched over."""
    kept: set[UUID] = set()
    for result in again:
        message = result.message
        item = by_subject[str(message.message_id)]
        postpone(uow, item.id, result.wait or timedelta(0), str(message.last_error))
        kept.add(item.id)
        if message.attempts == 1:
            _schedule(uow, EXPIRE, item, message.not_after)
    return kept


def _defer(uow: Any, results: Iterable[Result], by_subject: Mapping[str, Due]) -> None:
    """Plan again, in trade time, what quiet hours held back."""
    for result in results:
        if result.message.status is Status.WAITING and result.wait is None:
            item = by_subject[str(result.message.message_id)]
            _schedule(uow, SEND, item, result.message.due_at)


def _schedule(uow: Any, kind: str, item: Due, due_at: datetime) -> None:
    """Work that follows from other work keeps its correlation."""
    with correlated(Correlation(correlation_id=item.correlation_id)):
        uow.schedule(kind, item.subject, due_at)
