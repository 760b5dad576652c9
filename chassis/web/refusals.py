"""What a route may refuse, with which problem: OpenAPI tells it, the tests' client holds to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from chassis.errors import DomainError, Forbidden, Invalid, NotFound, Unavailable, VersionMismatch
from chassis.web import problems
from chassis.web.endpoint import Endpoint
from chassis.web.fields import EXAMPLE_ID
from chassis.web.problems import CONTENT_TYPE, TYPE_PREFIX, status_of
from chassis.web.schemas import Refused

_TEXT = {"type": "string"}
_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string"}
#: Headers of an answer, by status; those of every answer under None.
HEADERS = {
    None: {"X-Correlation-Id": "Le numéro à donner au support ; à tracer avec `trace`."},
    401: {"WWW-Authenticate": "Le schéma attendu : Bearer."},
    503: {"Retry-After": "Secondes à attendre avant de réessayer."},
}
SCHEMA = {
    "type": "object",
    "description": "Document de problème (RFC 9457). Ignorez les membres inconnus.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": _TEXT
        | {
            "description": "Stable : à tester par programme.",
            "example": TYPE_PREFIX + Refused.code,
        },
        "title": _TEXT | {"description": "Le refus en quelques mots.", "example": Refused.title},
        "status": {"type": "integer", "description": "Le code de la réponse.", "example": 422},
        "detail": _TEXT
        | {"description": "Ce que vous pouvez faire.", "example": "Corrigez les champs indiqués."},
        "correlation_id": _TEXT
        | {
            "format": "uuid",
            "description": "Le numéro à donner au support.",
            "example": EXAMPLE_ID,
        },
        "errors": {
            "type": "array",
            "description": "Ce qui est refusé, champ par champ.",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": _TEXT
                    | {"description": "Le champ (RFC 6901).", "example": "/born_on"},
                    "detail": _TEXT
                    | {"description": "Pourquoi.", "example": "Date attendue (AAAA-MM-JJ)."},
                },
            },
        },
    },
}


def refusals(endpoint: Endpoint) -> list[type[DomainError]]:
    """Every kind of refusal of a route, its own after those of the chassis, each once."""
    return list(dict.fromkeys([*_of_the_chassis(endpoint), *endpoint.problems]))


def responses(endpoint: Endpoint) -> dict[str, Any]:
    """The same, as OpenAPI responses by status; a status of one kind is told once for all."""
    by_status: dict[int, list[type[DomainError]]] = {}
    for kind in refusals(endpoint):
        by_status.setdefault(status_of(kind), []).append(kind)
    return {
        str(status): response(kinds)
        if len(kinds) > 1
        else {"$ref": f"#/components/responses/{kinds[0].code}"}
        for status, kinds in sorted(by_status.items())
    }


def response(kinds: Sequence[type[DomainError]]) -> dict[str, Any]:
    """The answers of one status."""
    codes = list(dict.fromkeys(kind.code for kind in kinds))
    return {
        "description": " ; ".join(map(_told, kinds)) + ".",
        "headers": headers(status_of(kinds[0])),
        "content": {
            CONTENT_TYPE: {
                "schema": _schema(codes, kinds),
                "examples": {c: {"$ref": f"#/components/examples/{c}"} for c in codes},
            }
        },
    }


def example(kind: type[DomainError]) -> dict[str, Any]:
    """A problem document of this kind."""
    document = {
        "type": TYPE_PREFIX + kind.code,
        "title": kind.title,
        "status": status_of(kind),
        "detail": f"{kind.title}.",
        "correlation_id": EXAMPLE_ID,
    }
    if kind is Refused:
        document["errors"] = [{"pointer": "/born_on", "detail": "Date attendue (AAAA-MM-JJ)."}]
    return document | {name: shown for name, (_, shown) in kind.members.items()}


def headers(status: int) -> dict[str, Any]:
    """The headers of an answer, as references."""
    names = [*HEADERS[None], *HEADERS.get(status, {})]
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _of_the_chassis(endpoint: Endpoint) -> Iterator[type[DomainError]]:
    yield problems.Unexpected
    if endpoint.allow is not None:
        yield from (problems.Unauthenticated, Forbidden)
    if endpoint.raw:
        return
    yield from (Unavailable, problems.BodyTooLarge, Refused, Invalid)
    if _may_be_unreadable(endpoint):
        yield problems.BadRequest
    if endpoint.body is not None:
        yield problems.WrongMediaType
    if endpoint.idempotent:
        yield from (problems.KeyReused, problems.StillRunning)
    if endpoint.if_match:
        yield from (VersionMismatch, problems.PreconditionRequired)
    if endpoint.parameters:
        yield NotFound


def _may_be_unreadable(endpoint: Endpoint) -> bool:
    """What can be given in a form that means nothing: a body, a text, a key, a version."""
    asked = endpoint.body or endpoint.query or endpoint.texts
    return bool(asked or endpoint.idempotent or endpoint.if_match)


def _told(kind: type[DomainError]) -> str:
    members = ", ".join(f"`{name}`" for name in kind.members)
    return f"{kind.title} (`{kind.code}`{f', avec {members}' if members else ''})"


def _schema(codes: Sequence[str], kinds: Sequence[type[DomainError]]) -> dict[str, Any]:
    """A problem of one of these kinds, with the members that only they have."""
    properties: dict[str, Any] = {"type": {"enum": [TYPE_PREFIX + code for code in codes]}}
    for kind in kinds:
        for name, (description, shown) in kind.members.items():
            properties[name] = {"description": description, "example": shown} | _like(shown)
    return {"$ref": "#/components/schemas/Probleme", "properties": properties}


def _like(shown: Any) -> dict[str, Any]:
    """The JSON schema that an example fits. Inside an object, anything may be unknown: null."""
    if isinstance(shown, dict):
        return {"type": "object", "properties": {k: _or_null(v) for k, v in shown.items()}}
    if isinstance(shown, list):
        return {"type": "array", "items": _like(shown[0])}
    return {"type": _TYPES[type(shown)]}


def _or_null(shown: Any) -> dict[str, Any]:
    schema = _like(shown)
    return schema | {"type": [schema["type"], "null"]}
