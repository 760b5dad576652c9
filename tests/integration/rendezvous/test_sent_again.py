"""Acts without an idempotency key, sent again after a lost answer."""

from __future__ import annotations

import pytest

from tests.integration.again import sent_again

from .conftest import MDS

SECRETAIRE = {"role": "secretaire", "subject": "lea", "mds": [MDS]}


@pytest.fixture
def agent(world):
    return world.agent()


def test_a_hold_is_given_back_once(world, agent):
    world.open(agent, "2023-01-10")
    body = world.booking([agent], [])
    del body["personne_ids"]
    hold = world.post("/v1/holds", body, **SECRETAIRE).json["hold_id"]

    again = sent_again(
        world.runtime, lambda: world.client.delete(f"/v1/holds/{hold}", **SECRETAIRE)
    )

    assert again == 409


def test_an_opening_is_closed_once(world, agent):
    opening = world.open(agent, "2023-01-10").json["openings"][0]["opening_id"]
    path = f"/v1/openings/{opening}"

    assert sent_again(world.runtime, lambda: world.client.delete(path, **SECRETAIRE)) == 404


def test_an_absence_is_lifted_once(world, agent):
    away = {
        "agent_id": str(agent),
        "starts_at": "2023-01-10T00:00Z",
        "ends_at": "2023-01-11T00:00Z",
    }
    made = world.post("/v1/absences", away, role="travailleur_social", agent_id=agent)
    path = f"/v1/absences/{made.json['absence']['absence_id']}"
    who = {"role": "travailleur_social", "agent_id": agent}

    assert sent_again(world.runtime, lambda: world.client.delete(path, **who)) == 404
