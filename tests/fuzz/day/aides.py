"""Help with money."""

from __future__ import annotations

import json
from typing import Any

from chassis.testing import Answer
from services import roles
from tests.fuzz import marks
from tests.fuzz.day.place import BOARD, HEAD, REGLEMENT, SECRETARY, TODAY, WORKER, untold
from tests.fuzz.errands import MDS, SITE, Errands


def help_with_money(day: Errands) -> None:
    document = json.loads(REGLEMENT.read_text())
    everyone = document["natures"]["FAJ"]["age"] | {"min": 0, "max": 130}
    document["natures"]["SECOURS"]["age"] = everyone
    day.ask("aides", "adopt_reglement", BOARD, untold(document))
    budget = {"year": 2023, "natures": ["SECOURS", "AM"], "amount_cents": 30_000}
    day.ask("aides", "open_enveloppe", roles.FINANCE, budget)
    granted = decide(day, instruct(day, file(day, "SECOURS")))
    pay = {"reference": marks.NIR, "instalment": 1, "amount_cents": 20_000}
    where = {"demande_id": granted.json["demande_id"]}
    day.ask("aides", "pay", roles.FINANCE, pay, **where)
    waiting = instruct(day, file(day, "AM"))
    session = day.ask(
        "aides",
        "register_seance",
        BOARD,
        {
            "session_on": TODAY,
            "reference": marks.NIR,
            "agent_ids": [day.ids[who] for who in (HEAD, "colleague", "associate")],
        },
    )
    where = {"demande_id": waiting.json["demande_id"]}
    seance = session.json["seance_id"]
    agenda = {"demande_ids": [where["demande_id"]]}
    day.ask("aides", "complete_agenda", BOARD, agenda, seance_id=seance)
    awaiting = decide(day, waiting, seance_id=seance)
    day.ask("aides", "authorise_budget", BOARD, {"reference": marks.NIR}, on=awaiting, **where)
    dropped = file(day, "SECOURS")
    where = {"demande_id": dropped.json["demande_id"]}
    day.ask("aides", "withdraw", WORKER, {}, on=dropped, **where)
    day.town.settle()


def file(day: Errands, nature: str) -> Answer:
    known = {
        "nature": nature,
        "demandeur_id": day.ids["person"],
        "mds": MDS,
        "site": SITE,
        "dossier_id": day.ids["dossier"],
        "requested_cents": 20_000,
    }
    return day.ask("aides", "file_demande", SECRETARY, known)


def instruct(day: Errands, demande: Answer) -> Answer:
    is_family = demande.json["nature"] == "AM"
    situation = {
        "public": "FAMILLE_AVEC_ENFANT" if is_family else "PERSONNE_SEULE",
        "persons": 2,
        "children": 1 if is_family else 0,
        "resources_cents": 90_000,
        "charges_cents": 60_000,
    }
    known = {"situation": situation, "proposed_cents": 20_000, "payee": {"kind": "TIERS"}}
    where = {"demande_id": demande.json["demande_id"]}
    return day.ask("aides", "instruct", WORKER, known, on=demande, **where)


def decide(day: Errands, demande: Answer, **more: Any) -> Answer:
    known = {"outcome": "GRANTED", "amount_cents": 20_000} | more
    where = {"demande_id": demande.json["demande_id"]}
    return day.ask("aides", "decide", HEAD, known, on=demande, **where)
