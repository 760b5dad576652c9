"""The OpenAPI 3.1 document of a service, read off its endpoints and schemas."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from chassis.web import refusals
from chassis.web.endpoint import Endpoint
from chassis.web.fields import EXAMPLE_ID
from chassis.web.schemas import CURSOR, PageQuery

VERSION = "1.0.0"
_TEXT = {"type": "string"}
_ID = {
    "description": "Identifiant.",
    "example": EXAMPLE_ID,
    "schema": {"type": "string", "format": "uuid"},
}
#: Headers that any request may bring: by name, what they are and an example.
_TRACED = {
    "X-Correlation-Id": ("Numéro (UUID) repris dans la réponse et les journaux.", EXAMPLE_ID),
    "traceparent": (
        "Contexte de trace (W3C).",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    ),
}


@cache
def document(service_class: type[Any]) -> dict[str, Any]:
    """The whole document, as plain JSON values."""
    from chassis.web.route import endpoints  # noqa: PLC0415 - route imports nameko, this must not

    spec = APISpec(
        title=f"Service {service_class.name}",
        version=VERSION,
        openapi_version="3.1.0",
        info={
            "description": (service_class.__doc__ or "").strip(),
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        plugins=[MarshmallowPlugin(schema_name_resolver=_schema_name)],
        security=[{"jeton": []}],
    )
    _declare_components(spec)
    declared = endpoints(service_class)
    _declare_refusals(spec, [endpoint for _, endpoint in declared])
    for name, endpoint in declared:
        spec.path(
            path=endpoint.path,
            operations={endpoint.method.lower(): _operation(name, endpoint)},
        )
    return spec.to_dict()


def _declare_components(spec: APISpec) -> None:
    spec.components.security_scheme(
        "jeton",
        {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "Jeton d’accès OIDC. La portée de chaque route est dans `x-roles`.",
        },
    )
    spec.components.schema("Probleme", refusals.SCHEMA)
    for described in refusals.HEADERS.values():
        for name, description in described.items():
            spec.components.header(name, {"description": description, "schema": _TEXT})
    for name, (description, example) in _TRACED.items():
        parameter = {"description": description, "example": example, "schema": _TEXT}
        spec.components.parameter(name, "header", parameter)


def _declare_refusals(spec: APISpec, declared: Iterable[Endpoint]) -> None:
    kinds = {kind.code: kind for endpoint in declared for kind in refusals.refusals(endpoint)}
    for code, kind in sorted(kinds.items()):
        spec.components.response(code, refusals.response([kind]))
        spec.components.example(code, {"summary": kind.title, "value": refusals.example(kind)})


def _operation(name: str, endpoint: Endpoint) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": name,
        "summary": endpoint.summary,
        "tags": [endpoint.tag],
        "parameters": list(_parameters(endpoint)),
        "responses": _responses(endpoint),
    }
    if endpoint.description:
        operation["description"] = endpoint.description
    if endpoint.allow is None:
        operation["security"] = []
    else:
        operation["x-roles"] = sorted(endpoint.allow)
    if endpoint.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": endpoint.body}},
        }
    return operation


def _parameters(endpoint: Endpoint) -> Iterator[Any]:
    for name in endpoint.parameters:
        if name.endswith("_id"):
            yield {"in": "path", "name": name, "required": True} | _ID
    asked = {"path": endpoint.texts, "query": endpoint.query, "header": endpoint.headers}
    for place, schema in asked.items():
        if schema is not None:
            yield {"in": place, "schema": schema}
    if endpoint.many is not None:
        yield {"in": "query", "schema": PageQuery}
    yield from _required_headers(endpoint)
    if not endpoint.raw:
        yield from _TRACED


def _required_headers(endpoint: Endpoint) -> Iterator[dict[str, Any]]:
    if endpoint.idempotent:
        yield _header(
            "Idempotency-Key",
            "Même clé, même corps et même If-Match : même réponse, pendant 24 h.",
            "01980a3c-clic-1",
            {"type": "string", "minLength": 8, "maxLength": 200, "pattern": "^[\\x21-\\x7e]+$"},
        )
    if endpoint.if_match:
        form = {"type": "string", "pattern": '^"[0-9]{1,9}"$'}
        yield _header("If-Match", "L’ETag lu.", '"3"', form)


def _header(name: str, description: str, example: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "in": "header",
        "name": name,
        "required": True,
        "description": description,
        "example": example,
        "schema": schema,
    }


def _responses(endpoint: Endpoint) -> dict[str, Any]:
    answers = {str(endpoint.success_status): _success(endpoint)}
    if endpoint.path in ("/readyz", "/livez"):
        answers["503"] = {"description": "Il manque quelque chose ; le corps dit quoi."}
    if endpoint.media is not None:
        answers["304"] = {"description": "Inchangé depuis l’ETag envoyé (If-None-Match)."}
    return answers | refusals.responses(endpoint)


def _success(endpoint: Endpoint) -> dict[str, Any]:
    status = endpoint.success_status
    answer: dict[str, Any] = {
        "description": endpoint.summary + ".",
        "headers": refusals.headers(status),
    }
    if endpoint.reply is not None:
        schema: Any = endpoint.reply if endpoint.many is None else _page(endpoint)
        answer["content"] = {"application/json": {"schema": schema}}
    if endpoint.media is not None:
        answer["content"] = {endpoint.media: {"schema": _TEXT}}
    if endpoint.etag or endpoint.media is not None:
        answer["headers"]["ETag"] = {
            "description": "Version de la fiche.",
            "example": '"3"',
            "schema": _TEXT,
        }
    return answer


def _page(endpoint: Endpoint) -> dict[str, Any]:
    following = {
        "type": ["string", "null"],
        "description": "Le curseur de la suite ; null à la fin.",
        "example": CURSOR,
    }
    return {
        "type": "object",
        "required": [endpoint.many, "next"],
        "properties": {
            endpoint.many: {
                "type": "array",
                "description": "Les lignes de la page.",
                "items": endpoint.reply,
            },
            "next": following,
        },
    }


def _schema_name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    name = kind.__name__ if issubclass(kind, Schema) else str(schema)
    modifiers = ""
    if isinstance(schema, Schema) and (schema.only or schema.exclude):
        modifiers = "_" + "_".join(sorted(schema.only or schema.exclude))
    return re.sub(r"\W", "_", name + modifiers)
