"""What people do about messages: look, stop, call back; and what the provider reports."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.ids import new_id
from chassis.web.pages import Page, PageAsked
from services import roles
from services.notifications.accueil import read_contacts
from services.notifications.domain.decision import may_be_called
from services.notifications.domain.lieu import Lieu
from services.notifications.domain.message import (
    Channel,
    Message,
    MessageAlreadyGone,
    MessageUnknown,
    NotTheProvider,
    NotUndeliverable,
    Status,
    Step,
    after,
)
from services.notifications.domain.reasons import CALL_BACK, DropReason, FailureReason
from services.notifications.persistence import UnitOfWork
from services.notifications.usecases.telling import fact_of


class ReceiptStatus(StrEnum):
    """What an SMS provider may report."""

    DELIVERED = "DELIVERED"
    UNDELIVERABLE = "UNDELIVERABLE"


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """One report of the provider about one message."""

    message_id: UUID
    status: ReceiptStatus
    provider_reference: str | None = None


def territory_of(caller: Caller) -> tuple[str, ...] | None:
    """The MDS whose messages a caller may see; None for all of them, `()` for none."""
    return None if caller.has(roles.ADMIN) else tuple(caller.mds)


def list_messages(
    uow: UnitOfWork, *, by: Caller, filters: dict[str, Any], page: PageAsked
) -> Page[Message]:
    """Messages of the caller's territory, newest first."""
    found = uow.readings.messages(
        territory=territory_of(by), filters=filters, limit=page.sought, after=page.after_id
    )
    return page.of(found, _place)


def read_message(uow: UnitOfWork, message_id: UUID, *, by: Caller) -> Message:
    """One message. Raises MessageUnknown, also outside the caller's territory."""
    message = uow.readings.message(message_id, territory_of(by))
    if message is None:
        raise MessageUnknown()
    return message


def list_undeliverable(
    uow: UnitOfWork, *, by: Caller, mds: str | None, page: PageAsked
) -> Page[Message]:
    """Messages whose person should be called back, newest first.

    Why a message stayed is days old, or says nothing of the person (TOO_LATE): accueil is asked
    again whom a call would endanger today. Raises Unavailable.
    """
    found = uow.readings.undeliverable(
        territory=territory_of(by), mds=mds, limit=page.sought, after=page.after_id
    )
    shown = page.of(found, _place)
    contacts = read_contacts(uow.neighbours, {message.personne_id for message in shown.items})
    callable_now = [m for m in shown.items if may_be_called(contacts.get(m.personne_id))]
    return Page(callable_now, shown.next)


def stop_message(uow: UnitOfWork, message_id: UUID, *, by: Caller) -> Message:
    """Stop a message before it leaves. Raises MessageUnknown, MessageAlreadyGone.

    Stopping twice is stopping once.
    """
    read_message(uow, message_id, by=by)
    dropped = uow.messages.drop_one(message_id, reason=DropReason.STOPPED, now=uow.now)
    if dropped:
        uow.publish(fact_of(dropped[0]))
        return dropped[0]
    message = read_message(uow, message_id, by=by)
    if message.reason != DropReason.STOPPED:
        raise MessageAlreadyGone("Il est en cours d’envoi, déjà parti ou déjà abandonné.")
    return message


def mark_called_back(uow: UnitOfWork, message_id: UUID, *, by: Caller) -> Message:
    """Tick a message off the call-back list; the second click changes nothing.

    Raises MessageUnknown, NotUndeliverable.
    """
    read_message(uow, message_id, by=by)
    message = uow.messages.locked(message_id)
    if message is None or message.reason not in CALL_BACK:
        raise NotUndeliverable("Ce message est parti, attend encore, ou ne doit pas être rappelé.")
    if message.called_back_at is not None:
        return message
    uow.messages.mark_called_back(message_id, by=by.subject, now=uow.now)
    return replace(message, called_back_at=uow.now)


def record_receipt(uow: UnitOfWork, receipt: Receipt, *, by: Caller, provider: str) -> None:
    """Record what became of an SMS. A repeated or contradictory report changes nothing more.

    A report may overtake the sender's own commit: it is then kept, and applied by the sender.
    Raises NotTheProvider, MessageUnknown.
    """
    if by.partenaire != provider:
        raise NotTheProvider("Présentez le jeton du fournisseur de SMS.")
    message = uow.messages.locked(receipt.message_id)
    if message is None or message.channel is Channel.EMAIL:
        raise MessageUnknown("Aucun SMS ne porte cet identifiant.")
    is_new = uow.messages.add_receipt(
        {
            "receipt_id": new_id(),
            "message_id": receipt.message_id,
            "status": receipt.status,
            "provider_reference": receipt.provider_reference,
            "received_at": uow.now,
        }
    )
    if is_new and message.status is Status.SENT:
        uow.publish(fact_of(apply_receipt(uow, message, receipt.status)))


def apply_receipt(uow: UnitOfWork, message: Message, status: str) -> Message:
    """Carry a report over to a sent message; answers the message as it now is."""
    if status == ReceiptStatus.DELIVERED:
        uow.messages.mark_delivered(message.message_id, uow.now)
        return replace(message, status=after(message.status, Step.DELIVER), delivered_at=uow.now)
    uow.messages.mark_failed(message.message_id, FailureReason.UNDELIVERABLE)
    return replace(
        message,
        status=after(message.status, Step.REFUSE),
        reason=FailureReason.UNDELIVERABLE,
    )


def put_lieu(uow: UnitOfWork, *, site: str, address: str, phone: str | None) -> Lieu:
    """Say how a site is named in messages. Raises PlaceNotNeutral."""
    place = Lieu(site=site, address=address, phone=phone)
    uow.lieux.put(place, now=uow.now)
    return place


def _place(message: Message) -> tuple[UUID]:
    return (message.message_id,)
