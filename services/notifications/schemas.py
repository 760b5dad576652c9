"""What notifications takes and answers over HTTP. No name, no address, no text of a person's."""

from __future__ import annotations

from chassis.web import fields
from chassis.web.schemas import Period, Schema
from services.notifications.domain.message import Channel, Modality, Status, SubjectType, Template
from services.notifications.usecases.following import ReceiptStatus

_PHONE = fields.Form(
    r"^0[1-9]( ?\d{2}){4}$|^\d{4}$", error="Numéro français attendu (ex. 05 63 00 00 00)."
)


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


class TextOut(Schema):
    """What a message says on one channel."""

    channel = fields.choice(Channel, "Canal.")
    subject = fields.text("Objet du courriel.", "Votre rendez-vous")
    body = fields.text("Texte, sans aucune donnée personnelle.")
    template_version = fields.integer("Version du modèle.", 1)
    language = fields.language("Langue.")
    encoding = fields.code("Alphabet du SMS (GSM-7 ou UCS-2).", "GSM-7")
    units = fields.integer("Longueur du SMS, en unités de cet alphabet.", 98)
    parts = fields.integer("Nombre de SMS facturés.", 1)


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


class PreviewIn(Schema):
    """What to preview: codes only, as a fact would give them."""

    template = fields.choice(Template, "Modèle à montrer.", "RENDEZVOUS_REMINDER", required=True)
    starts_at = fields.instant(
        "Début du rendez-vous (obligatoire pour un modèle de rendez-vous).",
        "2023-03-14T09:30:00+01:00",
    )
    modality = fields.choice(
        Modality, "Modalité du rendez-vous.", "PRESENTIEL", load_default=Modality.PRESENTIEL
    )
    discreet = fields.flag("Motif discret : le message en dit moins.", load_default=False)
    site = fields.code("Code du site.", "MONTAUBAN-CENTRE")
    language = fields.language(
        "Langue souhaitée ; français si elle n’a pas de modèle.", load_default="fr"
    )


class PreviewOut(Schema):
    """The same message on each channel."""

    texts = fields.many(TextOut, "Texte par canal.")


class ReceiptIn(Schema):
    """What the SMS provider reports about one message."""

    reference = fields.uuid("Le champ « reference » reçu à l’envoi.", required=True)
    status = fields.choice(ReceiptStatus, "Sort du SMS.", "DELIVERED", required=True)
    id = fields.text(
        "Identifiant du SMS chez le fournisseur.", "sms-000123", most=200, load_default=None
    )


class LieuIn(Schema):
    """How a site is named in messages."""

    address = fields.text(
        "Adresse seule, sans nom de service (60 caractères au plus).",
        "12 rue des Exemples, Montauban",
        least=3,
        most=60,
        required=True,
    )
    phone = fields.form(
        _PHONE,
        "Numéro à appeler en cas d’empêchement.",
        "05 63 00 00 00",
        load_default=None,
        allow_none=True,
    )


class LieuOut(LieuIn):
    """A site as messages name it."""

    site = fields.code("Code du site.", "MONTAUBAN-CENTRE")


class LieuxOut(Schema):
    """Every site messages can name."""

    lieux = fields.many(LieuOut, "Sites connus.")


class ActivityRowOut(Schema):
    """A count of messages that share their codes."""

    mds = fields.code("Code de MDS.", "MDS-MONTAUBAN")
    template = fields.code("Modèle.", "RENDEZVOUS_REMINDER")
    channel = fields.code("Canal ; nul si rien n’est parti.", "SMS", allow_none=True)
    outcome = fields.code("SENT, DELIVERED, FAILED ou DROPPED.", "SENT")
    reason = fields.code("Motif d’abandon ou d’échec.", "TOO_LATE", allow_none=True)
    count = fields.integer("Nombre de messages.", 12)
    sms_parts = fields.integer("Nombre de SMS facturés.", 12)


class ActivityOut(Period):
    """Messages settled over a period of Paris days."""

    rows = fields.many(ActivityRowOut, "Une ligne par combinaison.")
