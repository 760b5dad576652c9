"""Who waits, and what is offered to them."""

from __future__ import annotations

from chassis.testing import published
from tests.integration.rendezvous.conftest import MDS

SECRETARY = {"role": "secretaire", "mds": [MDS], "subject": "secretariat"}


def wait(world, personne=None, **changes):
    """Somebody waits in the MDS; the id of the entry."""
    body = {
        "personne_ids": [str(personne or world.personne())],
        "motif": "ACCOMPAGNEMENT",
        "mds": MDS,
        "until_on": "2023-02-28",
    }
    answer = world.post("/v1/attentes", body | changes, **SECRETARY)
    assert answer.status == 201, answer.json
    return answer.json["attente_id"]


def offered(world):
    """The starts of the times that were offered."""
    told = [event for event in published(world.runtime) if event.name == "creneau_offered"]
    return [event.data["starts_at"] for event in told]
