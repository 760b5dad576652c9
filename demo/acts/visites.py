"""At the door: newcomers are registered, visites opened and closed, orientations asked."""

from __future__ import annotations

from demo.acts.stock import personne_body
from demo.plan.rendezvous import Rendezvous
from demo.plan.visites import Visite
from demo.population import Personne
from demo.world import World, next_days


def register(world: World, personne: Personne) -> None:
    """Someone who was not known until now."""
    who = world.secretaire(personne.mds, personne.site.code)
    body = personne_body(personne)
    answer = world.ask(who, "accueil POST /v1/personnes", body, act=f"personne/{personne.ref}")
    world.state[f"personne:{personne.ref}"] = answer.json["personne_id"]


def come_for(world: World, each: Rendezvous) -> None:
    """The visite after which a first reception is taken; half of them with an orientation."""
    body = {
        "site": each.site,
        "channel": "TELEPHONE" if each.line.modality == "TELEPHONE" else "SUR_PLACE",
        "personne_id": world.state[f"personne:{each.personne}"],
    }
    visite_id = _open(world, each.ref, world.secretaire(each.mds, each.site), body)
    if each.has_orientation:
        _orient(world, each, visite_id)
    _receive(world, world.secretaire(each.mds, each.site), visite_id, "RENDEZVOUS")


def come_anonymously(world: World, visite: Visite) -> None:
    """Someone who says nothing of themselves; received all the same, or gone before."""
    who = world.secretaire(visite.mds, visite.site)
    body = {"site": visite.site, "channel": visite.channel, "origin": visite.origin}
    visite_id = _open(world, visite.ref, who, body)
    world.transition(who, "accueil", f"/v1/visites/{visite_id}", "wait", done=_WAITED)
    if visite.outcome == "LEFT":
        world.transition(who, "accueil", f"/v1/visites/{visite_id}", "leave", done=("LEFT",))
        world.count("visites reparties sans être reçues")
    else:
        _receive(world, who, visite_id, visite.outcome)
        world.count("visites anonymes")


_WAITED = ("WAITING", "IN_INTERVIEW", "CLOSED", "LEFT")
_RECEIVED = ("IN_INTERVIEW", "CLOSED")


def _open(world: World, ref: str, who: str, body: dict[str, str]) -> str:
    answer = world.ask(who, "accueil POST /v1/visites", body, act=f"visite/{ref}")
    visite_id: str = answer.json["visite_id"]
    return visite_id


def _receive(world: World, who: str, visite_id: str, outcome: str) -> None:
    path = f"/v1/visites/{visite_id}"
    world.transition(who, "accueil", path, "interview", done=_RECEIVED)
    world.transition(who, "accueil", path, "close", {"outcome": outcome}, done=("CLOSED",))


def _orient(world: World, each: Rendezvous, visite_id: str) -> None:
    body = {
        "visite_id": visite_id,
        "target": "RENDEZVOUS",
        "due_on": next_days(each.booked_on, 14).isoformat(),
    }
    who = world.secretaire(each.mds, each.site)
    answer = world.ask(who, "accueil POST /v1/orientations", body, act=f"orientation/{each.ref}")
    world.state[f"orientation:{each.ref}"] = answer.json["orientation_id"]
