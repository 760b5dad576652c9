"""What the tests of absences and of reprises say and ask."""

from __future__ import annotations

from collections import Counter

from chassis.testing import published
from tests.integration.rendezvous.conftest import MDS, WEEK

#: From Tuesday to the Monday after, a whole Paris day at both ends.
AWAY = {"starts_at": "2023-01-09T23:00:00Z", "ends_at": "2023-01-16T23:00:00Z"}
SECRETARY = {"role": "secretaire", "mds": [MDS], "subject": "secretariat"}
HEAD = {"role": "responsable", "mds": [MDS], "subject": "responsable"}
HOURS = (9, 10, 11, 14, 15, 16)


def colleague(world, profession="ASS", days=WEEK, **post):
    agent = world.agent(profession, **post)
    world.open(agent, *days)
    return agent


def book(world, agents, personnes=None, **options):
    answer = world.book(agents, personnes or [world.personne()], **options)
    assert answer.status == 201, answer.json
    return answer.json["rendezvous_id"]


def away(world, agent, **options):
    body = {"agent_id": str(agent)} | AWAY
    answer = world.post("/v1/absences", body, **SECRETARY | options)
    assert answer.status == 201, answer.json
    return answer.json["absence"]["absence_id"]


def affected(world, absence, **who):
    answer = world.client.get(f"/v1/absences/{absence}/affected", **SECRETARY | who)
    assert answer.status == 200, answer.json
    return answer.json["affected"]


def proposals(world, absence, **who):
    (one,) = affected(world, absence, **who)
    return one["proposals"]


def substitutes(world, absence, **who):
    found = proposals(world, absence, **who)
    return [(p["rule"], p["agent_id"]) for p in found if p["act"] == "REASSIGN"]


def launch(world, absence, *decisions, auto=False, **who):
    body = {"decisions": list(decisions), "auto": auto}
    return world.post(f"/v1/absences/{absence}/reprise", body, **SECRETARY | who)


def decide(world, reprise, *decisions, auto=False, **who):
    body = {"decisions": list(decisions), "auto": auto}
    return world.post(f"/v1/reprises/{reprise}/decisions", body, **SECRETARY | who)


def decision(rendezvous, act, **more):
    return {"rendezvous_id": str(rendezvous), "act": act, **{k: str(v) for k, v in more.items()}}


def progress(world, reprise, **who):
    answer = world.client.get(f"/v1/reprises/{reprise}", **SECRETARY | who)
    assert answer.status == 200, answer.json
    return answer.json


def problem(answer):
    """All that a refusal says but its number."""
    return {name: said for name, said in answer.json.items() if name != "correlation_id"}


def states(world, reprise):
    return Counter(line["state"] for line in progress(world, reprise)["lines"])


def read(world, rendezvous, **who):
    return world.client.get(f"/v1/rendezvous/{rendezvous}", **SECRETARY | who).json


def told(world, rendezvous=None):
    """(fact, start) of what was told since it was booked."""
    return [
        (event.name, event.data.get("starts_at"))
        for event in published(world.runtime)
        if event.name != "rendezvous_booked"
        and (rendezvous is None or str(event.aggregate_id) == rendezvous)
    ]
