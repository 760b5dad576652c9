"""Fields that several schemas share, each with its French description."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from marshmallow import fields, validate


class Sorted(fields.List[Any]):
    """A set, always told in the same order."""

    def _serialize(self, value: Any, *args: Any, **kwargs: Any) -> list[Any] | None:
        return super()._serialize(None if value is None else sorted(value), *args, **kwargs)


EXAMPLE_ID = "01980a3c-5a10-7c43-9c39-0a1b2c3d4e01"
TOPIC = "rendezvous.rendezvous_booked.v1"
CODE = validate.Regexp(r"^[A-Z0-9][A-Z0-9_-]{1,39}$", error="Code en majuscules attendu.")
PARTNER = validate.Regexp(
    r"^[a-z][a-z0-9-]{1,30}$", error="Code du partenaire : minuscules, chiffres et tirets."
)
TOPIC_FORM = validate.Regexp(
    r"^[a-z]+\.[a-z_]+\.v[0-9]{1,2}$", error="Fait attendu sous la forme service.fait.v1."
)


def uuid(description: str, **options: Any) -> fields.UUID:
    """An id."""
    return fields.UUID(metadata={"description": description, "example": EXAMPLE_ID}, **options)


def day(description: str, **options: Any) -> fields.Date:
    """A Paris day."""
    return fields.Date(metadata={"description": description, "example": "2023-07-09"}, **options)


def instant(description: str) -> fields.DateTime:
    """A UTC instant."""
    return fields.DateTime(metadata={"description": description, "example": "2023-01-09T08:00:00Z"})


def text(description: str, example: str, most: int, **options: Any) -> fields.String:
    """A text of bounded length."""
    return fields.String(
        validate=validate.Length(1, most),
        metadata={"description": description, "example": example},
        **options,
    )


def partner(**options: Any) -> fields.String:
    """The code of a partner."""
    meta = {"description": "Code du partenaire.", "example": "caf"}
    return fields.String(validate=PARTNER, metadata=meta, **options)


def purpose_(**options: Any) -> fields.String:
    """The code of a purpose."""
    meta = {"description": "Finalité (code).", "example": "ACCES_AUX_DROITS"}
    return fields.String(validate=CODE, metadata=meta, **options)


def one(enum: type[StrEnum], description: str, **options: Any) -> fields.Enum[Any]:
    """One code of an enumeration."""
    example = _first(enum)
    return fields.Enum(
        enum, by_value=True, metadata={"description": description, "example": example}, **options
    )


def several(enum: type[StrEnum], description: str, **options: Any) -> Sorted:
    """Codes of an enumeration."""
    example = [_first(enum)]
    return Sorted(
        fields.Enum(enum, by_value=True),
        metadata={"description": description, "example": example},
        **options,
    )


def elements_(description: str, **options: Any) -> fields.Dict:
    """Facts and their fields."""
    return fields.Dict(
        keys=fields.String(validate=TOPIC_FORM),
        values=Sorted(fields.String(validate=validate.Length(1, 60))),
        validate=validate.Length(max=50),
        metadata={"description": description, "example": {TOPIC: ["starts_at", "site"]}},
        **options,
    )


def as_elements(value: dict[str, list[str]]) -> dict[str, frozenset[str]]:
    """Elements as the domain holds them."""
    return {topic: frozenset(names) for topic, names in value.items()}


def _first(enum: type[StrEnum]) -> str:
    return next(member.value for member in enum)
