"""What marshmallow says of a refused value, in French."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

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


def speak() -> None:
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
