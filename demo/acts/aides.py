"""A demande from the référent's desk to the payment: file, instruct, decide, pay."""

from __future__ import annotations

from typing import Any

from demo.acts.reglement import PUBLICS
from demo.plan.aides import DROPPED, PARTLY, REFUSED, Demande
from demo.streams import stream
from demo.world import World
from services import roles

#: Why aid is asked for, by nature (*exemple*).
_REASONS = {
    "SECOURS": ("ALIMENTATION", "ENERGIE", "LOGEMENT", "MOBILITE"),
    "AM": ("ALIMENTATION", "LOGEMENT", "SANTE", "SCOLARITE"),
    "AML": ("LOISIRS_ENFANT",),
    "FAJ": ("FORMATION_EMPLOI", "MOBILITE"),
}
_PARTNERS = ("CAF", "CPAM", "MSA", "MDPH")


def file(world: World, each: Demande) -> None:
    """File and instruct, by the référent of the person's dossier."""
    ask = world.ask_twice if each.is_double_click else world.ask
    body = {
        "nature": each.nature,
        "demandeur_id": world.state[f"personne:{each.personne}"],
        "mds": each.mds,
        "site": each.site,
        "dossier_id": world.state[f"dossier:{each.personne}"],
        "requested_cents": each.requested_cents,
        **_reason(world, each),
    }
    filed = ask(each.agent, "aides POST /v1/demandes", body, act=f"demande/{each.ref}")
    demande_id = filed.json["demande_id"]
    instructed = world.ask(
        each.agent,
        f"aides POST /v1/demandes/{demande_id}/instruction",
        _instruction(each),
        act=f"instruction/{each.ref}",
        etag=filed.etag,
    )
    world.state[f"demande:{each.ref}"] = demande_id
    world.state[f"demande-etag:{each.ref}"] = instructed.etag


def decide(world: World, each: Demande) -> None:
    """Granted or refused by the responsable, who did not instruct; or given up before."""
    demande = f"aides POST /v1/demandes/{world.state[f'demande:{each.ref}']}"
    etag = world.state[f"demande-etag:{each.ref}"]
    if each.outcome == DROPPED:
        body: dict[str, Any] = {"reason": "PERSONNE_RENONCE"}
        world.ask(each.agent, f"{demande}/withdraw", body, act=f"retrait/{each.ref}", etag=etag)
        world.count("demandes d’aide retirées")
        return
    who = world.responsable(each.mds)
    world.ask(who, f"{demande}/decision", _verdict(each), act=f"decision/{each.ref}", etag=etag)
    if each.outcome == REFUSED:
        world.count("demandes d’aide refusées")
        return
    payment = {"reference": f"PAI-{each.ref}", "amount_cents": each.granted_cents}
    world.ask(roles.FINANCE, f"{demande}/payments", payment, act=f"paiement/{each.ref}")


def _reason(world: World, each: Demande) -> dict[str, str]:
    draw = stream(world.plan.seed, "motif", each.ref)
    if draw.randrange(12) == 0 and each.nature != "AML":
        return {"reason": "ATTENTE_DROIT", "partner": draw.choice(_PARTNERS)}
    return {"reason": draw.choice(_REASONS[each.nature])}


def _instruction(each: Demande) -> dict[str, Any]:
    children = 2 if each.nature in ("AM", "AML") else 0
    follow_up = {"follow_up": "MISSION-LOCALE"} if each.nature == "FAJ" else {}
    return {
        "situation": {
            "public": PUBLICS[each.nature],
            "persons": children + 1,
            "children": children,
            "resources_cents": 90_000,
            "charges_cents": 75_000,
            **follow_up,
        },
        "social_note": "Note fictive du rejeu.",
        "proposed_cents": each.granted_cents or each.requested_cents,
        "payee": {"kind": "PERSONNE"},
    }


def _verdict(each: Demande) -> dict[str, Any]:
    verdict: dict[str, Any] = {"outcome": each.outcome, "amount_cents": each.granted_cents}
    if each.outcome in (PARTLY, REFUSED):
        verdict |= {
            "reason": "EVALUATION_INDIVIDUELLE",
            "text": "Motivation fictive du rejeu, après évaluation de la situation.",
        }
    return verdict
