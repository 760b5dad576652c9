"""Sessions of a collective motif, and those who enrol in them."""

from __future__ import annotations

from chassis.testing import published
from tests.integration.rendezvous.conftest import MDS, NINE, minutes

DAY = "2023-01-10"
LATER = {"starts_at": (NINE + minutes(60)).isoformat()}
SECRETARY = {"role": "secretaire", "mds": [MDS], "subject": "secretariat"}
ABSENT = {"excused": False}


def new_session(world, agent, *personnes, **changes):
    answer = world.book([agent], list(personnes), changes={"motif": "ATELIER"} | changes)
    assert answer.status == 201, answer.json
    return answer.json["rendezvous_id"]


def join(world, session, personne, **who):
    path = f"/v1/rendezvous/{session}/participants"
    return world.post(path, {"personne_id": str(personne)}, **SECRETARY | who)


def act_on(world, session, personne, act, body=None, **who):
    path = f"/v1/rendezvous/{session}/participants/{personne}/{act}"
    return world.client.post(path, json=body, **SECRETARY | who)


def read(world, session, **who):
    return world.client.get(f"/v1/rendezvous/{session}", **SECRETARY | who)


def told(world):
    return [(e.name, e.data["personne_ids"]) for e in published(world.runtime)]
