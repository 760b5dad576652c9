"""The errands of the day, service by service, in an order that lets each be accepted."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from chassis.testing import Answer
from services import roles
from tests.fuzz import marks
from tests.fuzz.errands import MDS, SITE, Errands

COMMUNE, REGLEMENT = "82121", Path("services/aides/reglements/exemple-2023.json")
TOPIC = "rendezvous.rendezvous_booked.v1"
TODAY, TUESDAY, NEXT_WEEK, IN_JUNE = "2023-01-09", "2023-01-10", "2023-01-16", "2023-06-30"
SECRETARY, WORKER = roles.SECRETAIRE, roles.TRAVAILLEUR_SOCIAL
HEAD, BOARD, ADMIN = roles.RESPONSABLE, roles.DIRECTION, roles.ADMIN


def live(day: Errands) -> None:
    """From the first site opened to the last file closed."""
    open_the_place(day)
    hire(day)
    receive_people(day)
    receive_visits(day)
    follow(day)
    make_room(day)
    lend_a_hand(day)
    share(day)
    book(day)
    help_with_money(day)
    write_to_people(day)
    keep_or_miss(day)
    wait_in_line(day)
    ask_as_a_service(day)
    undo(day)


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


def follow(day: Errands) -> None:
    place = {"mds": MDS, "site": SITE, "referent_agent_id": day.ids[WORKER]}
    known = place | {"personne_ids": [day.ids["person"]], "orientation_id": day.ids["orientation"]}
    day.ids["dossier"] = day.ask("dsu", "open_dossier", WORKER, known).json["dossier_id"]
    row = place | {"personne_ids": [day.ids["silent"]], "opened_on": "2022-06-01"}
    taken = day.ask("dsu", "import_dossiers", ADMIN, {"dossiers": [row | {"reference": marks.NIR}]})
    day.ids["taken over"] = taken.json["outcomes"][0]["dossier_id"]
    known = {
        "nomenclature": "LOGEMENT.EXPULSIONS.NOTE_CCAPEX",
        "occurred_on": TODAY,
        "personne_ids": [day.ids["person"]],
        "note_scope": "DOSSIER",
    }
    day.ask("dsu", "record_intervention", WORKER, known, dossier_id=day.ids["dossier"])
    known = {"agent_id": day.ids["associate"], "mission": "BUDGET"}
    made = day.ask("dsu", "associate", WORKER, known, dossier_id=day.ids["dossier"])
    association = made.json["association_id"]
    where = {"dossier_id": day.ids["dossier"], "association_id": association}
    day.ask("dsu", "end_association", WORKER, **where)
    other = day.ids["taken over"]
    seen = read(day, "dsu", f"/v1/dossiers/{other}", WORKER)
    closed = day.ask("dsu", "close_dossier", WORKER, {}, on=seen, dossier_id=other)
    reopened = day.ask("dsu", "reopen_dossier", WORKER, {}, on=closed, dossier_id=other)
    change = {"agent_id": day.ids["colleague"]}
    day.ask("dsu", "change_referent", WORKER, change, on=reopened, dossier_id=other)
    day.town.settle()


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


def share(day: Errands) -> None:
    elements = {TOPIC: ["starts_at", "site", "rendezvous_id"]}
    contract = {
        "purposes": ["ACCES_AUX_DROITS"],
        "bases": ["CONSENT"],
        "topics": elements,
        "categories": ["SUIVI_SOCIAL", "HOME"],
        "starts_on": "2023-01-01",
        "ends_on": "2023-12-31",
        "missions": ["ACCESS_TO_RIGHTS"],
    }
    for code, channel in (("caf", "HTTP"), ("ccas", "AMQP")):
        known = {"code": code, "channel": channel, "contract": contract}
        signed = day.ask("consent", "register_partenaire", roles.DPO, known)
        terms = {"channel": channel, "contract": contract}
        day.ask("consent", "change_partenaire", roles.DPO, terms, on=signed, code=code)
        day.ask("consent", "suspend_partenaire", roles.DPO, code=code)
        day.ask("consent", "resume_partenaire", roles.DPO, code=code)
        common = {"personne_id": day.ids["person"], "partenaire": code}
        common["purpose"] = "ACCES_AUX_DROITS"
        period = {"starts_on": TODAY, "ends_on": IN_JUNE, "explained_on": TODAY}
        consent = {"categories": ["SUIVI_SOCIAL", "HOME"], "form": "WRITTEN", "able": True}
        known = common | period | consent | {"explained_language": "fr", "grantor": "PERSONNE"}
        granted = day.ask("consent", "grant", WORKER, known).json["id"]
        act = {"basis": "CONSENT", "elements": elements, "attestations": ["STRICTLY_NECESSARY"]}
        known = common | act | {"consentement_id": granted, "ends_on": IN_JUNE}
        day.ids[code] = (granted, day.ask("consent", "sign", WORKER, known).json["id"])
    refusal = {"personne_id": day.ids["person"], "scope": "CATEGORY", "category": "IMAGE"}
    refused = day.ask("consent", "oppose", SECRETARY, refusal | {"field": None}).json["id"]
    day.ask("consent", "lift", WORKER, opposition_id=refused)
    question = {"personne_id": day.ids["person"], "partenaire": "caf", "topic": TOPIC}
    day.ask("consent", "explain", WORKER, question | {"fields": ["site", marks.SENTENCE]})
    day.town.settle()


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


def at(day: str, hour: int) -> str:
    """An hour of Paris, in winter."""
    return f"{day}T{hour:02}:00:00+01:00"


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


def untold(document: Any) -> Any:
    """A règlement without its texts: they are to be marked."""
    if isinstance(document, dict):
        texts = {"article", "version"}
        return {key: untold(value) for key, value in document.items() if key not in texts}
    return document


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


def write_to_people(day: Errands) -> None:
    """Confirmations leave; one is stopped, one is reported, one could not leave."""
    day.ask("notifications", "preview", SECRETARY, {"starts_at": at(NEXT_WEEK, 9), "site": SITE})
    waiting = messages(day, "WAITING")
    day.ask("notifications", "stop_message", SECRETARY, message_id=waiting[0]["message_id"])
    day.town.go_to(datetime(2023, 1, 9, 9, 30, tzinfo=UTC))
    sent = [one["message_id"] for one in messages(day, "SENT") if one["channel"] == "SMS"]
    for message_id, status in zip(sent, ("DELIVERED", "UNDELIVERABLE"), strict=False):
        report = {"reference": message_id, "status": status}
        day.ask("notifications", "record_receipt", roles.PARTENAIRE, report)
    lost = read(day, "notifications", "/v1/undeliverable", SECRETARY).json["messages"]
    where = {"message_id": lost[0]["message_id"]}
    day.ask("notifications", "mark_called_back", SECRETARY, **where)
    day.town.settle()


def messages(day: Errands, status: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read(
        day, "notifications", f"/v1/messages?status={status}", SECRETARY
    ).json["messages"]
    return found


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


def undo(day: Errands) -> None:
    """What was given is taken back, once the partner has read what it may."""
    path = "/v1/partenaires/caf/facts?after=0"
    client = day.town.clients["consent"]
    day.ids["read by caf"] = client.get(path, role=roles.PARTENAIRE, partenaire="caf").json["facts"]
    granted, signed = day.ids["caf"]
    day.ask("consent", "end", WORKER, partage_id=signed)
    day.ask("consent", "withdraw", SECRETARY, consentement_id=granted)
    day.town.go_to(day.town.clock() + timedelta(days=1))


def ask_as_a_service(day: Errands) -> None:
    """What the services ask of each other without a safe method."""
    people = {"personne_ids": [day.ids["person"]]}
    day.ask("accueil", "reach", roles.SERVICE, people)
    day.ask("dsu", "find_of_personnes", roles.SERVICE, people)
    booked = {"rendezvous_ids": [day.ids["kept"].json["rendezvous_id"]]}
    day.ask("rendezvous", "read_states", roles.SERVICE, booked)
    offers = {"offer_ids": [day.ids["offer"]]}
    day.ask("rendezvous", "read_offer_states", roles.SERVICE, offers)
    for service in day.town.runtimes:
        day.ask(service, "work_due", roles.SERVICE)


def read(day: Errands, service: str, path: str, role: str) -> Answer:
    answer = day.town.clients[service].get(path, role=role, **day.caller(role))
    assert answer.status == 200, answer.json
    return answer
