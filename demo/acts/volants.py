"""The month of the service volant: MDS ask, the direction proposes, each MDS accepts its lines."""

from __future__ import annotations

from datetime import date

from demo.plan.volants import Besoin
from demo.world import World
from services import roles


def ask(world: World, each: Besoin) -> None:
    """The responsable of an MDS asks for days of a week."""
    body = {
        "mds": each.mds,
        "profession": each.profession,
        "reason": each.reason,
        "from": each.first.isoformat(),
        "to": each.last.isoformat(),
        "days_per_week": each.days,
    }
    who = world.responsable(each.mds)
    world.ask(who, "rendezvous POST /v1/besoins", body, act=f"besoin/{each.ref}")


def propose(world: World, day: date) -> None:
    """The direction has the month planned."""
    body = {"month": f"{day:%Y-%m}"}
    route = "rendezvous POST /v1/plannings-volants"
    answer = world.ask(roles.DIRECTION, route, body, act=f"planning-volants/{day:%Y-%m}")
    world.state[_name(day)] = answer.json["planning_id"]


def accept(world: World, told: tuple[str, date]) -> None:
    """The responsable of an MDS takes what is proposed to it; said again, it changes nothing."""
    mds, day = told
    path = f"/v1/plannings-volants/{world.state[_name(day)]}/accept"
    act = f"{path}/{mds}"
    world.ask(world.responsable(mds), f"rendezvous POST {path}", act=act, etag='"1"')


def _name(day: date) -> str:
    return f"planning-volants:{day:%Y-%m}"
