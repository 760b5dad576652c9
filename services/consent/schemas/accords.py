"""What people allow and refuse, and what professionals sign. All examples are fictitious."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load, validate

from chassis.web.schemas import Schema
from services.consent.domain.bases import ATTESTED, Basis, FileRole
from services.consent.domain.consentement import Form, Grantor, Scope
from services.consent.domain.elements import Category
from services.consent.domain.partage import EndReason
from services.consent.schemas import fields as f

_ATTESTATIONS = sorted({need.code for needs in ATTESTED.values() for need in needs})


class ConsentementIn(Schema):
    """Un consentement recueilli : libre, spécifique, éclairé (RGPD, art. 4.11 et 7)."""

    personne_id = f.uuid("Personne concernée.", required=True)
    partenaire = f.partner(required=True)
    purpose = f.purpose_(required=True)
    categories = f.several(
        Category, "Catégories acceptées.", required=True, validate=validate.Length(1)
    )
    starts_on = f.day("Premier jour.", required=True)
    ends_on = f.day("Dernier jour, inclus ; un an au plus (exemple).", required=True)
    form = f.one(Form, "Forme : écrite, électronique, orale puis confirmée.", required=True)
    grantor = f.one(Grantor, "Qui consent.", load_default=Grantor.PERSONNE)
    mandate_reference = f.text(
        "Référence de l’acte, si un représentant consent.",
        "Jugement 00/0000",
        200,
        load_default=None,
    )
    explained = f.text(
        "Ce qui a été expliqué, en mots simples.",
        "À quoi sert le partage, comment l’arrêter.",
        4000,
        required=True,
    )
    explained_language = fields.String(
        required=True,
        validate=validate.Regexp(r"^[a-z]{2,3}$", error="Code de langue (fr, en, ar…)."),
        metadata={"description": "Langue de l’explication (ISO 639).", "example": "fr"},
    )
    explained_on = f.day("Jour de l’explication.", required=True)
    proof_reference = f.text("Où la preuve est conservée.", "COFFRE-0001", 200, required=True)
    proof_sha256 = fields.String(
        load_default=None,
        validate=validate.Regexp(r"^[0-9a-f]{64}$", error="Empreinte SHA-256 attendue."),
        metadata={"description": "Empreinte du formulaire signé.", "example": "ab" * 32},
    )
    confirmed_on = f.day("Jour de la confirmation d’un accord oral.", load_default=None)


class ConsentementOut(ConsentementIn):
    """Un consentement."""

    id = f.uuid("Consentement.")
    recorded_by = f.uuid("Professionnel qui l’a recueilli.")
    granted_at = f.instant("Enregistrement.")
    withdrawn_at = f.instant("Retrait, s’il y en a un.")
    version = fields.Integer(metadata={"description": "Version.", "example": 1})


class RetraitOut(Schema):
    """Un retrait : effectif à la réponse."""

    id = f.uuid("Consentement.")
    withdrawn_at = f.instant("Retrait.")
    version = fields.Integer(metadata={"description": "Version.", "example": 2})


class OppositionIn(Schema):
    """Une opposition : à un destinataire, une catégorie, un fait ou un champ."""

    personne_id = f.uuid("Personne concernée.", required=True)
    scope = f.one(Scope, "Portée.", required=True)
    partenaire = fields.String(
        load_default=None,
        validate=f.PARTNER,
        metadata={"description": "Destinataire ; sans lui, tous.", "example": "caf"},
    )
    category = f.one(Category, "Catégorie refusée.", load_default=None)
    topic = fields.String(
        load_default=None,
        validate=f.TOPIC_FORM,
        metadata={"description": "Fait refusé.", "example": f.TOPIC},
    )
    field = f.text("Champ refusé.", "site", 60, load_default=None)


class OppositionOut(OppositionIn):
    """Une opposition."""

    id = f.uuid("Opposition.")
    registered_at = f.instant("Enregistrement.")
    lifted_at = f.instant("Levée, s’il y en a une.")
    version = fields.Integer(metadata={"description": "Version.", "example": 1})


class PartageIn(Schema):
    """L’acte d’un professionnel du dossier : éléments, destinataire, finalité, fondement, terme."""

    personne_id = f.uuid("Personne concernée.", required=True)
    partenaire = f.partner(required=True)
    purpose = f.purpose_(required=True)
    basis = f.one(Basis, "Fondement.", required=True)
    elements = f.elements_("Faits et champs partagés.", required=True)
    attestations = fields.List(
        fields.String(validate=validate.OneOf(_ATTESTATIONS)),
        required=True,
        metadata={
            "description": "Conditions que le signataire atteste, selon le fondement.",
            "example": ["STRICTLY_NECESSARY"],
        },
    )
    same_team = fields.Boolean(
        load_default=False,
        metadata={"description": "CSP L1110-4 : même équipe de soins.", "example": False},
    )
    coordinator_agent_id = f.uuid("CASF L121-6-2 : coordonnateur.", load_default=None)
    consentement_id = f.uuid("Consentement sur lequel il repose.", load_default=None)
    reason = f.text(
        "Motivation du signataire.", "Ouverture de droits (exemple).", 2000, required=True
    )
    ends_on = f.day("Dernier jour, inclus ; un an au plus (exemple).", required=True)

    @post_load
    def _as_terms(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {
            "elements": f.as_elements(data["elements"]),
            "attestations": frozenset(data["attestations"]),
        }


class SignerOut(Schema):
    """Le signataire, tel qu’il était au dossier ce jour-là."""

    agent_id = f.uuid("Professionnel.")
    role = f.one(FileRole, "Référent ou associé.")
    mission = f.text("Mission de l’associé.", "BUDGET", 60)
    profession = f.text("Profession.", "ASS", 60)


class PartageOut(PartageIn):
    """Un partage signé."""

    id = f.uuid("Partage.")
    dossier_id = f.uuid("Dossier.")
    signer = fields.Nested(SignerOut, metadata={"description": "Signataire."})
    signed_at = f.instant("Signature.")
    ended_at = f.instant("Fin, si elle est venue.")
    end_reason = f.one(EndReason, "Pourquoi il a pris fin.")
    version = fields.Integer(metadata={"description": "Version.", "example": 1})


class AccordsOut(Schema):
    """Tout ce qu’une personne accepte, refuse, et ce qui est partagé d’elle."""

    consentements = fields.List(
        fields.Nested(ConsentementOut), metadata={"description": "Consentements."}
    )
    oppositions = fields.List(
        fields.Nested(OppositionOut), metadata={"description": "Oppositions."}
    )
    partages = fields.List(fields.Nested(PartageOut), metadata={"description": "Partages."})
