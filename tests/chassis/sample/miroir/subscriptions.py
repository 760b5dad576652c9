"""Mirrors every increment."""

from typing import Any

import sqlalchemy as sa
from marshmallow import fields
from sqlalchemy.dialects import postgresql as pg

from chassis.errors import Rejected, Retryable
from chassis.events import Event
from chassis.subscriptions import FactSchema, Subscriptions
from tests.chassis.sample.miroir.persistence import effect, miroir

subscriptions = Subscriptions("miroir")

#: Values a test makes fail: {value: error class}.
FAILING: dict[int, type[Exception]] = {}


class Incremented(FactSchema):
    """What the mirror needs."""

    compteur_id = fields.UUID(required=True)
    value = fields.Integer(required=True)


@subscriptions.on("compteur", "incremented.v1", of="compteur", reads=Incremented)
def mirror(uow: Any, data: dict[str, Any], event: Event) -> None:
    """Copy the value; -1 can never be applied, -2 not yet."""
    if data["value"] in FAILING:
        raise FAILING[data["value"]]("185057512345678")
    if data["value"] == -1:
        raise Rejected("négatif")
    if data["value"] == -2:
        raise Retryable("plus tard")
    row = pg.insert(miroir).values(data)
    uow.session.execute(
        row.on_conflict_do_update(index_elements=["compteur_id"], set_={"value": data["value"]})
    )
    uow.session.execute(sa.insert(effect).values(data))
