"""Contacts, acts of safety, and what the other services read of a person."""

from __future__ import annotations

from chassis.web import fields
from chassis.web.schemas import Schema
from services.accueil.domain.contact import Channel, Refusal
from services.accueil.domain.personne import ProtectionGround
from services.accueil.schemas.personnes import ContactIn


class ContactsIn(Schema):
    """All the contact points of a person; what is not listed is forgotten."""

    contacts = fields.many(
        ContactIn, "Coordonnées, par ordre de préférence.", most=10, required=True
    )


class ContactOut(Schema):
    """One contact point, and whether it may be used now."""

    channel = fields.choice(Channel, "SMS ou EMAIL.")
    value = fields.text("Numéro E.164 ou adresse.", "+33639980001")
    opted_in = fields.flag("Accepté pour ce canal.")
    opted_in_at = fields.instant("Quand.", allow_none=True)
    opted_in_by = fields.uuid("Agent qui l’a noté.", allow_none=True)
    confirmed_safe = fields.flag("Confirmé sûr par la personne.")
    confirmed_at = fields.instant("Quand.", allow_none=True)
    confirmed_by = fields.uuid("Agent qui l’a noté.", allow_none=True)
    usable = fields.flag("Utilisable maintenant.")
    reason = fields.choice(Refusal, "Pourquoi il ne l’est pas.", allow_none=True)


class ContactsOut(Schema):
    """The contact points of a person."""

    contacts = fields.many(ContactOut, "Coordonnées.")
    no_contact = fields.flag("Aucun contact, par aucun canal.")
    version = fields.version()


class NoContactIn(Schema):
    """The absolute flag."""

    no_contact = fields.flag("true : ne plus jamais contacter.", required=True)


class DeathIn(Schema):
    """A death."""

    died_on = fields.day("Date du décès.", "2023-03-14", required=True)


class ProtectionIn(Schema):
    """Protect a file, lift it, and say who may and may never open it."""

    protected = fields.flag("Protéger, ou lever.", required=True)
    ground = fields.choice(ProtectionGround, "Motif, gardé chiffré ; obligatoire pour protéger.")
    opened_to = fields.uuids("Agents autorisés ; réservé au responsable.", most=200)
    closed_to = fields.uuids(
        "Agent concerné ou parent : jamais d’accès ; réservé au responsable.", most=200
    )


class PersonneForServices(Schema):
    """What another service may know of a person; never a name."""

    personne_id = fields.uuid("Identifiant.")
    mds = fields.code("MDS.", "MDS-MONTAUBAN")
    site = fields.code("Site.", "MONTAUBAN-CENTRE")
    deceased = fields.flag("Décédée.")
    protected = fields.flag("Fiche protégée.")
    opened_agent_ids = fields.uuids(
        "Agents à qui elle s’ouvre bien que protégée.", attribute="protection.opened_to"
    )
    closed_agent_ids = fields.uuids(
        "Agents à qui elle ne s’ouvre jamais.", attribute="protection.closed_to"
    )
    no_contact = fields.flag("Aucun contact.")
    born_on = fields.day("Date de naissance.", allow_none=True)


class ReachIn(Schema):
    """Whom one wants to write to."""

    personne_ids = fields.uuids("Personnes, 200 au plus.", least=1, most=200, required=True)


class ReachLine(Schema):
    """How one person may be reached now, or why not."""

    personne_id = fields.uuid("Identifiant.")
    allowed = fields.flag("Au moins un contact utilisable.")
    reason = fields.choice(Refusal, "Pourquoi non.", allow_none=True)
    language = fields.text("Langue parlée.", "fr", allow_none=True)
    sms = fields.text("Numéro E.164.", "+33639980001", allow_none=True)
    email = fields.text("Adresse électronique.", "camille@exemple.fr", allow_none=True)


class ReachOut(Schema):
    """How these people may be reached, in the order asked."""

    contacts = fields.many(ReachLine, "Une ligne par personne.")
