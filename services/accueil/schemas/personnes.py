"""Personnes, duplicates and imports over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow
from marshmallow import validate

from chassis.web import fields
from chassis.web.schemas import Schema
from services.accueil.domain.contact import Channel
from services.accueil.domain.doublons import Reason
from services.accueil.domain.personne import Circumstance, Housing, NationalityGroup, Placement, Sex
from services.accueil.schemas.annuaire import commune_code


class ContactIn(Schema):
    """A phone number or an e-mail address, and what the person said of it."""

    channel = fields.choice(Channel, "SMS ou EMAIL.", required=True)
    value = fields.text(
        "Numéro (français ou +…) ou adresse.", "06 39 98 00 01", most=254, required=True
    )
    opted_in = fields.flag("La personne accepte ce canal pour ses messages.", load_default=False)
    confirmed_safe = fields.flag(
        "La personne confirme que personne d’autre ne lira ces messages.", load_default=False
    )
    shared_confirmed = fields.flag(
        "La personne sait que quelqu’un d’autre utilise ce contact et le confirme quand même.",
        load_default=False,
    )


class _PersonneBase(Schema):
    birth_name = fields.text("Nom de naissance.", "Exemple", most=100, allow_none=True)
    born_on = fields.day("Date de naissance.", "1984-05-17", allow_none=True)
    sex = fields.choice(Sex, "Sexe à l’état civil.", allow_none=True)
    housing = fields.choice(Housing, "Adresse, domiciliation, ou ni l’une ni l’autre.")
    address = fields.text("Voie et complément.", "12 rue de l’Exemple", most=300, allow_none=True)
    commune = commune_code(allow_none=True)
    receiving_site = fields.code(
        "Site d’accueil : sans adresse, ou quand aucun ou plusieurs sites couvrent la commune.",
        "MONTAUBAN-CENTRE",
    )
    language = fields.language("Langue parlée (ISO 639).")
    interpreter_needed = fields.flag("Besoin d’un interprète.")
    nationality_group = fields.choice(
        NationalityGroup, "Seulement si une prestation l’exige (CNIL 2021-028).", allow_none=True
    )
    nationality_purpose = fields.code("Cette prestation.", "AM", allow_none=True)
    circumstance = fields.choice(Circumstance, "Situation qui change la tenue de la fiche.")


class PersonneIn(_PersonneBase):
    """A new personne."""

    family_name = fields.text("Nom d’usage (ou pseudonyme).", "Exemple", most=100, required=True)
    first_names = fields.text("Prénoms.", "Camille", most=100, required=True)
    contacts = fields.many(ContactIn, "Coordonnées, par ordre de préférence.", most=10)
    confirm_distinct = fields.flag(
        "Les doublons proposés ont été vus : c’est une autre personne.", load_default=False
    )


class ImportRow(PersonneIn):
    """One row of a takeover (reprise) from another application."""

    reference = fields.text(
        "Identifiant dans l’application d’origine.", "IODAS-0001", most=64, required=True
    )


class PersonnePatch(_PersonneBase):
    """What changes; a field left out stays as it is, null empties it."""

    family_name = fields.text("Nom d’usage.", "Exemple", most=100)
    first_names = fields.text("Prénoms.", "Camille", most=100)
    discernment_noted = fields.flag(
        "Un professionnel a constaté le discernement du mineur venu seul."
    )


class PersonneOut(Schema):
    """A personne, as the agent who may open the file sees it."""

    personne_id = fields.uuid("Identifiant.")
    family_name = fields.text("Nom d’usage.", "Exemple")
    birth_name = fields.text("Nom de naissance.", "Modèle", allow_none=True)
    first_names = fields.text("Prénoms.", "Camille")
    born_on = fields.day("Date de naissance.", allow_none=True)
    sex = fields.choice(Sex, "Sexe à l’état civil.", allow_none=True)
    mds = fields.code("MDS.", "MDS-MONTAUBAN")
    site = fields.code("Site.", "MONTAUBAN-CENTRE")
    placement = fields.choice(
        Placement,
        "Comment le site a été trouvé ; NO_SECTOR et CHOSEN_AMONG_SEVERAL sont à vérifier.",
    )
    housing = fields.choice(Housing, "Adresse, domiciliation, ou ni l’une ni l’autre.")
    address = fields.text("Voie et complément.", "12 rue de l’Exemple", allow_none=True)
    commune = commune_code(allow_none=True)
    language = fields.language("Langue parlée (ISO 639).")
    interpreter_needed = fields.flag("Besoin d’un interprète.")
    nationality_group = fields.choice(NationalityGroup, "Groupe de nationalité.", allow_none=True)
    nationality_purpose = fields.text(
        "Prestation qui l’exige.", "ALLOCATION_EXEMPLE", allow_none=True
    )
    circumstance = fields.choice(Circumstance, "Situation qui change la tenue de la fiche.")
    discernment_noted_by = fields.uuid("Agent qui a constaté le discernement.", allow_none=True)
    reference = fields.text("Référence externe.", "REPRISE-0001", allow_none=True)
    protected = fields.flag("Fiche protégée.")
    no_contact = fields.flag("Aucun contact, par aucun canal.")
    died_on = fields.day("Date du décès.", allow_none=True)
    registered_at = fields.instant("Instant de l’enregistrement.")
    version = fields.version()


class PersonneLine(Schema):
    """A personne in a list of results."""

    personne_id = fields.uuid("Identifiant.")
    family_name = fields.text("Nom d’usage.", "Exemple")
    birth_name = fields.text("Nom de naissance.", "Modèle", allow_none=True)
    first_names = fields.text("Prénoms.", "Camille")
    born_on = fields.day("Date de naissance.", allow_none=True)
    mds = fields.code("MDS.", "MDS-MONTAUBAN")
    site = fields.code("Site.", "MONTAUBAN-CENTRE")
    deceased = fields.flag("Personne décédée.")


class SearchIn(Schema):
    """What is known of the person; at least one criterion."""

    name = fields.text("Nom et prénoms, dans n’importe quel ordre.", "exemple cam", most=200)
    born_on = fields.day("Date de naissance.", "1984-05-17")
    phone = fields.text("Numéro de téléphone.", "06 39 98 00 01", most=30)
    email = fields.text("Adresse électronique.", "camille@exemple.fr", most=254)
    reference = fields.text("Référence externe.", "IODAS-0001", most=64)

    @marshmallow.validates_schema
    def _something(self, data: Mapping[str, Any], **_: Any) -> None:
        if not data:
            raise marshmallow.ValidationError("Donnez au moins un critère.")


class SearchOut(Schema):
    """Those found, at most 50; protected files never show here."""

    personnes = fields.many(PersonneLine, "Personnes trouvées.")
    truncated = fields.flag("Il y en a d’autres : précisez la recherche.")
    notice = fields.text(
        "Toujours présente, quelle que soit la recherche.",
        "Une fiche peut être masquée : en cas de doute, contactez le responsable.",
    )


class DuplicatesIn(Schema):
    """An identity to compare with the files."""

    family_name = fields.text("Nom d’usage.", "Exemple", most=100, required=True)
    first_names = fields.text("Prénoms.", "Camille", most=100, required=True)
    birth_name = fields.text("Nom de naissance.", "Exemple", most=100, load_default=None)
    born_on = fields.day("Date de naissance.", load_default=None)
    contacts = fields.many(ContactIn, "Coordonnées.", load_default=list)


class Candidate(Schema):
    """A file that may be the same person, and why."""

    personne = fields.nested(PersonneLine, "La personne déjà connue.")
    reasons = fields.choices(Reason, "Pourquoi.")


class DuplicatesOut(Schema):
    """Probable duplicates the caller may see."""

    candidates = fields.many(Candidate, "Doublons probables.")
    contact_responsable = fields.flag("Contactez le responsable avant d’enregistrer.")


class _RawRows(fields.List):
    """Rows documented by a schema but read one by one: a bad row does not refuse the others."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> list[Any]:
        if not isinstance(value, list):
            raise self.make_error("invalid")
        return value


