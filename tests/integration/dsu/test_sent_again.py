"""Acts without an idempotency key, sent again after a lost answer."""

from __future__ import annotations

from tests.integration.again import sent_again
from tests.integration.dsu.conftest import World


def test_an_association_ends_once(world: World) -> None:
    dossier = world.opened()
    made = world.associate(dossier, world.cesf, "BUDGET").json["association_id"]
    path = f"/v1/dossiers/{dossier['dossier_id']}/associations/{made}/end"

    again = sent_again(world.runtime, lambda: world.client.post(path, json={}, **world.as_ass()))

    assert again == 409
