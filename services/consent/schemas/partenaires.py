"""Partners, their contracts and what they read."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load, validate

from chassis.web.schemas import Schema
from services.consent.domain.bases import Basis, Mission
from services.consent.domain.elements import Category
from services.consent.domain.partenaire import Channel, Contract
from services.consent.schemas import fields as f


class ContractBody(Schema):
    """Les termes du contrat : rien de ce qui n’y figure ne peut être donné."""

    purposes = f.Sorted(
        fields.String(validate=f.CODE),
        required=True,
        validate=validate.Length(1, 20),
        metadata={"description": "Finalités (codes).", "example": ["ACCES_AUX_DROITS"]},
    )
    bases = f.several(Basis, "Fondements admis.", required=True, validate=validate.Length(1))
    topics = f.elements_("Faits et, pour chacun, champs permis.", required=True)
    categories = f.several(
        Category, "Catégories de la vie privée que ces champs touchent.", required=True
    )
    starts_on = f.day("Premier jour.", required=True)
    ends_on = f.day("Dernier jour, inclus.", required=True)
    bound_by_secrecy = fields.Boolean(
        load_default=False,
        metadata={"description": "Destinataires soumis au secret professionnel.", "example": False},
    )
    missions = f.several(Mission, "Missions du destinataire.", load_default=list)

    @post_load
    def _as_contract(self, data: dict[str, Any], **_: Any) -> Contract:
        return Contract(
            purposes=frozenset(data["purposes"]),
            bases=frozenset(data["bases"]),
            topics=f.as_elements(data["topics"]),
            categories=frozenset(data["categories"]),
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            bound_by_secrecy=data["bound_by_secrecy"],
            missions=frozenset(data["missions"]),
        )


class PartenaireTerms(Schema):
    """Nom, canal et contrat."""

    name = f.text(
        "Nom du partenaire.", "Caisse d’allocations familiales (exemple)", 200, required=True
    )
    channel = f.one(Channel, "Canal de lecture.", load_default=Channel.HTTP)
    contract = fields.Nested(ContractBody, required=True, metadata={"description": "Contrat."})


class PartenaireIn(PartenaireTerms):
    """Un nouveau partenaire."""

    code = f.partner(required=True)


class PartenaireOut(Schema):
    """Un partenaire et son contrat en vigueur."""

    code = f.partner()
    name = f.text("Nom.", "Caisse d’allocations familiales (exemple)", 200)
    channel = f.one(Channel, "Canal de lecture.")
    contract = fields.Nested(ContractBody, metadata={"description": "Contrat."})
    suspended_at = f.instant("Suspension, s’il y en a une.")
    version = fields.Integer(metadata={"description": "Version du contrat.", "example": 1})


class PartenairesOut(Schema):
    """Tous les partenaires."""

    partenaires = fields.List(fields.Nested(PartenaireOut), metadata={"description": "Par code."})


class FactsQuery(Schema):
    """Où reprendre le journal."""

    after = fields.Integer(
        load_default=0,
        validate=validate.Range(0, 2**53),
        metadata={"description": "Curseur : le `next` de la lecture précédente.", "example": 0},
    )
    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(1, 200),
        metadata={"description": "Faits au plus.", "example": 50},
    )


class FactsOut(Schema):
    """Les faits que ce partenaire peut lire maintenant (CloudEvents 1.0)."""

    facts = fields.List(fields.Raw(), metadata={"description": "Événements, dans l’ordre."})
    next = fields.Integer(metadata={"description": "Curseur suivant.", "example": 50})
    more = fields.Boolean(metadata={"description": "D’autres attendent.", "example": False})
