"""Personnes, duplicates and imports over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow
from marshmallow import fields, validate

from chassis.web.schemas import Schema
from services.accueil.domain.contact import Channel
from services.accueil.domain.doublons import Reason
from services.accueil.domain.personne import (
    Circumstance,
    Housing,
    NationalityGroup,
    Placement,
    Sex,
)
from services.accueil.schemas.common import (
    about,
    choice,
    code_field,
    commune_field,
    language_field,
    text_field,
)

_PURPOSE = validate.Regexp(r"^[A-Z0-9][A-Z0-9_]{0,39}$", error="Code de prestation attendu.")


class ContactIn(Schema):
    """A phone number or an e-mail address, and what the person said of it."""

    channel = choice(Channel, "SMS ou EMAIL.", required=True)
    value = text_field(
        "Numéro (français ou +…) ou adresse.", "06 39 98 00 01", longest=254, required=True
    )
    opted_in = fields.Boolean(
        load_default=False, metadata=about("La personne accepte ce canal pour ses messages.")
    )
    confirmed_safe = fields.Boolean(
        load_default=False,
        metadata=about("La personne confirme que personne d’autre ne lira ces messages."),
    )
    shared_confirmed = fields.Boolean(
        load_default=False,
        metadata=about(
            "La personne sait que quelqu’un d’autre utilise ce contact et le confirme quand même."
        ),
    )


class _PersonneBase(Schema):
    birth_name = text_field("Nom de naissance.", "Exemple", longest=100, allow_none=True)
    born_on = fields.Date(allow_none=True, metadata=about("Date de naissance.", "1984-05-17"))
    sex = choice(Sex, "Sexe à l’état civil.", allow_none=True)
    housing = choice(Housing, "Adresse, domiciliation, ou ni l’une ni l’autre.")
    address = text_field("Voie et complément.", "12 rue de l’Exemple", longest=300, allow_none=True)
    commune = commune_field(allow_none=True)
    receiving_site = code_field(
        "Site d’accueil : sans adresse, ou quand aucun ou plusieurs sites couvrent la commune.",
        "MONTAUBAN-CENTRE",
    )
    language = language_field()
    interpreter_needed = fields.Boolean(metadata=about("Besoin d’un interprète."))
    nationality_group = choice(
        NationalityGroup, "Seulement si une prestation l’exige (CNIL 2021-028).", allow_none=True
    )
    nationality_purpose = fields.String(
        validate=_PURPOSE, allow_none=True, metadata=about("Cette prestation.", "AM")
    )
    circumstance = choice(Circumstance, "Situation qui change la tenue de la fiche.")


class PersonneIn(_PersonneBase):
    """A new personne."""

    family_name = text_field("Nom d’usage (ou pseudonyme).", "Exemple", longest=100, required=True)
    first_names = text_field("Prénoms.", "Camille", longest=100, required=True)
    contacts = fields.List(
        fields.Nested(ContactIn),
        validate=validate.Length(max=10),
        metadata=about("Coordonnées, par ordre de préférence."),
    )
    confirm_distinct = fields.Boolean(
        load_default=False,
        metadata=about("Les doublons proposés ont été vus : c’est une autre personne."),
    )


class ImportRow(PersonneIn):
    """One row of a takeover (reprise) from another application."""

    reference = text_field(
        "Identifiant dans l’application d’origine.", "IODAS-0001", longest=64, required=True
    )


class PersonnePatch(_PersonneBase):
    """What changes; a field left out stays as it is, null empties it."""

    family_name = text_field("Nom d’usage.", "Exemple", longest=100)
    first_names = text_field("Prénoms.", "Camille", longest=100)
    discernment_noted = fields.Boolean(
        metadata=about("Un professionnel a constaté le discernement du mineur venu seul.")
    )


class PersonneOut(Schema):
    """A personne, as the agent who may open the file sees it."""

    personne_id = fields.UUID(metadata=about("Identifiant."))
    family_name = fields.String(metadata=about("Nom d’usage.", "Exemple"))
    birth_name = fields.String(allow_none=True, metadata=about("Nom de naissance."))
    first_names = fields.String(metadata=about("Prénoms.", "Camille"))
    born_on = fields.Date(allow_none=True, metadata=about("Date de naissance."))
    sex = choice(Sex, "Sexe à l’état civil.", allow_none=True)
    mds = fields.String(metadata=about("MDS.", "MDS-MONTAUBAN"))
    site = fields.String(metadata=about("Site.", "MONTAUBAN-CENTRE"))
    placement = choice(
        Placement,
        "Comment le site a été trouvé ; NO_SECTOR et CHOSEN_AMONG_SEVERAL sont à vérifier.",
    )
    housing = choice(Housing, "Adresse, domiciliation, ou ni l’une ni l’autre.")
    address = fields.String(allow_none=True, metadata=about("Voie et complément."))
    commune = fields.String(allow_none=True, metadata=about("Code INSEE."))
    language = fields.String(metadata=about("Langue parlée.", "fr"))
    interpreter_needed = fields.Boolean(metadata=about("Besoin d’un interprète."))
    nationality_group = choice(NationalityGroup, "Groupe de nationalité.", allow_none=True)
    nationality_purpose = fields.String(allow_none=True, metadata=about("Prestation qui l’exige."))
    circumstance = choice(Circumstance, "Situation qui change la tenue de la fiche.")
    discernment_noted_by = fields.UUID(
        allow_none=True, metadata=about("Agent qui a constaté le discernement.")
    )
    reference = fields.String(allow_none=True, metadata=about("Référence externe."))
    protected = fields.Boolean(metadata=about("Fiche protégée."))
    no_contact = fields.Boolean(metadata=about("Aucun contact, par aucun canal."))
    died_on = fields.Date(allow_none=True, metadata=about("Date du décès."))
    registered_at = fields.AwareDateTime(metadata=about("Instant de l’enregistrement."))
    version = fields.Integer(metadata=about("Version, reprise dans l’ETag.", 1))


class PersonneLine(Schema):
    """A personne in a list of results."""

    personne_id = fields.UUID(metadata=about("Identifiant."))
    family_name = fields.String(metadata=about("Nom d’usage.", "Exemple"))
    birth_name = fields.String(allow_none=True, metadata=about("Nom de naissance."))
    first_names = fields.String(metadata=about("Prénoms.", "Camille"))
    born_on = fields.Date(allow_none=True, metadata=about("Date de naissance."))
    mds = fields.String(metadata=about("MDS.", "MDS-MONTAUBAN"))
    site = fields.String(metadata=about("Site.", "MONTAUBAN-CENTRE"))
    deceased = fields.Boolean(metadata=about("Personne décédée."))


class SearchIn(Schema):
    """What is known of the person; at least one criterion."""

    name = text_field("Nom et prénoms, dans n’importe quel ordre.", "exemple cam", longest=200)
    born_on = fields.Date(metadata=about("Date de naissance.", "1984-05-17"))
    phone = text_field("Numéro de téléphone.", "06 39 98 00 01", longest=30)
    email = text_field("Adresse électronique.", "camille@exemple.fr", longest=254)
    reference = text_field("Référence externe.", "IODAS-0001", longest=64)

    @marshmallow.validates_schema
    def _something(self, data: Mapping[str, Any], **_: Any) -> None:
        if not data:
            raise marshmallow.ValidationError("Donnez au moins un critère.")


class SearchOut(Schema):
    """Those found, at most 50; protected files never show here."""

    personnes = fields.List(fields.Nested(PersonneLine), metadata=about("Personnes trouvées."))
    truncated = fields.Boolean(metadata=about("Il y en a d’autres : précisez la recherche."))
    notice = fields.String(metadata=about("Toujours présente, quelle que soit la recherche."))


class DuplicatesIn(Schema):
    """An identity to compare with the files."""

    family_name = text_field("Nom d’usage.", "Exemple", longest=100, required=True)
    first_names = text_field("Prénoms.", "Camille", longest=100, required=True)
    birth_name = text_field("Nom de naissance.", "Exemple", longest=100, load_default=None)
    born_on = fields.Date(load_default=None, metadata=about("Date de naissance."))
    contacts = fields.List(
        fields.Nested(ContactIn), load_default=list, metadata=about("Coordonnées.")
    )


class Candidate(Schema):
    """A file that may be the same person, and why."""

    personne = fields.Nested(PersonneLine, metadata=about("La personne déjà connue."))
    reasons = fields.List(choice(Reason, "Motif."), metadata=about("Pourquoi."))


class DuplicatesOut(Schema):
    """Probable duplicates the caller may see."""

    candidates = fields.List(fields.Nested(Candidate), metadata=about("Doublons probables."))
    contact_responsable = fields.Boolean(
        metadata=about("Contactez le responsable avant d’enregistrer.")
    )


class _RawRows(fields.List[Any]):
    """Rows documented by a schema but read one by one: a bad row does not refuse the others."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> list[Any]:
        if not isinstance(value, list):
            raise self.make_error("invalid")
        return value


