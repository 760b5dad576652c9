"""What notifications takes and answers over HTTP. No name, no address, no text of a person's."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from chassis.web.schemas import Schema
from services.notifications.domain.message import (
    Channel,
    Modality,
    Status,
    SubjectType,
    Template,
)
from services.notifications.usecases.following import ReceiptStatus

_SITE = validate.Regexp(r"^[A-Z0-9][A-Z0-9_-]{1,63}$", error="Code de site attendu.")
_PHONE = validate.Regexp(
    r"^0[1-9]( ?\d{2}){4}$|^\d{4}$", error="Numéro français attendu (ex. 05 63 00 00 00)."
)


def _about(description: str, example: Any = None) -> dict[str, Any]:
    known = {"description": description}
    return known if example is None else known | {"example": example}


class MessageOut(Schema):
    """A message as an agent may see it."""

    message_id = fields.UUID(metadata=_about("Identifiant du message."))
    template = fields.Enum(Template, by_value=True, metadata=_about("Modèle."))
    template_version = fields.Integer(
        metadata=_about("Version du modèle ; absente tant que rien n’est parti.", 1)
    )
    subject_type = fields.Enum(SubjectType, by_value=True, metadata=_about("Nature du sujet."))
    subject_id = fields.UUID(metadata=_about("Rendez-vous ou demande dont parle le message."))
    personne_id = fields.UUID(metadata=_about("Personne à qui il s’adresse."))
    mds = fields.String(metadata=_about("MDS du sujet.", "MDS-MONTAUBAN"))
    site = fields.String(metadata=_about("Site du sujet.", "MONTAUBAN-CENTRE"))
    status = fields.Enum(Status, by_value=True, metadata=_about("Où en est le message."))
    reason = fields.String(metadata=_about("Pourquoi il a été abandonné ou a échoué.", "TOO_LATE"))
    channel = fields.Enum(
        Channel, by_value=True, metadata=_about("Canal, choisi au moment de l’envoi.")
    )
    language = fields.String(metadata=_about("Langue du texte envoyé.", "fr"))
    sms_parts = fields.Integer(metadata=_about("Nombre de SMS facturés.", 1))
    attempts = fields.Integer(metadata=_about("Tentatives d’envoi.", 1))
    last_error = fields.String(metadata=_about("Ce qui a retardé l’envoi.", "PROVIDER_UNAVAILABLE"))
    due_at = fields.AwareDateTime(metadata=_about("Instant d’envoi prévu."))
    not_after = fields.AwareDateTime(
        metadata=_about("À partir de cet instant le message ne part plus.")
    )
    created_at = fields.AwareDateTime(metadata=_about("Instant de planification."))
    settled_at = fields.AwareDateTime(metadata=_about("Instant d’envoi, d’échec ou d’abandon."))
    delivered_at = fields.AwareDateTime(metadata=_about("Instant de remise attestée."))
    called_back_at = fields.AwareDateTime(metadata=_about("Instant du rappel par un agent."))


class TextOut(Schema):
    """What a message says on one channel."""

    channel = fields.Enum(Channel, by_value=True, metadata=_about("Canal."))
    subject = fields.String(metadata=_about("Objet du courriel.", "Votre rendez-vous"))
    body = fields.String(metadata=_about("Texte, sans aucune donnée personnelle."))
    template_version = fields.Integer(metadata=_about("Version du modèle.", 1))
    language = fields.String(metadata=_about("Langue.", "fr"))
    encoding = fields.String(metadata=_about("Alphabet du SMS (GSM-7 ou UCS-2).", "GSM-7"))
    units = fields.Integer(metadata=_about("Longueur du SMS, en unités de cet alphabet.", 98))
    parts = fields.Integer(metadata=_about("Nombre de SMS facturés.", 1))


class MessageWithTextOut(MessageOut):
    """A message and the words it is made of, written again from the codes kept."""

    texts = fields.List(fields.Nested(TextOut), metadata=_about("Texte par canal."))


class MessageQuery(Schema):
    """Filters of the list of messages."""

    mds = fields.String(metadata=_about("Code de MDS.", "MDS-MONTAUBAN"))
    site = fields.String(metadata=_about("Code de site.", "MONTAUBAN-CENTRE"))
    status = fields.Enum(Status, by_value=True, metadata=_about("État du message."))
    template = fields.Enum(Template, by_value=True, metadata=_about("Modèle."))
    channel = fields.Enum(Channel, by_value=True, metadata=_about("Canal."))
    subject_id = fields.UUID(metadata=_about("Rendez-vous ou demande."))
    personne_id = fields.UUID(metadata=_about("Personne (identifiant)."))


class UndeliverableQuery(Schema):
    """Filter of the call-back list."""

    mds = fields.String(metadata=_about("Code de MDS.", "MDS-MONTAUBAN"))


class PreviewIn(Schema):
    """What to preview: codes only, as a fact would give them."""

    template = fields.Enum(
        Template,
        by_value=True,
        required=True,
        metadata=_about("Modèle à montrer.", "RENDEZVOUS_REMINDER"),
    )
    starts_at = fields.AwareDateTime(
        metadata=_about(
            "Début du rendez-vous (obligatoire pour un modèle de rendez-vous).",
            "2023-03-14T09:30:00+01:00",
        )
    )
    modality = fields.Enum(
        Modality,
        by_value=True,
        load_default=Modality.PRESENTIEL,
        metadata=_about("Modalité du rendez-vous.", "PRESENTIEL"),
    )
    discreet = fields.Boolean(
        load_default=False, metadata=_about("Motif discret : le message en dit moins.", False)
    )
    site = fields.String(validate=_SITE, metadata=_about("Code du site.", "MONTAUBAN-CENTRE"))
    language = fields.String(
        load_default="fr",
        validate=validate.Regexp(r"^[a-z]{2,3}$", error="Code de langue attendu (ex. fr)."),
        metadata=_about("Langue souhaitée ; français si elle n’a pas de modèle.", "fr"),
    )


class PreviewOut(Schema):
    """The same message on each channel."""

    texts = fields.List(fields.Nested(TextOut), metadata=_about("Texte par canal."))


class ReceiptIn(Schema):
    """What the SMS provider reports about one message."""

    reference = fields.UUID(
        required=True, metadata=_about("Le champ « reference » reçu à l’envoi.")
    )
    status = fields.Enum(
        ReceiptStatus, by_value=True, required=True, metadata=_about("Sort du SMS.", "DELIVERED")
    )
    id = fields.String(
        load_default=None,
        validate=validate.Length(1, 200),
        metadata=_about("Identifiant du SMS chez le fournisseur.", "sms-000123"),
    )


class LieuIn(Schema):
    """How a site is named in messages."""

    address = fields.String(
        required=True,
        validate=validate.Length(3, 60),
        metadata=_about(
            "Adresse seule, sans nom de service (60 caractères au plus).",
            "12 rue des Exemples, Montauban",
        ),
    )
    phone = fields.String(
        load_default=None,
        allow_none=True,
        validate=_PHONE,
        metadata=_about("Numéro à appeler en cas d’empêchement.", "05 63 00 00 00"),
    )


class LieuOut(LieuIn):
    """A site as messages name it."""

    site = fields.String(metadata=_about("Code du site.", "MONTAUBAN-CENTRE"))


class LieuxOut(Schema):
    """Every site messages can name."""

    lieux = fields.List(fields.Nested(LieuOut), metadata=_about("Sites connus."))


class ActivityRow(Schema):
    """A count of messages that share their codes."""

    mds = fields.String(metadata=_about("Code de MDS.", "MDS-MONTAUBAN"))
    template = fields.String(metadata=_about("Modèle.", "RENDEZVOUS_REMINDER"))
    channel = fields.String(
        allow_none=True, metadata=_about("Canal ; nul si rien n’est parti.", "SMS")
    )
    outcome = fields.String(metadata=_about("SENT, DELIVERED, FAILED ou DROPPED.", "SENT"))
    reason = fields.String(
        allow_none=True, metadata=_about("Motif d’abandon ou d’échec.", "TOO_LATE")
    )
    count = fields.Integer(metadata=_about("Nombre de messages.", 12))
    sms_parts = fields.Integer(metadata=_about("Nombre de SMS facturés.", 12))


class ActivityOut(Schema):
    """Messages settled over a period of Paris days."""

    from_ = fields.Date(
        data_key="from", attribute="from", metadata=_about("Premier jour.", "2023-01-01")
    )
    to = fields.Date(metadata=_about("Dernier jour inclus.", "2023-01-31"))
    rows = fields.List(fields.Nested(ActivityRow), metadata=_about("Une ligne par combinaison."))
