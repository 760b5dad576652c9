"""Field builders shared by the schemas of rendezvous: every field says what it is, in French."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, fields, validate

AGENT_EXAMPLE = "0198d1a0-0000-7000-8000-000000000301"
#: A binôme is two; four leaves room for a synthesis meeting.
MAX_AGENTS = 4
MAX_PERSONNES = 20


def uuid(description: str, *, example: str | None = None, **options: Any) -> fields.UUID:
    """An identifier."""
    return fields.UUID(metadata=_about(description, example), **options)


def code(description: str, example: str, **options: Any) -> fields.String:
    """A stable code: capitals, digits, dash and underscore."""
    return fields.String(
        validate=validate.Regexp(r"^[A-Z0-9][A-Z0-9_-]{1,59}$(?!\n)"),
        metadata=_about(description, example),
        **options,
    )


def text(description: str, example: str, *, longest: int, **options: Any) -> fields.String:
    """A text read by people."""
    return fields.String(
        validate=validate.Length(max=longest), metadata=_about(description, example), **options
    )


def instant(description: str, example: str, **options: Any) -> fields.AwareDateTime:
    """An instant; a naive one is refused."""
    return fields.AwareDateTime(format="iso", metadata=_about(description, example), **options)


def day(description: str, example: str, **options: Any) -> fields.Date:
    """A Paris day."""
    return fields.Date(metadata=_about(description, example), **options)


def count(
    description: str, example: int, *, least: int, most: int, **options: Any
) -> fields.Integer:
    """A bounded whole number; true and 1.5 are refused."""
    return fields.Integer(
        strict=True,
        validate=validate.Range(least, most),
        metadata=_about(description, example),
        **options,
    )


def flag(description: str, *, example: bool = False, **options: Any) -> fields.Boolean:
    """true or false."""
    return fields.Boolean(
        truthy={True, "true"},
        falsy={False, "false"},
        metadata=_about(description, example),
        **options,
    )


def choice(values: type[StrEnum], description: str, **options: Any) -> fields.Enum[StrEnum]:
    """One of a closed list; the domain gets the enumeration's member."""
    return fields.Enum(
        values, by_value=True, metadata=_about(description, next(iter(values)).value), **options
    )


def uuids(description: str, *, most: int, least: int = 0, **options: Any) -> fields.List[Any]:
    """A list of identifiers without repetition."""
    return fields.List(
        fields.UUID(),
        validate=[validate.Length(min=least, max=most), distinct],
        metadata=_about(description, None),
        **options,
    )


def codes(allowed: Iterable[str] | None, description: str, **options: Any) -> fields.List[Any]:
    """A list of codes, from a closed list when one is given."""
    each: fields.Field[Any] = (
        fields.String(validate=validate.OneOf(sorted(allowed)))
        if allowed
        else code("Code", "ACCOMPAGNEMENT")
    )
    return fields.List(
        each,
        validate=[validate.Length(max=50), distinct],
        metadata=_about(description, None),
        **options,
    )


def distinct(values: list[Any]) -> None:
    """Refuse the same value twice."""
    if len(set(values)) != len(values):
        raise ValidationError("La même valeur figure deux fois.")


def _about(description: str, example: object) -> dict[str, Any]:
    return {"description": description} | ({"example": example} if example is not None else {})
