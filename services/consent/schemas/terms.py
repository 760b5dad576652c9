"""The terms of a contract and of an act of sharing: partner, purpose, facts and their fields."""

from __future__ import annotations

from typing import Any

import marshmallow
from marshmallow import validate

from chassis.web import fields

_PARTNER = fields.Form(
    r"^[a-z][a-z0-9-]{1,30}$", error="Code du partenaire : minuscules, chiffres et tirets."
)
_TOPIC = fields.Form(
    r"^[a-z]+\.[a-z_]+\.v[0-9]{1,2}$", error="Fait attendu sous la forme service.fait.v1."
)
_EXAMPLE_TOPIC = "rendezvous.rendezvous_booked.v1"


def partner(description: str = "Code du partenaire.", **options: Any) -> marshmallow.fields.String:
    """The code of a partner."""
    return fields.form(_PARTNER, description, "caf", **options)


def purpose() -> marshmallow.fields.String:
    """The code of a purpose."""
    return fields.code("Finalité (code).", "ACCES_AUX_DROITS", required=True)


def topic(description: str, **options: Any) -> marshmallow.fields.String:
    """A fact, by its name on the bus."""
    return fields.form(_TOPIC, description, _EXAMPLE_TOPIC, **options)


def elements(description: str) -> marshmallow.fields.Dict:
    """Facts and their fields."""
    names = marshmallow.fields.String(validate=validate.Length(1, 60))
    return fields.document(
        description,
        {_EXAMPLE_TOPIC: ["starts_at", "site"]},
        keys=marshmallow.fields.String(validate=_TOPIC),
        values=fields.List(names),
        validate=validate.Length(max=50),
        required=True,
    )


def as_elements(value: dict[str, list[str]]) -> dict[str, frozenset[str]]:
    """Elements as the domain holds them."""
    return {topic: frozenset(names) for topic, names in value.items()}