class ImportIn(Schema):
    """A batch of a takeover."""

    rows = _RawRows(
        marshmallow.fields.Nested(ImportRow),
        required=True,
        validate=validate.Length(1, 200),
        metadata=fields.about("Lignes, 200 au plus ; chacune a son propre sort."),
    )


class FieldError(Schema):
    """What is wrong with one field."""

    pointer = fields.text("Champ (JSON Pointer).", "/born_on")
    detail = fields.text("Pourquoi.", "Date attendue (AAAA-MM-JJ).")


class ImportOutcome(Schema):
    """What became of one row."""

    row = fields.integer("Rang de la ligne, à partir de 0.", 0)
    reference = fields.text("Référence externe.", "REPRISE-0001", allow_none=True)
    outcome = fields.text("created, duplicate ou refused.", "created")
    personne_id = fields.uuid(
        "La personne créée, ou celle déjà là si elle est visible.", allow_none=True
    )
    reasons = fields.choices(Reason, "Motifs de doublon.")
    errors = fields.many(FieldError, "Champs refusés.")


class ImportOut(Schema):
    """What became of a batch."""

    outcomes = fields.many(ImportOutcome, "Une ligne par ligne.")
    created = fields.integer("Personnes créées.", 198)
    duplicate = fields.integer("Lignes déjà connues.", 1)
    refused = fields.integer("Lignes refusées.", 1)
