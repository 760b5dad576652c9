"""Consent and partage: the person agrees, their référent signs, the partner reads, or must stop."""

from __future__ import annotations

from datetime import date
from typing import Any

from demo.plan.partages import PARTENAIRES, Partage
from demo.world import World, next_days
from services import roles

PURPOSE = "ACCES_AUX_DROITS"
#: What each contract covers. *Exemples.*
_WHERE = ["mds", "site", "rendezvous_id", "modality", "starts_at", "ends_at"]
TOPICS: dict[str, dict[str, list[str]]] = {
    "caf": {
        "rendezvous.rendezvous_booked.v1": _WHERE,
        "rendezvous.rendezvous_honoured.v1": _WHERE,
        "aides.demande_decided.v1": ["mds", "demande_id", "nature", "outcome", "decided_on"],
    },
    "ccas": {"rendezvous.rendezvous_honoured.v1": _WHERE},
}
CATEGORIES = ["SUIVI_SOCIAL", "HOME", "FINANCES"]
#: Days a consent and its partage last. *Exemple.*
_LASTS = 180
_PAGE = 200


def sign_contracts(world: World, _: object) -> None:
    """Two partners, each with its contract."""
    year = world.plan.figures.year
    for code in PARTENAIRES:
        body = {
            "code": code,
            "name": f"{code.upper()} (exemple)",
            "channel": "HTTP",
            "contract": {
                "purposes": [PURPOSE],
                "bases": ["CONSENT"],
                "topics": TOPICS[code],
                "categories": CATEGORIES,
                "starts_on": date(year - 1, 12, 1).isoformat(),
                "ends_on": date(year + 1, 12, 31).isoformat(),
                "bound_by_secrecy": True,
                "missions": ["SOCIAL_ACTION", "ACCESS_TO_RIGHTS"],
            },
        }
        world.ask(roles.DPO, "consent POST /v1/partenaires", body, act=f"partenaire/{code}")


def grant(world: World, each: Partage) -> None:
    """The consent, then the partage that rests on it, by the référent."""
    last = next_days(each.granted_on, _LASTS).isoformat()
    personne_id = world.state[f"personne:{each.personne}"]
    common = {"personne_id": personne_id, "partenaire": each.partenaire, "purpose": PURPOSE}
    consent = world.ask(
        each.agent, "consent POST /v1/consentements", {**common, **_consent(each, last)},
        act=f"consentement/{each.ref}",
    )  # fmt: skip
    world.state[f"consentement:{each.ref}"] = consent.json["id"]
    partage = {
        **common,
        "basis": "CONSENT",
        "elements": TOPICS[each.partenaire],
        "attestations": ["STRICTLY_NECESSARY"],
        "consentement_id": consent.json["id"],
        "reason": "Motivation fictive du rejeu.",
        "ends_on": last,
    }
    world.ask(each.agent, "consent POST /v1/partages", partage, act=f"partage/{each.ref}")
    world.count("partages signés")


def withdraw(world: World, each: Partage) -> None:
    """Told at the desk, done at once."""
    who = world.secretaire(each.mds)
    path = f"/v1/consentements/{world.state[f'consentement:{each.ref}']}/withdraw"
    world.ask(who, f"consent POST {path}", act=f"retrait/{each.ref}")
    world.count("consentements retirés")


def read_facts(world: World, reading: tuple[str, str]) -> None:
    """The partner reads all that it may, from where it stopped. `reading`: code, and which."""
    code, name = reading
    after = int(world.state.get(f"curseur:{code}") or 0)
    received = 0
    while True:
        route = f"consent GET /v1/partenaires/{code}/facts?after={after}&limit={_PAGE}"
        page = world.ask(f"partenaire:{code}", route, act=name).json
        received += len(page["facts"])
        after = page["next"]
        if not page["more"]:
            break
    world.state[f"curseur:{code}"] = after
    for _ in range(received):
        world.count(f"faits lus par {code}")


def _consent(each: Partage, last: str) -> dict[str, Any]:
    return {
        "categories": CATEGORIES,
        "starts_on": each.granted_on.isoformat(),
        "ends_on": last,
        "form": "WRITTEN",
        "able": True,
        "explained": "Explication fictive du rejeu : à quoi sert le partage, comment l’arrêter.",
        "explained_language": "fr",
        "explained_on": each.granted_on.isoformat(),
        "proof_reference": f"COFFRE-{each.ref}",
    }
