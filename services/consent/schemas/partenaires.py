"""Partners, their contracts and what they read."""

from __future__ import annotations

from typing import Any

import marshmallow
from marshmallow import post_load

from chassis.web import fields
from chassis.web.schemas import Schema
from services.consent.domain.bases import Basis, Mission
from services.consent.domain.elements import Category
from services.consent.domain.partenaire import Channel, Contract
from services.consent.schemas.terms import as_elements, elements, partner


class ContractBody(Schema):
    """Les termes du contrat : rien de ce qui n’y figure ne peut être donné."""

    purposes = fields.codes(
        "Finalités (codes).", ["ACCES_AUX_DROITS"], least=1, most=20, required=True
    )
    bases = fields.choices(Basis, "Fondements admis.", least=1, required=True)
    topics = elements("Faits et, pour chacun, champs permis.")
    categories = fields.choices(
        Category, "Catégories de la vie privée que ces champs touchent.", required=True
    )
    starts_on = fields.day("Premier jour.", required=True)
    ends_on = fields.day("Dernier jour, inclus.", required=True)
    bound_by_secrecy = fields.flag(
        "Destinataires soumis au secret professionnel.", load_default=False
    )
    missions = fields.choices(Mission, "Missions du destinataire.", load_default=list)

    @post_load
    def _as_contract(self, data: dict[str, Any], **_: Any) -> Contract:
        return Contract(
            purposes=frozenset(data["purposes"]),
            bases=frozenset(data["bases"]),
            topics=as_elements(data["topics"]),
            categories=frozenset(data["categories"]),
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            bound_by_secrecy=data["bound_by_secrecy"],
            missions=frozenset(data["missions"]),
        )


class PartenaireTerms(Schema):
    """Nom, canal et contrat."""

    name = fields.text(
        "Nom du partenaire.", "Caisse d’allocations familiales (exemple)", most=200, required=True
    )
    channel = fields.choice(Channel, "Canal de lecture.", load_default=Channel.HTTP)
    contract = fields.nested(ContractBody, "Contrat.", required=True)


class PartenaireIn(PartenaireTerms):
    """Un nouveau partenaire."""

    code = partner(required=True)


class PartenairePath(Schema):
    """Which partner."""

    code = partner(required=True)


class PartenaireOut(Schema):
    """Un partenaire et son contrat en vigueur."""

    code = partner()
    name = fields.text("Nom.", "Caisse d’allocations familiales (exemple)", most=200)
    channel = fields.choice(Channel, "Canal de lecture.")
    contract = fields.nested(ContractBody, "Contrat.")
    suspended_at = fields.instant("Suspension, s’il y en a une.", allow_none=True)
    version = fields.version()


class PartenairesOut(Schema):
    """Tous les partenaires."""

    partenaires = fields.many(PartenaireOut, "Par code.")


class FactsQuery(Schema):
    """Où reprendre le journal."""

    after = fields.integer(
        "Curseur : le `next` de la lecture précédente.",
        0,
        least=0,
        most=2**53,
        strict=False,
        load_default=0,
    )
    limit = fields.integer("Faits au plus.", 50, least=1, most=200, strict=False, load_default=50)


class FactsOut(Schema):
    """Les faits que ce partenaire peut lire maintenant (CloudEvents 1.0)."""

    facts = marshmallow.fields.List(
        marshmallow.fields.Raw(), metadata=fields.about("Événements, dans l’ordre.")
    )
    next = fields.integer("Curseur suivant.", 50)
    more = fields.flag("D’autres attendent.")