class ImportIn(Schema):
    """A batch of a takeover."""

    rows = _RawRows(
        fields.Nested(ImportRow),
        required=True,
        validate=validate.Length(1, 200),
        metadata=about("Lignes, 200 au plus ; chacune a son propre sort."),
    )


class FieldError(Schema):
    """What is wrong with one field."""

    pointer = fields.String(metadata=about("Champ (JSON Pointer).", "/born_on"))
    detail = fields.String(metadata=about("Pourquoi.", "Date attendue (AAAA-MM-JJ)."))


class ImportOutcome(Schema):
    """What became of one row."""

    row = fields.Integer(metadata=about("Rang de la ligne, à partir de 0.", 0))
    reference = fields.String(allow_none=True, metadata=about("Référence externe."))
    outcome = fields.String(metadata=about("created, duplicate ou refused.", "created"))
    personne_id = fields.UUID(
        allow_none=True, metadata=about("La personne créée, ou celle déjà là si elle est visible.")
    )
    reasons = fields.List(choice(Reason, "Motif."), metadata=about("Motifs de doublon."))
    errors = fields.List(fields.Nested(FieldError), metadata=about("Champs refusés."))


class ImportOut(Schema):
    """What became of a batch."""

    outcomes = fields.List(fields.Nested(ImportOutcome), metadata=about("Une ligne par ligne."))
    created = fields.Integer(metadata=about("Personnes créées.", 198))
    duplicate = fields.Integer(metadata=about("Lignes déjà connues.", 1))
    refused = fields.Integer(metadata=about("Lignes refusées.", 1))
