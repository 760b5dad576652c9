"""The fields of an HTTP schema. Each says in French what it is, and shows an example.

One builder per kind of value, so that an id, a day or a code is read, refused and described alike
by every service. Options not named here are marshmallow's.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from enum import StrEnum
from typing import Any

import marshmallow
from marshmallow import ValidationError, validate

from chassis.web import french

french.speak()

#: A fictitious id.
EXAMPLE_ID = "01980a3c-5a10-7c43-9c39-0a1b2c3d4e01"

#: What a date may be: nobody alive was born before, nothing is planned after.
FIRST_YEAR, LAST_YEAR = 1900, 2200


class Form(validate.Regexp):
    """A pattern that the whole text fits; `$` alone lets a last line break through."""

    def __call__(self, value: Any) -> Any:
        if self.regex.fullmatch(value) is None:
            raise ValidationError(self._format_error(value))
        return value


class List(marshmallow.fields.List[Any]):
    """A list; a set is told in the same order each time."""

    def _serialize(self, value: Any, *args: Any, **kwargs: Any) -> list[Any] | None:
        return super()._serialize(_in_order(value), *args, **kwargs)


CODE = Form(
    r"^[A-Z0-9][A-Z0-9_-]{0,63}$", error="Code attendu : capitales, chiffres, « - » et « _ »."
)
LANGUAGE = Form(r"^[a-z]{2,3}$", error="Code de langue ISO 639 attendu (ex. fr).")
_NOT_BLANK = validate.Regexp(r"^\s*\S", error="Ne peut pas être vide.")


def about(description: str, example: object = None) -> dict[str, Any]:
    """The metadata of a field: what it is, and an example."""
    return {"description": description} | ({} if example is None else {"example": example})


def uuid(description: str, **options: Any) -> marshmallow.fields.UUID:
    """An id."""
    return marshmallow.fields.UUID(metadata=about(description, EXAMPLE_ID), **options)


def uuids(description: str, *, least: int = 0, most: int | None = None, **options: Any) -> List:
    """Ids, each once."""
    return _list(marshmallow.fields.UUID(), about(description, [EXAMPLE_ID]), least, most, options)


def code(description: str, example: str | None = None, **options: Any) -> marshmallow.fields.String:
    """A stable code."""
    return form(CODE, description, example, **options)


def codes(
    description: str,
    example: list[str] | None = None,
    *,
    allowed: Iterable[str] = (),
    least: int = 0,
    most: int | None = None,
    **options: Any,
) -> List:
    """Codes, each once; from a closed list when one is given."""
    rule = validate.OneOf(list(_in_order(allowed))) if allowed else CODE
    item = marshmallow.fields.String(validate=rule)
    return _list(item, about(description, example), least, most, options)


def choice(
    kind: type[StrEnum], description: str, example: str | None = None, **options: Any
) -> marshmallow.fields.Enum[Any]:
    """One code of an enumeration; the domain gets its member."""
    metadata = about(description, example or _first(kind)) | {"type": "string"}
    return marshmallow.fields.Enum(kind, by_value=True, metadata=metadata, **options)


def choices(
    kind: type[StrEnum],
    description: str,
    example: list[str] | None = None,
    *,
    least: int = 0,
    most: int | None = None,
    **options: Any,
) -> List:
    """Codes of an enumeration, each once."""
    item = marshmallow.fields.Enum(kind, by_value=True, metadata={"type": "string"})
    return _list(item, about(description, example or [_first(kind)]), least, most, options)


def form(
    rule: Form, description: str, example: str | None = None, **options: Any
) -> marshmallow.fields.String:
    """A text of a given form: a reference, a phone number."""
    return marshmallow.fields.String(validate=rule, metadata=about(description, example), **options)


def one_of(
    allowed: Iterable[str], description: str, example: str | None = None, **options: Any
) -> marshmallow.fields.String:
    """One text of a closed list that is no enumeration of the domain."""
    values = list(_in_order(allowed))
    return marshmallow.fields.String(
        validate=validate.OneOf(values),
        metadata=about(description, example or values[0]),
        **options,
    )


def text(
    description: str,
    example: str | None = None,
    *,
    least: int = 1,
    most: int | None = None,
    **options: Any,
) -> marshmallow.fields.String:
    """A text that people read; one that is taken in has a bound, and is not blank."""
    rules = [*_length(least, most), *([_NOT_BLANK] if least and most else [])]
    return marshmallow.fields.String(
        validate=rules, metadata=about(description, example), **options
    )


def texts(
    description: str,
    example: list[str] | None = None,
    *,
    longest: int | None = None,
    least: int = 0,
    most: int | None = None,
    **options: Any,
) -> List:
    """Short texts, each once."""
    item = marshmallow.fields.String(validate=_length(1, longest) if longest else None)
    return _list(item, about(description, example), least, most, options)


def language(description: str, **options: Any) -> marshmallow.fields.String:
    """A language, by its ISO 639 code."""
    return form(LANGUAGE, description, "fr", **options)


def _dated(value: date) -> None:
    """A year that calendars, sums of days and PostgreSQL can all reckon with."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValidationError(f"Année attendue de {FIRST_YEAR} à {LAST_YEAR}.")


