"""Asking the services for their activity, as the direction of the département would."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from demo.worked_days import Period
from demo.world import World
from services import SERVICES, roles

Rows = list[dict[str, Any]]


def activity(world: World, period: Period) -> dict[str, Rows]:
    """The rows of `GET /v1/activity` of each service, the agents in post (`agents`) and the days
    of the service volant (`volants`)."""
    span = {"from": period.first.isoformat(), "to": period.last.isoformat()}
    found = {name: _rows(world, name, span) for name in SERVICES if name != "dsu"}
    # The stock is that of the first day, before anything of the period changed it.
    found["dsu"] = _rows(world, "dsu", {**span, "on": span["from"]})
    found["agents"] = _agents(world, period)
    found["volants"] = _rows(world, "rendezvous", span, "renforts")
    return found


def _rows(world: World, service: str, query: dict[str, str], member: str = "rows") -> Rows:
    route = f"{service} GET /v1/activity?{urlencode(query)}"
    rows: Rows = world.ask(roles.DIRECTION, route, act="activité").json[member]
    return rows


def _agents(world: World, period: Period) -> Rows:
    """Social workers in post on the last day, with their current assignment."""
    agents: Rows = []
    query = {"on": period.last.isoformat(), "limit": "200"}
    while True:
        route = f"accueil GET /v1/agents?{urlencode(query)}"
        page = world.ask(roles.DIRECTION, route, act="annuaire").json
        agents += [_current(each["affectations"]) for each in page["agents"]]
        if page["next"] is None:
            return agents
        query["cursor"] = page["next"]


def _current(affectations: Rows) -> dict[str, Any]:
    main = [each for each in affectations if each["is_primary"]] or affectations
    return max(main, key=lambda each: str(each["starts_on"]))
