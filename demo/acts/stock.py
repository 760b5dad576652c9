"""The takeover before January: people, then their dossiers, two hundred at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from demo.population import Personne
from demo.streams import stream
from demo.world import World
from services import roles

BATCH = 200


class TakeoverRefused(Exception):
    """A row of the takeover was refused: the platform and the plan disagree."""


def personne_body(personne: Personne) -> dict[str, Any]:
    """A personne as accueil takes it."""
    return {
        "family_name": personne.last_name,
        "first_names": personne.first_name,
        "born_on": personne.born_on.isoformat(),
        "housing": "ADDRESS",
        "address": personne.address,
        "commune": personne.site.insee,
        "receiving_site": personne.site.code,
        "language": personne.language,
        "contacts": _contacts(personne),
        # Fictitious people resemble each other: the duplicates were seen.
        "confirm_distinct": True,
    }


def import_people(world: World, people: Sequence[Personne]) -> None:
    """One batch of people."""
    rows = [{**personne_body(each), "reference": each.ref} for each in people]
    act = f"reprise-personnes/{people[0].ref}"
    route = "accueil POST /v1/personnes/imports"
    outcomes = world.ask(roles.ADMIN, route, {"rows": rows}, act=act).json["outcomes"]
    for outcome in outcomes:
        if not outcome.get("personne_id"):
            raise TakeoverRefused(f"personne {outcome['reference']} : {outcome}")
        world.state[f"personne:{outcome['reference']}"] = outcome["personne_id"]


def import_dossiers(world: World, people: Sequence[Personne]) -> None:
    """The dossiers of one batch of people."""
    rows = [_dossier(world, each) for each in people]
    act = f"reprise-dossiers/{people[0].ref}"
    route = "dsu POST /v1/dossiers/imports"
    outcomes = world.ask(roles.ADMIN, route, {"dossiers": rows}, act=act).json["outcomes"]
    for outcome in outcomes:
        if not outcome.get("dossier_id"):
            raise TakeoverRefused(f"dossier {outcome['reference']} : {outcome}")
        world.state[f"dossier:{outcome['reference']}"] = outcome["dossier_id"]


def _dossier(world: World, personne: Personne) -> dict[str, Any]:
    return {
        "reference": personne.ref,
        "personne_ids": [world.state[f"personne:{personne.ref}"]],
        "mds": personne.mds,
        "site": personne.site.code,
        "referent_agent_id": str(world.agent_id(personne.referent or "")),
        "opened_on": _opened_on(world, personne).isoformat(),
    }


def _opened_on(world: World, personne: Personne) -> date:
    """Some day of the three years before. *Exemple.*"""
    draw = stream(world.plan.seed, "ouverture", personne.ref)
    return date(world.plan.figures.year, 1, 1) - timedelta(days=draw.randrange(2, 3 * 365))


def _contacts(personne: Personne) -> list[dict[str, Any]]:
    known = (("SMS", personne.sms), ("EMAIL", personne.email))
    return [
        {"channel": channel, "value": value, "opted_in": True, "confirmed_safe": True}
        for channel, value in known
        if value
    ]