def _on_the_wall(value: time) -> None:
    """Two times of which one alone has an offset cannot even be compared."""
    if value.tzinfo is not None:
        raise ValidationError("Heure de Paris attendue, sans décalage.")


def day(description: str, example: str = "2023-01-09", **options: Any) -> marshmallow.fields.Date:
    """A Paris day."""
    return marshmallow.fields.Date(validate=_dated, metadata=about(description, example), **options)


def days(
    description: str,
    example: list[str] | None = None,
    *,
    least: int = 0,
    most: int | None = None,
    **options: Any,
) -> List:
    """Paris days, each once."""
    item = marshmallow.fields.Date(validate=_dated)
    return _list(item, about(description, example or ["2023-01-09"]), least, most, options)


def hour(description: str, example: str, **options: Any) -> marshmallow.fields.Time:
    """A wall time in Paris; one with an offset is refused."""
    return marshmallow.fields.Time(
        validate=_on_the_wall, metadata=about(description, example), **options
    )


def instant(
    description: str, example: str = "2023-01-09T08:00:00+00:00", **options: Any
) -> marshmallow.fields.AwareDateTime:
    """An instant; one without a time zone is refused."""
    return marshmallow.fields.AwareDateTime(
        format="iso", validate=_dated, metadata=about(description, example), **options
    )


def integer(
    description: str,
    example: int | None = None,
    *,
    least: int | None = None,
    most: int | None = None,
    **options: Any,
) -> marshmallow.fields.Integer:
    """A whole number; in a body, "3", true and 1.5 are refused (a query has texts alone)."""
    if least is not None or most is not None:
        options["validate"] = validate.Range(least, most)
    return marshmallow.fields.Integer(
        metadata=about(description, example), **{"strict": True, **options}
    )


def integers(
    description: str,
    example: list[int] | None = None,
    *,
    each: tuple[int, int] | None = None,
    most: int | None = None,
    **options: Any,
) -> List:
    """Whole numbers, each once."""
    rule = validate.Range(*each) if each else None
    item = marshmallow.fields.Integer(strict=True, validate=rule)
    return _list(item, about(description, example), 0, most, options)


def cents(description: str, example: int = 24500, **options: Any) -> marshmallow.fields.Integer:
    """An amount of money."""
    return integer(f"{description}, en centimes.", example, **options)


def version(description: str = "Version, reprise dans l’ETag.") -> marshmallow.fields.Integer:
    """The version of what is read."""
    return integer(description, 1)


def flag(description: str, *, example: bool = False, **options: Any) -> marshmallow.fields.Boolean:
    """true or false, and nothing that looks like it."""
    return marshmallow.fields.Boolean(
        truthy={True, "true"},
        falsy={False, "false"},
        metadata=about(description, example),
        **options,
    )


def nested(
    schema: type[marshmallow.Schema], description: str, **options: Any
) -> marshmallow.fields.Nested:
    """An object."""
    return marshmallow.fields.Nested(schema, metadata=about(description), **options)


def many(
    schema: type[marshmallow.Schema],
    description: str,
    *,
    least: int = 0,
    most: int | None = None,
    **options: Any,
) -> List:
    """Objects, in order."""
    return List(
        marshmallow.fields.Nested(schema),
        validate=_length(least, most),
        metadata=about(description),
        **options,
    )


def document(
    description: str, example: dict[str, Any] | None = None, **options: Any
) -> marshmallow.fields.Dict:
    """An object whose members are not known beforehand."""
    return marshmallow.fields.Dict(metadata=about(description, example), **options)


def distinct(values: list[Any]) -> None:
    """Refuse the same value twice."""
    if len(set(values)) != len(values):
        raise ValidationError("La même valeur figure deux fois.")


def _list(
    item: marshmallow.fields.Field[Any],
    metadata: dict[str, Any],
    least: int,
    most: int | None,
    options: dict[str, Any],
) -> List:
    return List(item, validate=[*_length(least, most), distinct], metadata=metadata, **options)


def _in_order(values: Any) -> Any:
    return sorted(values) if isinstance(values, (set, frozenset)) else values


def _length(least: int, most: int | None) -> list[validate.Length]:
    return [validate.Length(least or None, most)] if least or most is not None else []


def _first(kind: type[StrEnum]) -> str:
    return next(iter(kind)).value
