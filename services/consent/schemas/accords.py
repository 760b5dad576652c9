"""What people allow and refuse, and what professionals sign. All examples are fictitious."""

from __future__ import annotations

from typing import Any

from marshmallow import post_load

from chassis.web import fields
from chassis.web.schemas import Schema
from services.consent.domain.bases import ATTESTED, Basis, FileRole
from services.consent.domain.consentement import Form, Grantor, Scope
from services.consent.domain.elements import Category
from services.consent.domain.partage import EndReason
from services.consent.schemas.terms import as_elements, elements, partner, purpose, topic

_SHA256 = fields.Form(r"^[0-9a-f]{64}$", error="Empreinte SHA-256 attendue.")
_ATTESTATIONS = sorted({need.code for needs in ATTESTED.values() for need in needs})


class ConsentementIn(Schema):
    """Un consentement recueilli : libre, spécifique, éclairé (RGPD, art. 4.11 et 7)."""

    personne_id = fields.uuid("Personne concernée.", required=True)
    partenaire = partner(required=True)
    purpose = purpose()
    categories = fields.choices(Category, "Catégories acceptées.", least=1, required=True)
    starts_on = fields.day("Premier jour.", required=True)
    ends_on = fields.day("Dernier jour, inclus ; un an au plus (exemple).", required=True)
    form = fields.choice(Form, "Forme : écrite, électronique, orale puis confirmée.", required=True)
    grantor = fields.choice(Grantor, "Qui consent.", load_default=Grantor.PERSONNE)
    able = fields.flag(
        "La personne est en état de consentir elle-même : constat du professionnel.",
        example=True,
        required=True,
    )
    mandate_reference = fields.text(
        "Référence de l’acte, si un représentant consent.",
        "Jugement 00/0000",
        most=200,
        load_default=None,
    )
    explained = fields.text(
        "Ce qui a été expliqué, en mots simples.",
        "À quoi sert le partage, comment l’arrêter.",
        most=4000,
        required=True,
    )
    explained_language = fields.language("Langue de l’explication (ISO 639).", required=True)
    explained_on = fields.day("Jour de l’explication.", required=True)
    proof_reference = fields.text(
        "Où la preuve est conservée.", "COFFRE-0001", most=200, required=True
    )
    proof_sha256 = fields.form(
        _SHA256, "Empreinte du formulaire signé.", "ab" * 32, load_default=None
    )
    confirmed_on = fields.day("Jour de la confirmation d’un accord oral.", load_default=None)


class ConsentementOut(ConsentementIn):
    """Un consentement."""

    id = fields.uuid("Consentement.")
    minor = fields.flag("La personne était mineure ce jour-là.")
    recorded_by = fields.uuid("Professionnel qui l’a recueilli.")
    granted_at = fields.instant("Enregistrement.")
    withdrawn_at = fields.instant("Retrait, s’il y en a un.", allow_none=True)
    version = fields.version()


class RetraitOut(Schema):
    """Un retrait : effectif à la réponse."""

    id = fields.uuid("Consentement.")
    withdrawn_at = fields.instant("Retrait.")
    version = fields.version()


class OppositionIn(Schema):
    """Une opposition : à un destinataire, une catégorie, un fait ou un champ."""

    personne_id = fields.uuid("Personne concernée.", required=True)
    scope = fields.choice(Scope, "Portée.", required=True)
    partenaire = partner("Destinataire ; sans lui, tous.", load_default=None)
    category = fields.choice(Category, "Catégorie refusée.", load_default=None)
    topic = topic("Fait refusé.", load_default=None)
    field = fields.text("Champ refusé.", "site", most=60, load_default=None)


class OppositionOut(OppositionIn):
    """Une opposition."""

    id = fields.uuid("Opposition.")
    registered_at = fields.instant("Enregistrement.")
    lifted_at = fields.instant("Levée, s’il y en a une.", allow_none=True)
    version = fields.version()


class PartageIn(Schema):
    """L’acte d’un professionnel du dossier : éléments, destinataire, finalité, fondement, terme."""

    personne_id = fields.uuid("Personne concernée.", required=True)
    partenaire = partner(required=True)
    purpose = purpose()
    basis = fields.choice(Basis, "Fondement.", required=True)
    elements = elements("Faits et champs partagés.")
    attestations = fields.codes(
        "Conditions que le signataire atteste, selon le fondement.",
        ["STRICTLY_NECESSARY"],
        allowed=_ATTESTATIONS,
        required=True,
    )
    same_team = fields.flag("CSP L1110-4 : même équipe de soins.", load_default=False)
    coordinator_agent_id = fields.uuid("CASF L121-6-2 : coordonnateur.", load_default=None)
    consentement_id = fields.uuid("Consentement sur lequel il repose.", load_default=None)
    reason = fields.text(
        "Motivation du signataire.", "Ouverture de droits (exemple).", most=2000, required=True
    )
    ends_on = fields.day("Dernier jour, inclus ; un an au plus (exemple).", required=True)

    @post_load
    def _as_terms(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {
            "elements": as_elements(data["elements"]),
            "attestations": frozenset(data["attestations"]),
        }


class SignerOut(Schema):
    """Le signataire, tel qu’il était au dossier ce jour-là."""

    agent_id = fields.uuid("Professionnel.")
    role = fields.choice(FileRole, "Référent ou associé.")
    mission = fields.code("Mission de l’associé.", "BUDGET", allow_none=True)
    profession = fields.code("Profession.", "ASS")


class PartageOut(PartageIn):
    """Un partage signé."""

    id = fields.uuid("Partage.")
    dossier_id = fields.uuid("Dossier.")
    signer = fields.nested(SignerOut, "Signataire.")
    signed_at = fields.instant("Signature.")
    ended_at = fields.instant("Fin, si elle est venue.", allow_none=True)
    end_reason = fields.choice(EndReason, "Pourquoi il a pris fin.", allow_none=True)
    version = fields.version()


class AccordsOut(Schema):
    """Tout ce qu’une personne accepte, refuse, et ce qui est partagé d’elle."""

    consentements = fields.many(ConsentementOut, "Consentements.")
    oppositions = fields.many(OppositionOut, "Oppositions.")
    partages = fields.many(PartageOut, "Partages.")
