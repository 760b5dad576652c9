"""Before the first day: the annuaire, the motifs, the rules of aid, the partners."""

from __future__ import annotations

from datetime import date
from typing import Any

from demo.acts import reglement
from demo.population import Agent, Mds, streets_of
from demo.world import World
from services import roles

#: Everybody was in post well before the year. *Exemple.*
IN_POST_SINCE = date(2019, 1, 1)
#: code: (label, kind, modality, minutes); durations are *exemples*, an hour at most.
MOTIFS = {
    "PREMIER-ACCUEIL-TEL": ("Premier accueil par téléphone", "PREMIER_ACCUEIL", "TELEPHONE", 30),
    "PREMIER-ACCUEIL": ("Premier accueil", "PREMIER_ACCUEIL", "PRESENTIEL", 45),
    "ACCOMPAGNEMENT": ("Accompagnement", "ACCOMPAGNEMENT", "PRESENTIEL", 45),
    "VISITE-A-DOMICILE": ("Visite à domicile", "ACCOMPAGNEMENT", "VAD", 60),
}
MOTIF_OF = {(kind, modality): code for code, (_, kind, modality, _) in MOTIFS.items()}


def create_mds(world: World, place: Mds) -> None:
    """An MDS, then its sites."""
    body = {"code": place.code, "label": f"MDS de {place.territoire}"}
    world.ask(roles.ADMIN, "accueil POST /v1/mds", body, act=f"mds/{place.code}")
    for site in place.sites:
        body = {"code": site.code, "mds": place.code, "kind": "SITE", "label": site.name}
        world.ask(roles.ADMIN, "accueil POST /v1/sites", body, act=f"site/{site.code}")


def name_sites(world: World, place: Mds) -> None:
    """How messages name each site: an address, no service name (*exemple*)."""
    for site in place.sites:
        body = {"address": f"1 place de la Mairie, {site.name}"[:60]}
        world.ask(
            roles.ADMIN, f"notifications PUT /v1/lieux/{site.code}", body, act=f"lieu/{site.code}"
        )


def load_sectors(world: World, _: object) -> None:
    """Communes to sites; a commune with several sites is split by street (*exemple*)."""
    sectors: list[dict[str, Any]] = []
    for place in world.plan.population.mds:
        for site in place.sites:
            alone = sum(each.insee == site.insee for each in place.sites) == 1
            streets = (None,) if alone else streets_of(site, place)
            sectors += [
                {"commune": site.insee, "site": site.code, **({"street": s} if s else {})}
                for s in streets
            ]
    body = {"effective_on": IN_POST_SINCE.isoformat(), "sectors": sectors}
    world.ask(roles.ADMIN, "accueil PUT /v1/communes", body, act="communes")


def register_agent(world: World, agent: Agent) -> None:
    """An agent at their post; the id is ours, as when a central annuaire gives it."""
    body = {
        "agent_id": str(world.agent_id(agent.ref)),
        "family_name": agent.last_name,
        "first_names": agent.first_name,
        "profession": agent.profession,
        "site": agent.site,
        "effective_on": IN_POST_SINCE.isoformat(),
        "plateforme": agent.plateforme,
        "volant": agent.volant,
        "full_time_percent": 100,
    }
    world.ask(roles.ADMIN, "accueil POST /v1/agents", body, act=f"agent/{agent.ref}")


def create_motifs(world: World, _: object) -> None:
    """What rendezvous are for."""
    for code, (label, kind, modality, minutes) in MOTIFS.items():
        body = {
            "code": code,
            "label": label,
            "kind": kind,
            "modality": modality,
            "professions": ["ASS", "CESF"],
            "duration_minutes": minutes,
            "max_ahead_days": 365,
            "valid_from": IN_POST_SINCE.isoformat(),
        }
        world.ask(roles.ADMIN, "rendezvous POST /v1/motifs", body, act=f"motif/{code}")


def open_agendas(world: World, openings: list[dict[str, str]]) -> None:
    """At most 200 openings, all or none."""
    first = openings[0]
    body = {"openings": openings}
    act = f"plages/{first['agent_id']}/{first['day']}/{first['from']}"
    world.ask(roles.ADMIN, "rendezvous POST /v1/openings", body, act=act)


def adopt_rules(world: World, _: object) -> None:
    """An example règlement, and the year's two envelopes: the three aids, and the FAJ apart."""
    figures = world.plan.figures
    world.ask(roles.DIRECTION, "aides POST /v1/reglements", reglement.example(), act="reglement")
    voted = {
        ("SECOURS", "AM", "AML"): sum(figures.montants_cents.values()),
        ("FAJ",): figures.faj_cents,
    }
    for natures, cents in voted.items():
        body = {
            "year": figures.year,
            "natures": list(natures),
            # What was granted that year and a tenth more: the budget is not published (*exemple*).
            "amount_cents": max(1, cents * 11 // 10),
        }
        world.ask(roles.FINANCE, "aides POST /v1/enveloppes", body, act=f"enveloppe/{natures[0]}")
