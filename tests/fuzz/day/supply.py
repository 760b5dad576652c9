"""What agents can be booked for, and the volants."""

from __future__ import annotations

from dataclasses import replace

from tests.fuzz import marks
from tests.fuzz.day.place import (
    ADMIN,
    BOARD,
    HEAD,
    IN_JUNE,
    NEXT_WEEK,
    SECRETARY,
    TODAY,
    TUESDAY,
    WORKER,
    read,
)
from tests.fuzz.errands import MDS, SITE, Errands


def make_room(day: Errands) -> None:
    kind = {"kind": "ACCOMPAGNEMENT", "modality": "PRESENTIEL", "valid_from": "2023-01-01"}
    day.ask("rendezvous", "create_motif", ADMIN, kind | {"code": "ACCOMPAGNEMENT"})
    old = day.ask("rendezvous", "create_motif", ADMIN, kind | {"code": "ANCIEN"})
    day.ask(
        "rendezvous",
        "end_motif",
        ADMIN,
        {"valid_to": "2023-12-31"},
        on=old,
        motif_id=old.json["motif_id"],
    )
    room = day.ask("rendezvous", "create_room", ADMIN, {"site": SITE})
    old_room = {"resource_id": room.json["room_id"]}
    day.ask("rendezvous", "retire_resource", ADMIN, {"retired_on": "2023-06-30"}, **old_room)
    day.ask("rendezvous", "create_vehicle", ADMIN, {"site": SITE})
    travel = {"minutes": [{"site": SITE, "minutes": 20}]}
    zone = day.ask("rendezvous", "create_zone", ADMIN, travel | {"code": "VALLEE"})
    where = {"zone_id": zone.json["zone_id"]}
    day.ask("rendezvous", "change_zone", ADMIN, travel, on=zone, **where)
    hours = {"agent_id": day.ids[WORKER], "site": SITE, "from": "09:00", "to": "17:00"}
    lines = [hours | {"day": TODAY}, hours | {"day": TUESDAY}, hours | {"day": NEXT_WEEK}]
    spare = hours | {"day": "2023-02-01"}
    made = day.ask("rendezvous", "create_openings", ADMIN, {"openings": [*lines, spare]})
    last = made.json["openings"][-1]["opening_id"]
    day.ask("rendezvous", "delete_opening", ADMIN, opening_id=last)
    away = {"agent_id": day.ids[WORKER], "day": "2023-02-02", "from": "09:00", "to": "12:00"}
    absence = day.ask("rendezvous", "create_absence", SECRETARY, away).json["absence"]
    where = {"absence_id": absence["absence_id"]}
    day.ask("rendezvous", "delete_absence", SECRETARY, **where)
    plan_weeks(day)
    close_days(day)
    plug_calendars(day)


def plug_calendars(day: Errands) -> None:
    """Unplugged before it falls due: no host is asked."""
    runtime = day.town.runtimes["rendezvous"]
    admitted = {"EXTERNAL_CALENDAR_HOSTS": "agenda.exemple.fr"}
    runtime.settings = replace(runtime.settings, env={**runtime.settings.env, **admitted})
    own = {"agent_id": day.ids[WORKER]}
    day.ask("rendezvous", "draw_calendar", WORKER, **own)
    day.ask("rendezvous", "end_calendar", WORKER, **own)
    day.ask("rendezvous", "plug_calendar", WORKER, **own)
    title = f"SUMMARY:{marks.SENTENCE}\nLOCATION:{marks.SENTENCE}\nUID:{marks.NIR}"
    event = f"BEGIN:VEVENT\nDTSTART:20230202T090000\nDURATION:PT1H\n{title}\nEND:VEVENT"
    ics = f"BEGIN:VCALENDAR\nVERSION:2.0\n{event}\nEND:VCALENDAR\n"
    loaded = day.ask("rendezvous", "load_calendar", WORKER, {"ics": ics}, **own)
    assert loaded.json["busy"] == 1
    day.ask("rendezvous", "unplug_calendar", WORKER, **own)


def plan_weeks(day: Errands) -> None:
    """Fridays of the spring: one removed, put back, then an hour later, then no more."""
    known = {
        "agent_id": day.ids["colleague"],
        "kind": "OPENING",
        "rule": "FREQ=WEEKLY;BYDAY=FR",
        "first_day": "2023-03-03",
        "site": SITE,
        "from": "09:00",
        "to": "12:00",
    }
    serie = day.ask("rendezvous", "create_serie", ADMIN, known)
    where = {"serie_id": serie.json["serie_id"]}
    one = where | {"day": "2023-03-10"}
    removed = {"removed": True}
    serie = day.ask("rendezvous", "change_occurrence", SECRETARY, removed, on=serie, **one)
    serie = day.ask("rendezvous", "restore_occurrence", SECRETARY, on=serie, **one)
    later = {"from_day": "2023-03-17", "from": "10:00", "to": "13:00"}
    serie = day.ask("rendezvous", "change_serie", SECRETARY, later, on=serie, **where)
    where = {"serie_id": serie.json["serie_id"]}
    day.ask("rendezvous", "end_serie", SECRETARY, {"last_day": IN_JUNE}, on=serie, **where)


def close_days(day: Errands) -> None:
    known = {"first_day": "2023-05-19", "last_day": "2023-05-19", "site": SITE}
    day.ask("rendezvous", "create_fermeture", HEAD, known)
    lifted = day.ask("rendezvous", "create_fermeture", HEAD, known).json["fermeture"]
    where = {"fermeture_id": lifted["fermeture_id"]}
    day.ask("rendezvous", "delete_fermeture", HEAD, **where)
    day.ask("rendezvous", "load_jours_feries", ADMIN, {"year": 2024})


def lend_a_hand(day: Errands) -> None:
    """The budget has no opening: one waits too long, and a volant comes for another reason."""
    runtime = day.town.runtimes["rendezvous"]
    runtime.transaction(lambda uow: uow.schedule("delai", MDS, uow.now))
    day.town.go_to(day.town.clock())
    offered = read(day, "rendezvous", "/v1/besoins", HEAD).json["besoins"][0]
    wanted = {"from": "2023-02-06", "to": "2023-02-10", "days_per_week": 2}
    where = {"besoin_id": offered["besoin_id"]}
    asked = wanted | {"mds": MDS, "profession": "ASS", "reason": "VACANCE", "to": "2023-02-17"}
    known = day.ask("rendezvous", "ask_besoin", HEAD, asked)
    # A need just asked and one that was proposed are both at their first version.
    day.ask("rendezvous", "confirm_besoin", HEAD, wanted, on=known, **where)
    planning = day.ask("rendezvous", "propose_planning", BOARD, {"month": "2023-02"})
    where = {"planning_id": planning.json["planning_id"]}
    refused = {"line_id": planning.json["lines"][-1]["line_id"], "reason": "DATES_UNSUITABLE"}
    day.ask("rendezvous", "refuse_renfort", HEAD, refused, **where)
    day.ask("rendezvous", "accept_planning", HEAD, on=planning, **where)
    day.ask("rendezvous", "end_besoin", HEAD, besoin_id=known.json["besoin_id"])
    day.town.settle()
