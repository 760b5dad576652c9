"""Partners, messages, and what one service asks another."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from services import roles
from tests.fuzz import marks
from tests.fuzz.day.place import IN_JUNE, NEXT_WEEK, SECRETARY, TODAY, TOPIC, WORKER, at, read
from tests.fuzz.errands import SITE, Errands


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
