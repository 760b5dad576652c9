"""The base of every HTTP schema: unknown fields refused, messages in French."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import marshmallow
from marshmallow import RAISE

from chassis.errors import Invalid
from chassis.web import fields
from chassis.web.pages import MAX_LIMIT

#: What a cursor looks like.
CURSOR = "q83vEjRWeJCrze8SNFZ4kFsiMjAyMy0wMS0wOSJd"


class Schema(marshmallow.Schema):
    """Refuses what it does not know, so that a typing mistake never passes unseen."""

    class Meta:
        unknown = RAISE

    #: marshmallow reads its messages off the class.
    error_messages = {"unknown": "Champ inconnu.", "type": "Objet attendu."}  # noqa: RUF012


class PageQuery(Schema):
    """What every list takes."""

    limit = fields.integer(
        "Nombre de lignes par page.", 50, least=1, most=MAX_LIMIT, strict=False, load_default=50
    )
    cursor = fields.text(
        "Suite de la liste : le `next` de la page précédente.",
        CURSOR,
        least=0,
        most=500,
        load_default=None,
    )


class Period(Schema):
    """A period of Paris days, both included: asked for, and told again in the answer."""

    from_ = fields.day(
        "Premier jour (Paris).", "2023-01-01", data_key="from", attribute="first_day", required=True
    )
    to = fields.day(
        "Dernier jour inclus (Paris).", "2023-01-31", attribute="last_day", required=True
    )

    @marshmallow.validates_schema
    def _ordered(self, data: Mapping[str, Any], **_: Any) -> None:
        if data["first_day"] > data["last_day"]:
            raise marshmallow.ValidationError("Doit suivre « from ».", "to")


class Refused(Invalid):
    """The body or the query does not fit its schema (422)."""

    code = "donnees-invalides"
    title = "Données invalides"

    def __init__(
        self, messages: Any, known: frozenset[str] = frozenset(), document: Any = None
    ) -> None:
        super().__init__("Corrigez les champs indiqués.")
        self.errors = list(pointers(messages, known, document))[:50]


def load(schema: marshmallow.Schema, document: Any) -> dict[str, Any]:
    """The values of a document. Raises Refused, with a pointer for each that does not fit."""
    try:
        loaded: dict[str, Any] = schema.load(document)
    except marshmallow.ValidationError as error:
        raise Refused(error.messages, field_names(schema), document) from None
    return loaded


def pointers(
    messages: Any, known: frozenset[str], document: Any = None, prefix: str = ""
) -> Iterator[dict[str, str]]:
    """Flatten marshmallow's messages into (JSON pointer, detail) entries.

    A key the caller made up is told by its rank, never repeated: it may be anybody's name.
    """
    if isinstance(messages, Mapping):
        for key, value in messages.items():
            inside = _inside(document, key)
            here = prefix if key == "_schema" else f"{prefix}/{_step(key, known, document)}"
            yield from pointers(value, known, inside, here)
    elif isinstance(messages, Sequence) and not isinstance(messages, str):
        for message in messages:
            yield from pointers(message, known, document, prefix)
    else:
        yield {"pointer": prefix or "/", "detail": str(messages)}


def field_names(schema: marshmallow.Schema) -> frozenset[str]:
    """Every name a schema knows, nested ones included."""
    names: set[str] = set()
    for name, field in schema.fields.items():
        names.add(field.data_key or name)
        inner = field.inner if isinstance(field, marshmallow.fields.List) else field
        if isinstance(inner, marshmallow.fields.Nested):
            names |= field_names(inner.schema)
    return frozenset(names)


def _step(key: object, known: frozenset[str], document: Any) -> str:
    if isinstance(key, int) or key in known:
        return str(key)
    rank = list(document).index(key) + 1 if isinstance(document, Mapping) and key in document else 0
    return f"(champ n° {rank})"


def _inside(document: Any, key: Any) -> Any:
    try:
        return document[key]
    except (KeyError, IndexError, TypeError):
        return document if key == "_schema" else None
