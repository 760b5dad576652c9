"""Fields that several schemas share, each with its French description."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate

#: Codes of MDS and sites, as accueil numbers them.
CODE = validate.Regexp(r"^[A-Z0-9][A-Z0-9_-]{1,59}$", error="Code en majuscules attendu.")
#: A fictitious id for the examples of the API's page.
EXAMPLE_ID = "01980a3c-5a10-7c43-9c39-0a1b2c3d4e01"


def uuid(description: str, **options: Any) -> fields.UUID:
    """An id."""
    return fields.UUID(metadata={"description": description, "example": EXAMPLE_ID}, **options)


def day(description: str, **options: Any) -> fields.Date:
    """A Paris day."""
    return fields.Date(metadata={"description": description, "example": "2023-01-09"}, **options)


def code(description: str, example: str, **options: Any) -> fields.String:
    """A code of the trade or of the territory."""
    return fields.String(metadata={"description": description, "example": example}, **options)


def mds(**options: Any) -> fields.String:
    """The MDS a dossier belongs to."""
    return code("Code de la MDS.", "MDS-MONTAUBAN", **options)


def site(**options: Any) -> fields.String:
    """The site a dossier is opened on."""
    return code("Code du site.", "MONTAUBAN-CENTRE", **options)


def personne_ids(description: str, *, most: int) -> fields.List[Any]:
    """One or several personnes, each once."""
    return fields.List(
        fields.UUID(),
        required=True,
        validate=[validate.Length(min=1, max=most), _each_once],
        metadata={"description": description, "example": [EXAMPLE_ID]},
    )


def _each_once(values: list[Any]) -> None:
    if len(set(values)) != len(values):
        raise ValidationError("La même personne est citée deux fois.")
