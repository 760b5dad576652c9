"""The HTTP face of notifications: thin routes over the use cases."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from werkzeug.wrappers import Request, Response

from chassis.web.api import Api
from chassis.web.pages import Page
from chassis.web.problems import UnknownRoute
from chassis.web.route import Call, route
from chassis.web.schemas import Period
from services import roles
from services.notifications import boite, schemas
from services.notifications.domain.lieu import Lieu
from services.notifications.domain.message import (
    Message,
    MessageAlreadyGone,
    MessageUnknown,
    NotTheProvider,
    NotUndeliverable,
    PlaceNotNeutral,
    SiteCodeMalformed,
)
from services.notifications.persistence import UnitOfWork
from services.notifications.settings import Settings
from services.notifications.usecases import following, showing

_READERS = frozenset({roles.SECRETAIRE, roles.RESPONSABLE, roles.ADMIN})
_AUTHORS = roles.AGENTS | {roles.ADMIN}
_INBOX_ROWS = 100


class NotificationsService(Api):
    """Messages to people: lists, previews, stops, receipts, call-backs, figures."""

    name = "notifications"

    @route(
        "GET",
        "/v1/messages",
        allow=_READERS,
        query=schemas.MessageQuery,
        reply=schemas.MessageOut,
        many="messages",
        tag="Messages",
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
        allow=_READERS,
        reply=schemas.MessageWithTextOut,
        tag="Messages",
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
        allow=_READERS,
        reply=schemas.MessageOut,
        tag="Messages",
        summary="Arrêter un message avant son envoi",
        problems=(MessageUnknown, MessageAlreadyGone),
    )
    def stop_message(self, uow: UnitOfWork, call: Call, message_id: UUID) -> dict[str, Any]:
        """The second click answers like the first."""
        return _shown(following.stop_message(uow, message_id, by=call.caller))

    @route(
        "GET",
        "/v1/undeliverable",
        allow=_READERS,
        query=schemas.UndeliverableQuery,
        reply=schemas.MessageOut,
        many="messages",
        tag="À rappeler",
        summary="Lister les personnes à rappeler, faute de message arrivé",
    )
    def list_undeliverable(self, uow: UnitOfWork, call: Call) -> Page[dict[str, Any]]:
        """Never lists a person whom calling would endanger."""
        mds = call.query.get("mds")
        return _page(following.list_undeliverable(uow, by=call.caller, mds=mds, page=call.page))

    @route(
        "POST",
        "/v1/undeliverable/{message_id}/called-back",
        allow=_READERS,
        reply=schemas.MessageOut,
        tag="À rappeler",
        summary="Noter que la personne a été rappelée",
        problems=(MessageUnknown, NotUndeliverable),
    )
    def mark_called_back(self, uow: UnitOfWork, call: Call, message_id: UUID) -> dict[str, Any]:
        """Takes it off the list."""
        return _shown(following.mark_called_back(uow, message_id, by=call.caller))

    @route(
        "POST",
        "/v1/previews",
        allow=_AUTHORS,
        body=schemas.PreviewIn,
        reply=schemas.PreviewOut,
        tag="Modèles",
        summary="Voir un message avant qu’il existe, avec son coût en SMS",
        problems=(showing.StartMissing,),
    )
    def preview(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        """Nothing is stored or sent."""
        return {"texts": showing.preview(uow, **call.body)}

    @route(
        "POST",
        "/v1/receipts",
        allow=frozenset({roles.PARTENAIRE}),
        body=schemas.ReceiptIn,
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
        "/v1/lieux",
        allow=_AUTHORS,
        reply=schemas.LieuxOut,
        tag="Lieux",
        summary="Lister les sites tels que les messages les nomment",
    )
    def list_lieux(self, uow: UnitOfWork, call: Call) -> dict[str, list[Lieu]]:
        """A site without words is called « au lieu convenu »."""
        return {"lieux": uow.lieux.all()}

    @route(
        "PUT",
        "/v1/lieux/{site}",
        allow=frozenset({roles.ADMIN}),
        body=schemas.LieuIn,
        reply=schemas.LieuOut,
        tag="Lieux",
        summary="Dire comment les messages nomment un site",
        problems=(PlaceNotNeutral, SiteCodeMalformed),
    )
    def put_lieu(self, uow: UnitOfWork, call: Call, site: str) -> Lieu:
        """An address alone, no service name."""
        return following.put_lieu(uow, site=site, **call.body)

    @route(
        "GET",
        "/v1/activity",
        allow=roles.STATISTIQUES,
        query=Period,
        reply=schemas.ActivityOut,
        tag="Activité",
        summary="Compter les messages par MDS, modèle, canal, issue et motif",
    )
    def activity(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        """Counted on the Paris day a message was sent, failed or dropped."""
        first_day, last_day = call.query["first_day"], call.query["last_day"]
        rows = following.activity(uow, first_day=first_day, last_day=last_day)
        return call.query | {"rows": rows}

    @route(
        "GET",
        "/v1/inbox",
        allow=frozenset({roles.ADMIN}),
        raw=True,
        tag="Messages",
        summary="Voir les derniers messages (démonstration et tests seulement)",
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
