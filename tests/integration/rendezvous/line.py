"""People who wait, a place that frees, and what is offered to them."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from chassis.testing import published, run_due
from tests.integration.rendezvous.conftest import MDS

DAY, NEXT = "2023-01-10", "2023-01-11"
SECRETARY = {"role": "secretaire", "mds": [MDS], "subject": "secretariat"}
#: Offered at 9 in Paris for the next day at 9: four hours to answer, exactly.
EXPIRES = datetime(2023, 1, 9, 12, 0, tzinfo=UTC)
FREE = "SELECT count(*) FROM occupation WHERE hold_id IS NOT NULL"


def body(personne, **changes):
    wish = {"personne_ids": [str(personne)], "motif": "ACCOMPAGNEMENT", "until_on": "2023-01-31"}
    where = {} if {"site", "agent_id", "session_id"} & set(changes) else {"mds": MDS}
    return wish | where | changes


def register(world, personne, **changes):
    return world.post("/v1/attentes", body(personne, **changes), **SECRETARY)


def wait(world, personne=None, **changes):
    """Register somebody; answers the entry."""
    answer = register(world, personne or world.personne(), **changes)
    assert answer.status == 201, answer.json
    return answer.json


def cancel(world, rendezvous_id, **options):
    answer = world.act(rendezvous_id, "cancel", {}, mds=[MDS], **options)
    assert answer.status == 200, answer.json
    run_due(world.runtime)


def offers(world, status="OPEN"):
    """(offer, entry) of every offer in a state, oldest first."""
    query = sa.text("SELECT id, attente_id FROM offre WHERE status = :status ORDER BY id")
    with world.runtime.engine.connect() as connection:
        return [
            (str(one), str(entry)) for one, entry in connection.execute(query, {"status": status})
        ]


def answer(world, offer_id, act, **options):
    return world.post(f"/v1/offers/{offer_id}/{act}", **SECRETARY | options)


def entry(world, attente_id, column="status"):
    return world.sql(f"SELECT {column} FROM attente WHERE id = :id", id=attente_id)


def facts(world, *names):
    return [fact for fact in published(world.runtime) if fact.name in names]


class Line:
    """People who wait, a place that frees, and what is offered to them."""

    def __init__(self, world):
        self.world = world
        self.agent = world.agent()
        world.open(self.agent, DAY, NEXT)

    def wait(self, personne=None, **changes):
        """The id of a new entry."""
        return wait(self.world, personne, **changes)["attente_id"]

    def free(self, **changes):
        """A rendezvous is cancelled at nine the next day; what was due is done."""
        booked = self.world.book([self.agent], [self.world.personne()], changes=changes)
        cancel(self.world, booked.json["rendezvous_id"])

    def offers(self, status="OPEN"):
        """{entry: offer} of every offer in a state."""
        return {attente_id: offer_id for offer_id, attente_id in offers(self.world, status)}

    def answer(self, offer, act, **options):
        return self.world.client.post(f"/v1/offers/{offer}/{act}", **SECRETARY | options)

    def entry(self, attente_id, column="status"):
        return entry(self.world, attente_id, column)

    def outcomes(self):
        return [fact.data["outcome"] for fact in self.facts("offer_closed")]

    def facts(self, *names):
        return facts(self.world, *names)
