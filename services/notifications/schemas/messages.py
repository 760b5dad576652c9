"""Messages, and what the provider reports of them."""

from __future__ import annotations

from chassis.web import fields
from chassis.web.schemas import Schema
from services.notifications.domain.message import (
    Channel,
    Status,
    SubjectType,
    Template,
)
from services.notifications.schemas.wording import TextOut
from services.notifications.usecases.following import ReceiptStatus


class MessageOut(Schema):
    """A message as an agent may see it."""

    message_id = fields.uuid("Identifiant du message.")
    template = fields.choice(Template, "Modèle.")
    template_version = fields.integer("Version du modèle ; absente tant que rien n’est parti.", 1)
    subject_type = fields.choice(SubjectType, "Nature du sujet.")
    subject_id = fields.uuid("Rendez-vous ou demande dont parle le message.")
    personne_id = fields.uuid("Personne à qui il s’adresse.")
    mds = fields.code("MDS du sujet.", "MDS-MONTAUBAN")
    site = fields.code("Site du sujet.", "MONTAUBAN-CENTRE")
    status = fields.choice(Status, "Où en est le message.")
    reason = fields.code("Pourquoi il a été abandonné ou a échoué.", "TOO_LATE")
    channel = fields.choice(Channel, "Canal, choisi au moment de l’envoi.")
    language = fields.language("Langue du texte envoyé.")
    sms_parts = fields.integer("Nombre de SMS facturés.", 1)
    attempts = fields.integer("Tentatives d’envoi.", 1)
    last_error = fields.code("Ce qui a retardé l’envoi.", "PROVIDER_UNAVAILABLE")
    due_at = fields.instant("Instant d’envoi prévu.")
    not_after = fields.instant("À partir de cet instant le message ne part plus.")
    created_at = fields.instant("Instant de planification.")
    settled_at = fields.instant("Instant d’envoi, d’échec ou d’abandon.")
    delivered_at = fields.instant("Instant de remise attestée.")
    called_back_at = fields.instant("Instant du rappel par un agent.")


class MessageWithTextOut(MessageOut):
    """A message and the words it is made of, written again from the codes kept."""

    texts = fields.many(TextOut, "Texte par canal.")


class MessageQuery(Schema):
    """Filters of the list of messages."""

    mds = fields.code("Code de MDS.", "MDS-MONTAUBAN")
    site = fields.code("Code de site.", "MONTAUBAN-CENTRE")
    status = fields.choice(Status, "État du message.")
    template = fields.choice(Template, "Modèle.")
    channel = fields.choice(Channel, "Canal.")
    subject_id = fields.uuid("Rendez-vous ou demande.")
    personne_id = fields.uuid("Personne (identifiant).")


class UndeliverableQuery(Schema):
    """Filter of the call-back list."""

    mds = fields.code("Code de MDS.", "MDS-MONTAUBAN")


class ReceiptIn(Schema):
    """What the SMS provider reports about one message."""

    reference = fields.uuid("Le champ « reference » reçu à l’envoi.", required=True)
    status = fields.choice(ReceiptStatus, "Sort du SMS.", "DELIVERED", required=True)
    id = fields.text(
        "Identifiant du SMS chez le fournisseur.", "sms-000123", most=200, load_default=None
    )
