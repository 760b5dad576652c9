"""From the desk to the office: book, hold, contest, move, cancel, honour, miss."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from demo.acts.installation import MOTIF_OF
from demo.client import Answer
from demo.plan.agenda import Slot
from demo.plan.rendezvous import EXCUSED, MISSED, Rendezvous
from demo.streams import stream
from demo.world import World

_SERVICE = "rendezvous"


def book(world: World, each: Rendezvous) -> None:
    """Take a rendezvous at the desk: directly, from a hold, or with a double click."""
    who = world.secretaire(each.mds, each.site)
    body = {**_place(world, each, each.first_slot), **_people(world, each)}
    if each.is_held:
        hold = world.ask(
            who, "rendezvous POST /v1/holds", _place(world, each, each.first_slot),
            act=f"reservation/{each.ref}",
        )  # fmt: skip
        body = {"hold_id": hold.json["hold_id"], **_people(world, each)}
        world.count("réservations provisoires confirmées")
    ask = world.ask_twice if each.is_double_click else world.ask
    answer = ask(who, "rendezvous POST /v1/rendezvous", body, act=f"rendezvous/{each.ref}")
    world.state[f"rendezvous:{each.ref}"] = answer.json["rendezvous_id"]


def contest(world: World, each: Rendezvous) -> None:
    """Someone else wants the same hour: refused, with alternatives, and takes one of them."""
    body = _place(world, each, each.first_slot)
    dossier = world.state[f"dossier:{each.rival}"]
    body |= {"personne_ids": [world.state[f"personne:{each.rival}"]], "dossier_id": dossier}
    refusal = _try_book(world, each, body, rank=0)
    if refusal.status != 409:
        raise SlotGivenTwice(each.ref)
    world.count("créneaux disputés : second refusé")
    for rank, place in enumerate(_alternatives(refusal, each), start=1):
        answer = _try_book(world, each, {**body, **place}, rank=rank)
        if answer.status == 201:
            world.count("créneaux disputés : autre créneau pris")
            world.state[f"rival:{each.ref}"] = answer.json["rendezvous_id"]
            return
    world.count("créneaux disputés : la personne rappellera")


def give_up(world: World, each: Rendezvous) -> None:
    """The one who took another hour finds it does not suit them."""
    rendezvous_id = world.state.get(f"rival:{each.ref}")
    if rendezvous_id:
        _cancel(world, each, rendezvous_id)


def move(world: World, each: Rendezvous) -> None:
    """From the first hour to the one where it will be held."""
    who = world.secretaire(each.mds, each.site)
    starts_at = each.slot.starts_at.isoformat()
    world.transition(
        who, _SERVICE, _path(world, each), "move", {"starts_at": starts_at},
        version=1, done=lambda shown: _same_instant(shown["starts_at"], each.slot),
    )  # fmt: skip
    world.count("rendez-vous déplacés")


def cancel(world: World, each: Rendezvous) -> None:
    """The person, or the agent, gives it up in time."""
    _cancel(world, each, world.state[f"rendezvous:{each.ref}"])
    world.count("rendez-vous annulés")


def honour(world: World, each: Rendezvous) -> None:
    """The person was received; their référent sometimes writes an intervention."""
    version = 2 if each.moved_from else 1
    path = _path(world, each)
    world.transition(each.agent, _SERVICE, path, "honour", version=version, done=("HONOURED",))
    if each.has_intervention and world.people[each.personne].referent == each.agent:
        _intervene(world, each)


def miss(world: World, each: Rendezvous) -> None:
    """Nobody came, with or without a word."""
    body = {"excused": each.fate == EXCUSED}
    path = _path(world, each)
    world.transition(each.agent, _SERVICE, path, "miss", body, version=1, done=("MISSED",))
    told = "excusés" if each.fate == EXCUSED else "non excusés"
    world.count(f"rendez-vous non honorés, {told}")


def end(world: World, each: Rendezvous) -> None:
    """The evening of the day it was due."""
    (miss if each.fate in (MISSED, EXCUSED) else honour)(world, each)


class SlotGivenTwice(Exception):
    """Two people were given one hour of one agent."""


def _place(world: World, each: Rendezvous, slot: Slot) -> dict[str, Any]:
    return {
        "motif": MOTIF_OF[each.line.kind, each.line.modality],
        "site": each.site,
        "agent_ids": [str(world.agent_id(each.agent))],
        "starts_at": slot.starts_at.isoformat(),
    }


def _people(world: World, each: Rendezvous) -> dict[str, Any]:
    state = world.state
    body: dict[str, Any] = {"personne_ids": [state[f"personne:{each.personne}"]]}
    optional = {
        "dossier_id": state.get(f"dossier:{each.personne}"),
        "orientation_id": state.get(f"orientation:{each.ref}"),
    }
    return body | {name: value for name, value in optional.items() if value}


def _try_book(world: World, each: Rendezvous, body: dict[str, Any], *, rank: int) -> Answer:
    who = world.secretaire(each.mds, each.site)
    act = f"dispute/{each.ref}/{rank}"
    return world.ask(who, "rendezvous POST /v1/rendezvous", body, act=act, may=(409,))


def _alternatives(refusal: Answer, each: Rendezvous) -> list[dict[str, Any]]:
    """Those of another day, so that the person can still change their mind."""
    offered = refusal.json.get("alternatives", [])
    day = each.booked_on.isoformat()
    return [
        {name: place[name] for name in ("site", "agent_ids", "starts_at") if name in place}
        for place in offered
        if place["starts_at"][:10] > day
    ]


def _cancel(world: World, each: Rendezvous, rendezvous_id: str) -> None:
    draw = stream(world.plan.seed, "annulation", each.ref)
    by = "PERSONNE" if draw.randrange(3) else "AGENT"
    reason = "PERSONNE_REQUEST" if by == "PERSONNE" else "AGENT_ABSENT"
    who = world.secretaire(each.mds, each.site)
    world.transition(
        who, _SERVICE, f"/v1/rendezvous/{rendezvous_id}", "cancel", {"by": by, "reason": reason},
        version=1, done=("CANCELLED",),
    )  # fmt: skip


def _intervene(world: World, each: Rendezvous) -> None:
    codes = json.loads(world.state["nomenclature"])
    draw = stream(world.plan.seed, "intervention", each.ref)
    body = {
        "nomenclature": draw.choice(codes),
        "occurred_on": each.slot.day.isoformat(),
        "personne_ids": [world.state[f"personne:{each.personne}"]],
        "note": "Note fictive du rejeu : point d’étape fait avec la personne.",
        "note_scope": "DOSSIER",
    }
    dossier_id = world.state[f"dossier:{each.personne}"]
    route = f"dsu POST /v1/dossiers/{dossier_id}/interventions"
    world.ask(each.agent, route, body, act=f"intervention/{each.ref}")
    world.count("interventions consignées")


def _path(world: World, each: Rendezvous) -> str:
    return f"/v1/rendezvous/{world.state[f'rendezvous:{each.ref}']}"


def _same_instant(text: str, slot: Slot) -> bool:
    return datetime.fromisoformat(text) == slot.starts_at
