"""The base of every HTTP schema: unknown fields refused, messages in French."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import marshmallow
from marshmallow import RAISE, fields, validate

from chassis.web.pages import MAX_LIMIT

_FRENCH: dict[type[fields.Field[Any]], dict[str, str]] = {
    fields.Field: {
        "required": "Champ obligatoire.",
        "null": "Ne peut pas être vide.",
        "validator_failed": "Valeur refusée.",
    },
    fields.Nested: {"type": "Objet attendu."},
    fields.List: {"invalid": "Liste attendue."},
    fields.String: {"invalid": "Texte attendu.", "invalid_utf8": "Texte UTF-8 attendu."},
    fields.UUID: {"invalid_uuid": "Identifiant (UUID) attendu."},
    fields.Number: {"invalid": "Nombre attendu.", "too_large": "Nombre trop grand."},
    fields.Integer: {"invalid": "Nombre entier attendu."},
    fields.Boolean: {"invalid": "true ou false attendu."},
    fields.DateTime: {
        "invalid": "Instant ISO 8601 attendu.",
        "invalid_awareness": "Instant avec fuseau horaire attendu (ex. 2023-01-09T09:00:00Z).",
    },
    fields.Date: {"invalid": "Date attendue (AAAA-MM-JJ)."},
    fields.Time: {"invalid": "Heure attendue (HH:MM)."},
    fields.Mapping: {"invalid": "Objet attendu."},
    fields.Email: {"invalid": "Adresse électronique invalide."},
    fields.Url: {"invalid": "Adresse web invalide."},
    fields.Enum: {"unknown": "Valeurs admises : {choices}."},
}


def _speak_french() -> None:
    """marshmallow keeps its messages on the classes; there is no other place to translate them."""
    for kind, messages in _FRENCH.items():
        kind.default_error_messages = {**kind.default_error_messages, **messages}
    validate.Range.message_min = "Doit être {min_op} {{min}}."
    validate.Range.message_max = "Doit être {max_op} {{max}}."
    validate.Range.message_all = "Doit être {min_op} {{min}} et {max_op} {{max}}."
    validate.Range.message_gte = "supérieur ou égal à"
    validate.Range.message_gt = "supérieur à"
    validate.Range.message_lte = "inférieur ou égal à"
    validate.Range.message_lt = "inférieur à"
    validate.Length.message_min = "Trop court : {min} au moins."
    validate.Length.message_max = "Trop long : {max} au plus."
    validate.Length.message_all = "Longueur entre {min} et {max}."
    validate.Length.message_equal = "Longueur attendue : {equal}."
    validate.Regexp.default_message = "Format non reconnu."
    validate.OneOf.default_message = "Valeurs admises : {choices}."
    validate.Email.default_message = "Adresse électronique invalide."
    validate.Equal.default_message = "Doit être égal à {other}."
    validate.NoneOf.default_message = "Valeur refusée."
    validate.Predicate.default_message = "Valeur refusée."
    validate.ContainsOnly.default_message = "Valeurs admises : {choices}."


_speak_french()


class Schema(marshmallow.Schema):
    """Refuses what it does not know, so that a typing mistake never passes unseen."""

    class Meta:
        unknown = RAISE

    #: marshmallow reads its messages off the class.
    error_messages = {"unknown": "Champ inconnu.", "type": "Objet attendu."}  # noqa: RUF012


class PageQuery(Schema):
    """What every list takes."""

    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(1, MAX_LIMIT),
        metadata={"description": "Nombre de lignes par page.", "example": 50},
    )
    cursor = fields.String(
        load_default=None,
        validate=validate.Length(max=500),
        metadata={"description": "Suite de la liste : le `next` de la page précédente."},
    )


class PeriodQuery(Schema):
    """A period of Paris days, both included."""

    from_ = fields.Date(
        data_key="from",
        attribute="first_day",
        required=True,
        metadata={"description": "Premier jour (Paris).", "example": "2023-01-01"},
    )
    to = fields.Date(
        attribute="last_day",
        required=True,
        metadata={"description": "Dernier jour inclus (Paris).", "example": "2023-01-31"},
    )

    @marshmallow.validates_schema
    def _ordered(self, data: Mapping[str, Any], **_: Any) -> None:
        if data["first_day"] > data["last_day"]:
            raise marshmallow.ValidationError("Doit suivre « from ».", "to")


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
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
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
