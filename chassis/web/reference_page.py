"""The OpenAPI document as one readable page: no script, no network, readable when printed."""

from __future__ import annotations

import json
from typing import Any

from jinja2 import Environment, PackageLoader

# Not `select_autoescape`: it goes by the last suffix, and ours is `.j2`.
_TEMPLATES = Environment(loader=PackageLoader("chassis.web", "templates"), autoescape=True)


def render(document: dict[str, Any]) -> str:
    """HTML, in French."""
    operations = [
        operation
        | {
            "method": method.upper(),
            "path": path,
            "parameters": [_resolved(document, one) for one in operation["parameters"]],
            "responses": {
                status: _resolved(document, one) for status, one in operation["responses"].items()
            },
        }
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    tags = sorted({operation["tags"][0] for operation in operations})
    return _TEMPLATES.get_template("reference.html.j2").render(
        info=document["info"],
        schemas=document["components"].get("schemas", {}),
        sections=[(tag, [o for o in operations if o["tags"][0] == tag]) for tag in tags],
        schema_text=_schema_text,
    )


def _resolved(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    kind, name = part["$ref"].split("/")[-2:]
    found: dict[str, Any] = document["components"][kind][name]
    return found


def _schema_text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2)
