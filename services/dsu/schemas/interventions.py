"""Interventions, nomenclature and timeline over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from chassis.web.schemas import Schema
from services.dsu.domain.access import NoteScope
from services.dsu.domain.nomenclature import Filing
from services.dsu.schemas import fields as f


class InterventionIn(Schema):
    """Record an intervention; its author is the caller."""

    nomenclature = fields.String(
        required=True,
        validate=validate.Length(max=120),
        metadata={
            "description": "Code du type dans la nomenclature en vigueur ce jour-là.",
            "example": "LOGEMENT.EXPULSIONS.NOTE_CCAPEX",
        },
    )
    occurred_on = f.day("Jour de l’intervention.", required=True)
    personne_ids = f.personne_ids("Membres du dossier concernés.", most=20)
    note = fields.String(
        load_default=None,
        validate=validate.Length(min=1, max=20_000),
        metadata={"description": "Note, chiffrée ; lue selon sa portée.", "example": "Texte."},
    )
    note_scope = fields.Enum(
        NoteScope,
        by_value=True,
        load_default=None,
        metadata={
            "description": "AUTHOR : l’auteur seul. DOSSIER : référent et associés. MDS_SERVICE :"
            " aussi le responsable pour un acte. SHAREABLE : peut entrer dans un partage signé.",
            "example": "DOSSIER",
        },
    )

    @validates_schema
    def _scope_goes_with_note(self, data: Mapping[str, Any], **_: Any) -> None:
        if data["note"] is not None and data["note_scope"] is None:
            raise ValidationError("Dites qui peut lire la note.", "note_scope")
        if data["note"] is None and data["note_scope"] is not None:
            raise ValidationError("Une portée sans note n’a pas de sens.", "note_scope")


class InterventionOut(Schema):
    """One intervention. `note` is absent from the answer when its scope forbids it."""

    intervention_id = f.uuid("Intervention.")
    agent_id = f.uuid("Professionnel qui est intervenu.")
    occurred_on = f.day("Jour de l’intervention.")
    nomenclature = f.code("Code du type.", "LOGEMENT.EXPULSIONS.NOTE_CCAPEX")
    nomenclature_version = f.code("Version de la nomenclature.", "2023")
    label = f.code("Libellé du type.", "Note sociale pour la CCAPEX")
    personne_ids = fields.List(fields.UUID(), metadata={"description": "Membres concernés."})
    note_scope = fields.Enum(
        NoteScope,
        by_value=True,
        allow_none=True,
        metadata={"description": "Portée de la note, s’il y en a une.", "example": "DOSSIER"},
    )
    note = fields.String(
        metadata={"description": "Note ; absente de la réponse si sa portée ne la permet pas."}
    )


class TimelineLineOut(Schema):
    """One line of a dossier's timeline."""

    kind = f.code(
        "CLOSED, REOPENED, DEMANDE_DECIDED, RENDEZVOUS_HONOURED, RENDEZVOUS_MISSED"
        " ou PERSONNE_DECEASED.",
        "DEMANDE_DECIDED",
    )
    occurred_on = f.day("Jour du fait.")
    subject_id = f.uuid("Objet du fait (demande, rendez-vous, personne).", allow_none=True)
    code = f.code("Issue, nature ou motif.", "GRANTED", allow_none=True)
    amount_cents = fields.Integer(
        allow_none=True, metadata={"description": "Montant en centimes.", "example": 15000}
    )


class TimelineOut(Schema):
    """A dossier's timeline, oldest first."""

    lines = fields.List(fields.Nested(TimelineLineOut), metadata={"description": "Lignes."})


class NomenclatureQuery(Schema):
    """Which version of the nomenclature."""

    on = f.day("Jour auquel elle vaut ; aujourd’hui par défaut.", load_default=None)


class TypeOut(Schema):
    """One type of intervention."""

    code = f.code("Code à donner à l’intervention.", "LOGEMENT.EXPULSIONS.NOTE_CCAPEX")
    label = f.code("Libellé.", "Note sociale pour la CCAPEX")
    champ = f.code("Champ d’intervention.", "LOGEMENT")
    champ_label = f.code("Libellé du champ.", "Logement / hébergement")
    dispositif = f.code("Institution ou dispositif.", "LOGEMENT.EXPULSIONS")
    dispositif_label = f.code("Libellé du dispositif.", "Prévention des expulsions")
    filing = fields.Enum(
        Filing,
        by_value=True,
        metadata={
            "description": "DOSSIER ; WITHHELD : consigné sans être annoncé hors du service ;"
            " SEPARATE : dossier séparé (IP, IS) ; COLLECTIVE : hors dossier individuel.",
            "example": "DOSSIER",
        },
    )


class NomenclatureOut(Schema):
    """One version of the nomenclature."""

    version = f.code("Version.", "2023")
    valid_from = f.day("Premier jour.")
    valid_to = f.day("Dernier jour inclus.", allow_none=True)
    source = f.code("Source de cette version.", "Schéma départemental du service social")
    types = fields.List(fields.Nested(TypeOut), metadata={"description": "Types d’intervention."})
