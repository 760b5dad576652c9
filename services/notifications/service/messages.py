"""Routes of messages: lists, texts, stops, call-backs, the provider’s receipts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from werkzeug.wrappers import Request, Response

from chassis.host.http import HostProvider
from chassis.web.pages import Page
from chassis.web.problems import UnknownRoute
from chassis.web.route import Call, route
from services import roles
from services.notifications import boite
from services.notifications.domain.message import (
    Message,
    MessageAlreadyGone,
    MessageUnknown,
    NotTheProvider,
    NotUndeliverable,
)
from services.notifications.persistence import UnitOfWork
from services.notifications.schemas.messages import (
    MessageOut,
    MessageQuery,
    MessageWithTextOut,
    ReceiptIn,
    UndeliverableQuery,
)
from services.notifications.service import allowed
from services.notifications.settings import Settings
from services.notifications.usecases import following, showing

_MESSAGES, _CALL_BACKS = "Messages", "À rappeler"
_INBOX_ROWS = 100


class MessageRoutes:
    """What is sent, what becomes of it, and who is to be called back."""

    #: Of `Api`: the raw page and the provider's name need the running process.
    host: HostProvider

    @route(
        "GET",
        "/v1/messages",
        allow=allowed.READERS,
        query=MessageQuery,
        reply=MessageOut,
        many="messages",
        tag=_MESSAGES,
        summary="Lister les messages de son territoire, du plus récent au plus ancien",
    )
    def list_messages(self, uow: UnitOfWork, call: Call) -> Page[dict[str, Any]]:
        """Filtered by codes; an agent sees the MDS of their token, an administrator all."""
        return _page(
            following.list_messages(uow, by=call.caller, filters=call.query, page=call.page)
        )

    @route(
        "GET",
        "/v1/messages/{message_id}",
        allow=allowed.READERS,
        reply=MessageWithTextOut,
        tag=_MESSAGES,
        summary="Lire un message et son texte, sans donnée personnelle",
        problems=(MessageUnknown,),
    )
    def read_message(self, uow: UnitOfWork, call: Call, message_id: UUID) -> dict[str, Any]:
        """404 outside the caller's territory."""
        message = following.read_message(uow, message_id, by=call.caller)
        return _shown(message) | {"texts": showing.texts_of(message, uow.lieux.by_site())}

    @route(
        "POST",
        "/v1/messages/{message_id}/stop",
        allow=allowed.READERS,
        reply=MessageOut,
        tag=_MESSAGES,
        summary="Arrêter un message avant son envoi",
        problems=(MessageUnknown, MessageAlreadyGone),
    )
    def stop_message(self, uow: UnitOfWork, call: Call, message_id: UUID) -> dict[str, Any]:
        """The second click answers like the first."""
        return _shown(following.stop_message(uow, message_id, by=call.caller))

    @route(
        "GET",
        "/v1/undeliverable",
        allow=allowed.READERS,
        query=UndeliverableQuery,
        reply=MessageOut,
        many="messages",
        tag=_CALL_BACKS,
        summary="Lister les personnes à rappeler, faute de message arrivé",
    )
    def list_undeliverable(self, uow: UnitOfWork, call: Call) -> Page[dict[str, Any]]:
        """Never lists a person whom calling would endanger."""
        mds = call.query.get("mds")
        return _page(following.list_undeliverable(uow, by=call.caller, mds=mds, page=call.page))

    @route(
        "POST",
        "/v1/undeliverable/{message_id}/called-back",
        allow=allowed.READERS,
        reply=MessageOut,
        tag=_CALL_BACKS,
        summary="Noter que la personne a été rappelée",
        problems=(MessageUnknown, NotUndeliverable),
    )
    def mark_called_back(self, uow: UnitOfWork, call: Call, message_id: UUID) -> dict[str, Any]:
        """Takes it off the list."""
        return _shown(following.mark_called_back(uow, message_id, by=call.caller))

    @route(
        "POST",
        "/v1/receipts",
        allow=frozenset({roles.PARTENAIRE}),
        body=ReceiptIn,
        status=204,
        tag="Fournisseur de SMS",
        summary="Déposer l’accusé d’un SMS (fournisseur)",
        problems=(MessageUnknown, NotTheProvider),
    )
    def record_receipt(self, uow: UnitOfWork, call: Call) -> None:
        """May be repeated at will."""
        following.record_receipt(
            uow,
            following.Receipt(
                message_id=call.body["reference"],
                status=call.body["status"],
                provider_reference=call.body["id"],
            ),
            by=call.caller,
            provider=self.host.runtime.settings_of(Settings).sms_partenaire,
        )

    @route(
        "GET",
        "/v1/inbox",
        allow=frozenset({roles.ADMIN}),
        raw=True,
        tag=_MESSAGES,
        summary="Voir les derniers messages (démonstration et tests seulement)",
        problems=(UnknownRoute,),
    )
    def inbox(self, request: Request) -> Response:
        """404 in production: an operator reads `/v1/messages`."""
        runtime = self.host.runtime
        if runtime.settings.environment == "production":
            raise UnknownRoute("Cette page n’existe qu’en démonstration.")
        with runtime.unit_of_work() as uow:
            messages = uow.readings.messages(
                territory=None, filters={}, limit=_INBOX_ROWS, after=None
            )
            html = boite.page(messages, uow.lieux.by_site())
        return Response(html, content_type="text/html; charset=utf-8")


def _page(found: Page[Message]) -> Page[dict[str, Any]]:
    return Page([_shown(message) for message in found.items], found.next)


def _shown(message: Message) -> dict[str, Any]:
    """A message without the members that have no value yet."""
    return {name: value for name, value in asdict(message).items() if value is not None}
