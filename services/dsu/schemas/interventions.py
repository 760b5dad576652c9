"""Interventions, nomenclature and timeline over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, validates_schema

from chassis.web import fields
from chassis.web.schemas import Schema
from services.dsu.domain.access import NoteScope
from services.dsu.domain.nomenclature import Filing


class InterventionIn(Schema):
    """Record an intervention; its author is the caller."""

    nomenclature = fields.text(
        "Code du type dans la nomenclature en vigueur ce jour-là.",
        "LOGEMENT.EXPULSIONS.NOTE_CCAPEX",
        most=120,
        required=True,
    )
    occurred_on = fields.day("Jour de l’intervention.", required=True)
    personne_ids = fields.uuids("Membres du dossier concernés.", least=1, most=20, required=True)
    note = fields.text(
        "Note, chiffrée ; lue selon sa portée.", "Texte.", most=20_000, load_default=None
    )
    note_scope = fields.choice(
        NoteScope,
        "AUTHOR : l’auteur seul. DOSSIER : référent et associés. MDS_SERVICE : aussi le"
        " responsable pour un acte. SHAREABLE : peut entrer dans un partage signé.",
        "DOSSIER",
        load_default=None,
    )

    @validates_schema
    def _scope_goes_with_note(self, data: Mapping[str, Any], **_: Any) -> None:
        if data["note"] is not None and data["note_scope"] is None:
            raise ValidationError("Dites qui peut lire la note.", "note_scope")
        if data["note"] is None and data["note_scope"] is not None:
            raise ValidationError("Une portée sans note n’a pas de sens.", "note_scope")


class InterventionOut(Schema):
    """One intervention. `note` is absent from the answer when its scope forbids it."""

    intervention_id = fields.uuid("Intervention.")
    agent_id = fields.uuid("Professionnel qui est intervenu.")
    occurred_on = fields.day("Jour de l’intervention.")
    nomenclature = fields.text("Code du type.", "LOGEMENT.EXPULSIONS.NOTE_CCAPEX")
    nomenclature_version = fields.text("Version de la nomenclature.", "2023")
    label = fields.text("Libellé du type.", "Note sociale pour la CCAPEX")
    personne_ids = fields.uuids("Membres concernés.")
    note_scope = fields.choice(
        NoteScope, "Portée de la note, s’il y en a une.", "DOSSIER", allow_none=True
    )
    note = fields.text(
        "Note ; absente de la réponse si sa portée ne la permet pas.", "Texte d’exemple."
    )


class TimelineLineOut(Schema):
    """One line of a dossier's timeline."""

    kind = fields.code(
        "CLOSED, REOPENED, DEMANDE_DECIDED, RENDEZVOUS_HONOURED, RENDEZVOUS_MISSED"
        " ou PERSONNE_DECEASED.",
        "DEMANDE_DECIDED",
    )
    occurred_on = fields.day("Jour du fait.")
    subject_id = fields.uuid("Objet du fait (demande, rendez-vous, personne).", allow_none=True)
    code = fields.code("Issue, nature ou motif.", "GRANTED", allow_none=True)
    amount_cents = fields.cents("Montant", 15000, allow_none=True)


class TimelineOut(Schema):
    """A dossier's timeline, oldest first."""

    lines = fields.many(TimelineLineOut, "Lignes.")


class NomenclatureQuery(Schema):
    """Which version of the nomenclature."""

    on = fields.day("Jour auquel elle vaut ; aujourd’hui par défaut.", load_default=None)


class TypeOut(Schema):
    """One type of intervention."""

    code = fields.text("Code à donner à l’intervention.", "LOGEMENT.EXPULSIONS.NOTE_CCAPEX")
    label = fields.text("Libellé.", "Note sociale pour la CCAPEX")
    champ = fields.code("Champ d’intervention.", "LOGEMENT")
    champ_label = fields.text("Libellé du champ.", "Logement / hébergement")
    dispositif = fields.text("Institution ou dispositif.", "LOGEMENT.EXPULSIONS")
    dispositif_label = fields.text("Libellé du dispositif.", "Prévention des expulsions")
    filing = fields.choice(
        Filing,
        "DOSSIER ; WITHHELD : consigné sans être annoncé hors du service ;"
        " SEPARATE : dossier séparé (IP, IS) ; COLLECTIVE : hors dossier individuel.",
        "DOSSIER",
    )
    shareable = fields.flag("Un partenaire peut en être informé, si un partage signé le prévoit.")


class NomenclatureOut(Schema):
    """One version of the nomenclature."""

    version = fields.text("Version.", "2023")
    valid_from = fields.day("Premier jour.")
    valid_to = fields.day("Dernier jour inclus.", allow_none=True)
    source = fields.text("Source de cette version.", "Schéma départemental du service social")
    types = fields.many(TypeOut, "Types d’intervention.")
