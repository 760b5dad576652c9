"""Pieces every schema of accueil shares."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from marshmallow import fields, validate

from chassis.web.schemas import Schema

CODE = validate.Regexp(
    r"^[A-Z0-9][A-Z0-9-]{0,63}$", error="Code en capitales, chiffres et tirets attendu."
)
INSEE = validate.Regexp(r"^(\d{5}|2[AB]\d{3})$", error="Code INSEE de commune attendu (5 signes).")
LANGUAGE = validate.Regexp(r"^[a-z]{2,3}$", error="Code de langue ISO 639 attendu (ex. fr).")


def about(description: str, example: Any = None) -> dict[str, Any]:
    """The metadata of one field: what it is, and an example."""
    return {"description": description} | ({} if example is None else {"example": example})


def code_field(description: str, example: str, **options: Any) -> fields.String:
    """A stable code."""
    return fields.String(validate=CODE, metadata=about(description, example), **options)


def choice(kind: type[StrEnum], description: str, **options: Any) -> fields.Enum[Any]:
    """One value of an enumeration, written by its code."""
    return fields.Enum(kind, by_value=True, metadata=about(description), **options)


def text_field(description: str, example: str, *, longest: int, **options: Any) -> fields.String:
    """A short text that is not blank."""
    rule = validate.And(
        validate.Length(min=1, max=longest),
        validate.Regexp(r"^\s*\S", error="Ne peut pas être vide."),
    )
    return fields.String(validate=rule, metadata=about(description, example), **options)


def commune_field(**options: Any) -> fields.String:
    """The INSEE code of a commune."""
    return fields.String(
        validate=INSEE, metadata=about("Code INSEE de la commune.", "82121"), **options
    )


def language_field(**options: Any) -> fields.String:
    """A language code."""
    return fields.String(
        validate=LANGUAGE, metadata=about("Langue parlée (ISO 639).", "fr"), **options
    )


class ActivityRow(Schema):
    """One figure."""

    measure = fields.String(
        metadata=about(
            "VISITES, ORIENTATIONS_REQUESTED, ORIENTATIONS_ANSWERED, ORIENTATIONS_OVERDUE"
            " ou PERSONNES_REGISTERED.",
            "VISITES",
        )
    )
    mds = fields.String(metadata=about("MDS (territoire).", "MDS-MONTAUBAN"))
    site = fields.String(metadata=about("Site.", "MONTAUBAN-CENTRE"))
    channel = fields.String(metadata=about("Canal (visites)."))
    origin = fields.String(metadata=about("Origine de la démarche (visites)."))
    outcome = fields.String(metadata=about("Issue ; absente si la visite n’est pas terminée."))
    identified = fields.Boolean(metadata=about("Personne connue, ou visite restée anonyme."))
    target = fields.String(metadata=about("Destinataire (orientations)."))
    count = fields.Integer(metadata=about("Nombre.", 12))


class Activity(Schema):
    """Figures of a period; both days included."""

    from_ = fields.Date(data_key="from", attribute="first_day", metadata=about("Premier jour."))
    to = fields.Date(attribute="last_day", metadata=about("Dernier jour inclus."))
    rows = fields.List(fields.Nested(ActivityRow), metadata=about("Une ligne par combinaison."))
