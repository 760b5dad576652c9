"""Acts without an idempotency key, sent again after a lost answer."""

from __future__ import annotations

import pytest

from tests.integration.again import sent_again
from tests.integration.consent.scene import REFERENT, Scene

AS_REFERENT = {"role": "travailleur_social", "agent_id": REFERENT}


def test_a_consent_is_withdrawn_once(scene: Scene) -> None:
    _, consent = scene.shared()

    assert sent_again(scene.runtime, lambda: scene.withdraw(consent)) == 200


def test_a_partage_ends_once(scene: Scene) -> None:
    personne = scene.person()
    partage = scene.sign(personne, scene.consent(personne).json["id"]).json["id"]
    path = f"/v1/partages/{partage}/end"

    assert sent_again(scene.runtime, lambda: scene.client.post(path, **AS_REFERENT)) == 200


def test_an_opposition_is_lifted_once(scene: Scene) -> None:
    body = {"personne_id": str(scene.person()), "scope": "RECIPIENT", "partenaire": "caf"}
    made = scene.client.post("/v1/oppositions", json=body, role="dpo", key="opposition-1")
    path = f"/v1/oppositions/{made.json['id']}/lift"

    assert sent_again(scene.runtime, lambda: scene.client.post(path, **AS_REFERENT)) == 409


@pytest.mark.parametrize("act", ["suspend", "resume"])
def test_a_partner_is_suspended_or_resumed_once(scene: Scene, act: str) -> None:
    path = f"/v1/partenaires/caf/{act}"

    assert sent_again(scene.runtime, lambda: scene.client.post(path, role="dpo")) == 200


def test_a_contract_set_to_what_it_is_keeps_its_version(scene: Scene) -> None:
    seen = scene.client.get("/v1/partenaires/caf", role="dpo")
    same = {name: seen.json[name] for name in ("name", "channel", "contract")}

    answer = scene.client.put("/v1/partenaires/caf", json=same, role="dpo", etag=seen.etag)

    assert (answer.status, answer.etag) == (200, seen.etag)
