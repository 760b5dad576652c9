"""A marked name, phone and NIR-like number, and bodies that carry them wherever text is free."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import marshmallow
from marshmallow import fields as kinds
from marshmallow import validate

from chassis.web.fields import Form

NAME = "Zzcanarinette"
PHONE = "0639988877"
EMAIL = "zzcanarinette@exemple.fr"
NIR = "185057512345678"
#: What people write in a box: all three at once.
SENTENCE = f"{NAME} {PHONE} {NIR}"
#: In any case, and however the number was normalised.
MARKS = (NAME.lower(), PHONE[1:], NIR)


def leaks(text: str) -> list[str]:
    """The marks a text holds."""
    lowered = text.lower()
    return [mark for mark in MARKS if mark in lowered]


def body(schema: marshmallow.Schema, known: Mapping[str, Any]) -> dict[str, Any]:
    """A body of this form: what is known, the examples of what is required, marks in free text."""
    made: dict[str, Any] = {}
    for name, field in schema.fields.items():
        key = field.data_key or name
        inner = field.inner if isinstance(field, kinds.List) else field
        if isinstance(inner, kinds.Nested):
            if key in known or field.required:
                one = {} if inner is field else [{}]
                made[key] = _nested(field, inner, known.get(key, one))
        elif key in known:
            made[key] = known[key]
        elif is_free(field):
            made[key] = _mark(field)
        elif field.required:
            made[key] = field.metadata["example"]
    return made


def is_free(field: Any) -> bool:
    """A text of any form: whatever people write will land there."""
    closed = (Form, validate.OneOf)
    return type(field) is kinds.String and not any(isinstance(v, closed) for v in field.validators)


def free_texts(schema: marshmallow.Schema, where: str = "") -> Iterator[str]:
    """The pointers of every free text of a body."""
    for name, field in schema.fields.items():
        key = f"{where}/{field.data_key or name}"
        inner = field.inner if isinstance(field, kinds.List) else field
        if isinstance(inner, kinds.Nested):
            yield from free_texts(inner.schema, key)
        elif is_free(inner):
            yield key


def marked(document: Any, where: str = "") -> Iterator[str]:
    """The pointers of a document that hold a mark; the items of a list share theirs."""
    if isinstance(document, dict):
        for key, value in document.items():
            yield from marked(value, f"{where}/{key}")
    elif isinstance(document, list):
        for value in document:
            yield from marked(value, where)
    elif isinstance(document, str) and leaks(document):
        yield where


def _nested(field: Any, inner: Any, known: Any) -> Any:
    if isinstance(field, kinds.List):
        return [body(inner.schema, one) for one in known]
    return None if known is None else body(inner.schema, known)


def _mark(field: Any) -> str:
    longest = min((v.max for v in field.validators if getattr(v, "max", None)), default=None)
    return SENTENCE if longest is None or longest >= len(SENTENCE) else SENTENCE[:longest]
