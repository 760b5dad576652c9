"""Sessions of a collective motif, and those who enrol in them."""

from __future__ import annotations

from chassis.testing import published, run_due
from tests.integration.rendezvous.conftest import NINE, minutes
from tests.integration.rendezvous.line import SECRETARY, facts, offers, wait

DAY = "2023-01-10"
LATER = {"starts_at": (NINE + minutes(60)).isoformat()}
ABSENT = {"excused": False}


def new_session(world, agent, *personnes, **changes):
    answer = world.book([agent], list(personnes), changes={"motif": "ATELIER"} | changes)
    assert answer.status == 201, answer.json
    return answer.json["rendezvous_id"]


def two_seats(world, agent, *personnes):
    """A session of two seats, which people may take and give up themselves."""
    world.motif(code="ATELIER", capacity=2, bookable_by_personne=True, cancel_notice_minutes=120)
    return new_session(world, agent, *personnes)


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


def wait_for(world, session=None, personne=None, **changes):
    """The id of an entry for a seat: of one session, else of any."""
    where = {"session_id": session} if session else {}
    return wait(world, personne, motif="ATELIER", **where | changes)["attente_id"]


def give_up(world, session, personne):
    assert act_on(world, session, personne, "cancel", {}).status == 200
    run_due(world.runtime)


def offered(world):
    """{entry: offer} of what is open."""
    return {attente_id: offer_id for offer_id, attente_id in offers(world)}


def outcomes(world):
    return [fact.data["outcome"] for fact in facts(world, "offer_closed")]
