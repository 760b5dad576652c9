"""Sites, agents, people and visits."""

from __future__ import annotations

from typing import Any

from chassis.testing import Answer
from tests.fuzz import marks
from tests.fuzz.day.place import ADMIN, COMMUNE, HEAD, SECRETARY, TODAY, WORKER, read
from tests.fuzz.errands import MDS, SITE, Errands


def open_the_place(day: Errands) -> None:
    day.ask("accueil", "create_mds", ADMIN, {"code": MDS})
    site = day.ask("accueil", "create_site", ADMIN, {"code": SITE, "mds": MDS, "kind": "SITE"})
    day.ask("accueil", "change_site", ADMIN, {"open": True}, on=site, site=SITE)
    places: list[dict[str, Any]] = [
        {"commune": COMMUNE, "site": SITE, "street": None},
        {"commune": COMMUNE, "site": SITE},
    ]
    day.ask("accueil", "load_sectors", ADMIN, {"effective_on": TODAY, "sectors": places})
    day.ask("notifications", "put_lieu", ADMIN, {"phone": "0563000000"}, site=SITE)


def hire(day: Errands) -> None:
    posts = {
        WORKER: "ASS",
        "colleague": "ASS",
        "associate": "CESF",
        "volant": "ASS",
        "gone": "ASS",
        HEAD: "RESPONSABLE",
        SECRETARY: "SECRETAIRE",
    }
    for who, profession in posts.items():
        known = {"profession": profession, "site": SITE, "effective_on": "2022-01-03"}
        known |= {"volant": who == "volant"}
        answer = day.ask("accueil", "register_agent", ADMIN, known)
        day.ids[who] = answer.json["agent_id"]
        if who == "gone":
            left = {"effective_on": TODAY, "active": False}
            day.ask("accueil", "change_agent", ADMIN, left, on=answer, agent_id=day.ids[who])
    change = {"effective_on": TODAY, "full_time_percent": 80}
    day.ask("accueil", "change_agent", ADMIN, change, on=answer, agent_id=day.ids[SECRETARY])
    day.town.settle()


def receive_people(day: Errands) -> None:
    for who in ("person", "silent", "unlisted", "dead", "protected"):
        day.ids[who] = register(day, who).json["personne_id"]
    day.ask("accueil", "find_duplicates", SECRETARY, {"contacts": contacts()})
    row = identity() | {"contacts": contacts(), "confirm_distinct": True}
    day.ask("accueil", "import_personnes", ADMIN, {"rows": [row]})
    search = {"phone": marks.PHONE, "email": marks.EMAIL}
    day.ask("accueil", "search_personnes", SECRETARY, search)
    person = read(day, "accueil", f"/v1/personnes/{day.ids['person']}", SECRETARY)
    changed = day.ask(
        "accueil", "change_personne", SECRETARY, {}, on=person, personne_id=day.ids["person"]
    )
    known = {"contacts": contacts()}
    day.ask(
        "accueil", "replace_contacts", SECRETARY, known, on=changed, personne_id=day.ids["person"]
    )
    flag = {"no_contact": True}
    day.ask("accueil", "set_no_contact", SECRETARY, flag, personne_id=day.ids["silent"])
    died = {"died_on": "2023-01-08"}
    day.ask("accueil", "record_death", SECRETARY, died, personne_id=day.ids["dead"])
    protection = {"protected": True, "ground": "VICTIM"}
    day.ask("accueil", "set_protection", HEAD, protection, personne_id=day.ids["protected"])
    day.town.settle()


def register(day: Errands, who: str) -> Answer:
    known = identity() | {"confirm_distinct": True}
    known["contacts"] = contacts() if who == "person" else []
    return day.ask("accueil", "register_personne", SECRETARY, known)


def identity() -> dict[str, Any]:
    return {"born_on": "1984-05-17", "housing": "ADDRESS", "commune": COMMUNE}


def contacts() -> list[dict[str, Any]]:
    said = {"opted_in": True, "confirmed_safe": True, "shared_confirmed": True}
    return [
        {"channel": "SMS", "value": marks.PHONE} | said,
        {"channel": "EMAIL", "value": marks.EMAIL} | said,
    ]


def receive_visits(day: Errands) -> None:
    here = {"site": SITE, "channel": "SUR_PLACE"}
    known = here | {"personne_id": day.ids["person"]}
    visite = day.ask("accueil", "open_visite", SECRETARY, known).json["visite_id"]
    day.ask("accueil", "wait", SECRETARY, visite_id=visite)
    day.ask("accueil", "interview", WORKER, visite_id=visite)
    wish = {
        "visite_id": visite,
        "personne_id": day.ids["person"],
        "site": SITE,
        "target": "DSU",
        "target_agent_id": day.ids[WORKER],
        "due_on": "2023-01-20",
    }
    asked = day.ask("accueil", "request_orientation", WORKER, wish).json["orientation_id"]
    day.ids["orientation"] = asked
    other = day.ask("accueil", "request_orientation", WORKER, wish).json["orientation_id"]
    day.ask("accueil", "answer_orientation", WORKER, orientation_id=other)
    late = day.ask("accueil", "request_orientation", WORKER, wish | {"due_on": TODAY})
    assert late.json["status"] == "OPEN"
    day.ask("accueil", "close", WORKER, {"outcome": "DSU"}, visite_id=visite)
    anonymous = day.ask("accueil", "open_visite", SECRETARY, here).json["visite_id"]
    who = {"personne_id": day.ids["person"]}
    day.ask("accueil", "attach", SECRETARY, who, visite_id=anonymous)
    day.ask("accueil", "leave", SECRETARY, visite_id=anonymous)
    day.town.settle()
