"""What messages say, and how they name a place."""

from __future__ import annotations

from chassis.web import fields
from chassis.web.schemas import Schema
from services.notifications.domain.message import Channel, Modality, Template

_PHONE = fields.Form(
    r"^0[1-9]( ?\d{2}){4}$|^\d{4}$", error="Numéro français attendu (ex. 05 63 00 00 00)."
)


class TextOut(Schema):
    """What a message says on one channel."""

    channel = fields.choice(Channel, "Canal.")
    subject = fields.text("Objet du courriel.", "Votre rendez-vous", allow_none=True)
    body = fields.text(
        "Texte, sans aucune donnée personnelle.", "RDV le 16/01 à 10h00, 1 place de la Mairie."
    )
    template_version = fields.integer("Version du modèle.", 1)
    language = fields.language("Langue.")
    encoding = fields.code("Alphabet du SMS (GSM-7 ou UCS-2).", "GSM-7")
    units = fields.integer("Longueur du SMS, en unités de cet alphabet.", 98)
    parts = fields.integer("Nombre de SMS facturés.", 1)


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
    instructions = fields.text(
        "Consignes du motif : dites entières ou pas du tout (motif discret, mot qui en dit trop, "
        "SMS trop long).",
        "Apportez une pièce d’identité.",
        least=0,
        most=1000,
    )
    language = fields.language(
        "Langue souhaitée ; français si elle n’a pas de modèle.", load_default="fr"
    )


class PreviewOut(Schema):
    """The same message on each channel."""

    texts = fields.many(TextOut, "Texte par canal.")


class SitePath(Schema):
    """Which site."""

    site = fields.code("Code du site.", "MONTAUBAN-CENTRE", required=True)


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
