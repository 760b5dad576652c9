"""Rendezvous, and who waits for one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.fuzz.day.place import (
    ADMIN,
    HEAD,
    IN_JUNE,
    NEXT_WEEK,
    SECRETARY,
    TODAY,
    TUESDAY,
    WORKER,
    at,
    read,
)
from tests.fuzz.errands import MDS, SITE, Errands


def book(day: Errands) -> None:
    place = {"motif": "ACCOMPAGNEMENT", "site": SITE, "agent_ids": [day.ids[WORKER]]}
    received = {"personne_ids": [day.ids["person"]], "dossier_id": day.ids["dossier"]}
    held = day.ask("rendezvous", "hold", SECRETARY, place | {"starts_at": at(TUESDAY, 14)})
    day.ask("rendezvous", "release_hold", SECRETARY, hold_id=held.json["hold_id"])
    times = {"kept": at(TODAY, 11), "missed": at(TODAY, 14), "moved": at(NEXT_WEEK, 9)}
    for name, starts_at in times.items():
        known = place | received | {"starts_at": starts_at}
        day.ids[name] = day.ask("rendezvous", "book", SECRETARY, known)
    known = place | {"starts_at": at(NEXT_WEEK, 15), "personne_ids": [day.ids["unlisted"]]}
    take_up(day, day.ask("rendezvous", "book", SECRETARY, known).json["rendezvous_id"])
    booked = day.ids["moved"]
    where = {"rendezvous_id": booked.json["rendezvous_id"]}
    later = {"starts_at": at(NEXT_WEEK, 11)}
    day.ids["moved"] = day.ask("rendezvous", "move", SECRETARY, later, on=booked, **where)
    enrol(day, place)
    day.town.settle()


def take_up(day: Errands, booked: str) -> None:
    """An absence falls on it, and is lifted before anything is done."""
    away = {"agent_id": day.ids[WORKER], "day": NEXT_WEEK, "from": "15:00", "to": "16:00"}
    absence = day.ask("rendezvous", "create_absence", SECRETARY, away).json["absence"]
    where = {"absence_id": absence["absence_id"]}
    left = {"decisions": [{"rendezvous_id": booked, "act": "LEAVE"}]}
    launched = day.ask("rendezvous", "launch_reprise", SECRETARY, left, **where)
    reprise = launched.json["reprise_id"]
    day.ask("rendezvous", "decide_reprise", SECRETARY, left, reprise_id=reprise)
    day.ask("rendezvous", "delete_absence", SECRETARY, **where)
    gone = {"mds": MDS, "agent_id": day.ids["gone"]}
    day.ask("rendezvous", "launch_left", HEAD, {"auto": True}, **gone)


def enrol(day: Errands, place: dict[str, Any]) -> None:
    """A collective rendezvous: one gives their seat up, one comes, one does not."""
    kind = {"kind": "AUTRE", "modality": "PRESENTIEL", "valid_from": "2023-01-01"}
    day.ask("rendezvous", "create_motif", ADMIN, kind | {"code": "ATELIER", "capacity": 3})
    known = place | {"motif": "ATELIER", "starts_at": at(TODAY, 16), "personne_ids": []}
    whole = day.ask("rendezvous", "book", SECRETARY, known)
    day.ids["atelier"] = whole.json["rendezvous_id"]
    for who in ("silent", "unlisted", "protected"):
        known = {"personne_id": day.ids[who]}
        day.ask("rendezvous", "join", SECRETARY, known, rendezvous_id=day.ids["atelier"])
    where = {"rendezvous_id": day.ids["atelier"], "personne_id": day.ids["unlisted"]}
    day.ask("rendezvous", "cancel_participant", SECRETARY, {}, **where)


def keep_or_miss(day: Errands) -> None:
    day.town.go_to(datetime(2023, 1, 9, 16, 0, tzinfo=UTC))
    for act, who in (("honour_participant", "silent"), ("miss_participant", "protected")):
        where = {"rendezvous_id": day.ids["atelier"], "personne_id": day.ids[who]}
        day.ask(
            "rendezvous", act, WORKER, {"excused": False} if who == "protected" else None, **where
        )
    kept = day.ids["kept"]
    where = {"rendezvous_id": kept.json["rendezvous_id"]}
    late = day.ask("rendezvous", "be_late", WORKER, {"minutes": 10}, on=kept, **where)
    risk = {"aggression_risk": True}
    day.ids["kept"] = day.ask("rendezvous", "mark", WORKER, risk, on=late, **where)
    for act, name in (("honour", "kept"), ("miss", "missed")):
        booked = day.ids[name]
        where = {"rendezvous_id": booked.json["rendezvous_id"]}
        known = {"excused": False} if act == "miss" else None
        day.ask("rendezvous", act, WORKER, known, on=booked, **where)
    moved = day.ids["moved"]
    where = {"rendezvous_id": moved.json["rendezvous_id"]}
    day.ask("rendezvous", "cancel", SECRETARY, {}, on=moved, **where)
    day.town.settle()


def wait_in_line(day: Errands) -> None:
    """Two wait for a place that frees: one leaves it, the other takes it; a third gives up."""
    wish = {"motif": "ACCOMPAGNEMENT", "site": SITE, "until_on": IN_JUNE, "from_on": NEXT_WEEK}
    wish |= {"dossier_id": None, "orientation_id": None, "rendezvous_id": None}
    for who in ("silent", "protected", "unlisted"):
        known = wish | {"personne_ids": [day.ids[who]], "priority": "NORMAL"}
        waiting = day.ask("rendezvous", "register_attente", HEAD, known | {"priority_reason": None})
    where = {"attente_id": waiting.json["attente_id"]}
    day.ask("rendezvous", "withdraw_attente", HEAD, **where)
    place = {"motif": "ACCOMPAGNEMENT", "site": SITE, "agent_ids": [day.ids[WORKER]]}
    known = place | {"starts_at": at(NEXT_WEEK, 13), "personne_ids": [day.ids["unlisted"]]}
    booked = day.ask("rendezvous", "book", SECRETARY, known)
    where = {"rendezvous_id": booked.json["rendezvous_id"]}
    day.ask("rendezvous", "cancel", SECRETARY, {}, on=booked, **where)
    for act in ("decline_offer", "accept_offer"):
        day.town.go_to(day.town.clock())
        day.ids["offer"] = offered(day)
        day.ask("rendezvous", act, HEAD, offer_id=day.ids["offer"])
    day.town.settle()


def offered(day: Errands) -> str:
    listed = read(day, "rendezvous", f"/v1/attentes?mds={MDS}", HEAD).json["attentes"]
    (offer,) = [line["offer_id"] for line in listed if line.get("offer_id")]
    return str(offer)
