"""Contacts, acts of safety, and what the other services read of a person."""

from __future__ import annotations

from marshmallow import fields, validate

from chassis.web.schemas import Schema
from services.accueil.domain.contact import Channel, Refusal
from services.accueil.domain.personne import ProtectionGround
from services.accueil.schemas.common import about, choice
from services.accueil.schemas.personnes import ContactIn


class ContactsIn(Schema):
    """All the contact points of a person; what is not listed is forgotten."""

    contacts = fields.List(
        fields.Nested(ContactIn),
        required=True,
        validate=validate.Length(max=10),
        metadata=about("Coordonnées, par ordre de préférence."),
    )


class ContactOut(Schema):
    """One contact point, and whether it may be used now."""

    channel = choice(Channel, "SMS ou EMAIL.")
    value = fields.String(metadata=about("Numéro E.164 ou adresse.", "+33639980001"))
    opted_in = fields.Boolean(metadata=about("Accepté pour ce canal."))
    opted_in_at = fields.AwareDateTime(allow_none=True, metadata=about("Quand."))
    opted_in_by = fields.UUID(allow_none=True, metadata=about("Agent qui l’a noté."))
    confirmed_safe = fields.Boolean(metadata=about("Confirmé sûr par la personne."))
    confirmed_at = fields.AwareDateTime(allow_none=True, metadata=about("Quand."))
    confirmed_by = fields.UUID(allow_none=True, metadata=about("Agent qui l’a noté."))
    usable = fields.Boolean(metadata=about("Utilisable maintenant."))
    reason = choice(Refusal, "Pourquoi il ne l’est pas.", allow_none=True)


class ContactsOut(Schema):
    """The contact points of a person."""

    contacts = fields.List(fields.Nested(ContactOut), metadata=about("Coordonnées."))
    no_contact = fields.Boolean(metadata=about("Aucun contact, par aucun canal."))
    version = fields.Integer(metadata=about("Version de la fiche, reprise dans l’ETag.", 2))


class NoContactIn(Schema):
    """The absolute flag."""

    no_contact = fields.Boolean(required=True, metadata=about("true : ne plus jamais contacter."))


class DeathIn(Schema):
    """A death."""

    died_on = fields.Date(required=True, metadata=about("Date du décès.", "2023-03-14"))


class ProtectionIn(Schema):
    """Protect a file, lift it, and say who may and may never open it."""

    protected = fields.Boolean(required=True, metadata=about("Protéger, ou lever."))
    ground = choice(ProtectionGround, "Motif, gardé chiffré ; obligatoire pour protéger.")
    opened_to = fields.List(
        fields.UUID(), metadata=about("Agents autorisés ; réservé au responsable.")
    )
    closed_to = fields.List(
        fields.UUID(),
        metadata=about("Agent concerné ou parent : jamais d’accès ; réservé au responsable."),
    )


class PersonneForServices(Schema):
    """What another service may know of a person; never a name."""

    personne_id = fields.UUID(metadata=about("Identifiant."))
    mds = fields.String(metadata=about("MDS."))
    site = fields.String(metadata=about("Site."))
    deceased = fields.Boolean(metadata=about("Décédée."))
    protected = fields.Boolean(metadata=about("Fiche protégée."))
    no_contact = fields.Boolean(metadata=about("Aucun contact."))
    born_on = fields.Date(allow_none=True, metadata=about("Date de naissance."))


class ReachIn(Schema):
    """Whom one wants to write to."""

    personne_ids = fields.List(
        fields.UUID(),
        required=True,
        validate=validate.Length(1, 200),
        metadata=about("Personnes, 200 au plus."),
    )


class ReachLine(Schema):
    """How one person may be reached now, or why not."""

    personne_id = fields.UUID(metadata=about("Identifiant."))
    allowed = fields.Boolean(metadata=about("Au moins un contact utilisable."))
    reason = choice(Refusal, "Pourquoi non.", allow_none=True)
    language = fields.String(allow_none=True, metadata=about("Langue parlée."))
    sms = fields.String(allow_none=True, metadata=about("Numéro E.164."))
    email = fields.String(allow_none=True, metadata=about("Adresse électronique."))


class ReachOut(Schema):
    """How these people may be reached, in the order asked."""

    contacts = fields.List(fields.Nested(ReachLine), metadata=about("Une ligne par personne."))
