"""The OpenAPI 3.1 document of a service, read off its endpoints and schemas."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from chassis.errors import DomainError, Forbidden, NotFound, Unavailable, VersionMismatch
from chassis.web import problems
from chassis.web.endpoint import Endpoint
from chassis.web.problems import status_of

VERSION = "1.0.0"
_PROBLEM = {"$ref": "#/components/schemas/Probleme"}


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
    for name, endpoint in endpoints(service_class):
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
    spec.components.schema(
        "Probleme",
        {
            "type": "object",
            "description": "Document de problème (RFC 9457).",
            "required": ["type", "title", "status", "detail"],
            "properties": {
                "type": {"type": "string", "description": "Stable : à tester par programme."},
                "title": {"type": "string"},
                "status": {"type": "integer"},
                "detail": {"type": "string", "description": "Ce que vous pouvez faire."},
                "correlation_id": {"type": "string", "format": "uuid"},
                "errors": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "pointer": {"type": "string"},
                            "detail": {"type": "string"},
                        },
                    },
                },
            },
        },
    )


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


def _parameters(endpoint: Endpoint) -> Any:
    for name in endpoint.parameters:
        kind = {"type": "string", "format": "uuid"} if name.endswith("_id") else {"type": "string"}
        yield {"in": "path", "name": name, "required": True, "schema": kind}
    if endpoint.query is not None:
        yield {"in": "query", "schema": endpoint.query}
    if endpoint.many is not None:
        from chassis.web.schemas import PageQuery  # noqa: PLC0415 - keeps this module light

        yield {"in": "query", "schema": PageQuery}
    if endpoint.idempotent:
        yield _header(
            "Idempotency-Key",
            "Même clé, même corps et même If-Match : même réponse, pendant 24 h.",
            {"type": "string", "minLength": 8, "maxLength": 200, "pattern": "^[\\x21-\\x7e]+$"},
        )
    if endpoint.if_match:
        yield _header("If-Match", "L’ETag lu.", {"type": "string", "pattern": '^"[0-9]{1,9}"$'})


def _header(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "in": "header",
        "name": name,
        "required": True,
        "description": description,
        "schema": schema,
    }


def _responses(endpoint: Endpoint) -> dict[str, Any]:
    responses: dict[str, Any] = {str(endpoint.success_status): _success(endpoint)}
    if endpoint.allow is None:
        if endpoint.path in ("/readyz", "/livez"):
            responses["503"] = {"description": "Il manque quelque chose ; le corps dit quoi."}
        return responses
    by_status: dict[int, list[str]] = {}
    for error in _errors(endpoint):
        by_status.setdefault(status_of(error), []).append(f"{error.title} (`{error.code}`)")
    for status, titles in sorted(by_status.items()):
        responses[str(status)] = {
            "description": " ; ".join(dict.fromkeys(titles)) + ".",
            "content": {problems.CONTENT_TYPE: {"schema": _PROBLEM}},
        }
    return responses


def _success(endpoint: Endpoint) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": endpoint.summary + "."}
    if endpoint.reply is not None:
        schema: Any = endpoint.reply
        if endpoint.many is not None:
            schema = {
                "type": "object",
                "required": [endpoint.many, "next"],
                "properties": {
                    endpoint.many: {"type": "array", "items": endpoint.reply},
                    "next": {"type": ["string", "null"], "description": "Suite de la liste."},
                },
            }
        answer["content"] = {"application/json": {"schema": schema}}
    if endpoint.etag:
        answer["headers"] = {
            "ETag": {"description": "Version de la fiche.", "schema": {"type": "string"}}
        }
    return answer


def _errors(endpoint: Endpoint) -> list[type[DomainError]]:
    from chassis.web.handling import Refused  # noqa: PLC0415 - handling imports the whole request path

    errors: list[type[DomainError]] = [Unavailable]
    if endpoint.allow is not None:
        errors += [problems.Unauthenticated, Forbidden]
    if endpoint.body is not None:
        errors += [problems.BadRequest, problems.BodyTooLarge, problems.WrongMediaType]
    if endpoint.body or endpoint.query or endpoint.parameters or endpoint.many:
        errors.append(Refused)
    if endpoint.idempotent:
        errors += [problems.BadRequest, problems.KeyReused, problems.StillRunning]
    if endpoint.if_match:
        errors += [problems.BadRequest, VersionMismatch, problems.PreconditionRequired]
    if endpoint.parameters:
        errors.append(NotFound)
    return [*errors, *endpoint.problems]


def _schema_name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    name = kind.__name__ if issubclass(kind, Schema) else str(schema)
    modifiers = ""
    if isinstance(schema, Schema) and (schema.only or schema.exclude):
        modifiers = "_" + "_".join(sorted(schema.only or schema.exclude))
    return re.sub(r"\W", "_", name + modifiers)
