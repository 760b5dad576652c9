"""One person, from the door to the reminder, across the six services, in both modes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from services import roles
from tests.journeys.conftest import Town

MDS, SITE, COMMUNE = "MDS-ESSAI", "ESSAI-CENTRE", "82121"
PHONE = "0639980001"
NAME = "Zzjourneyette"
RENDEZVOUS_AT = datetime(2023, 1, 16, 9, 0, tzinfo=UTC)
TOPIC = "rendezvous.rendezvous_honoured.v1"


@pytest.fixture(scope="module")
def agent(town: Town) -> str:
    """An ASS at her post, with an opening on the day."""
    admin = roles.ADMIN
    town.ask(admin, "accueil POST /v1/mds", {"code": MDS, "label": "MDS d’essai"})
    site = {"code": SITE, "mds": MDS, "kind": "SITE", "label": "Essai centre"}
    town.ask(admin, "accueil POST /v1/sites", site)
    sectors = {"effective_on": "2020-01-01", "sectors": [{"commune": COMMUNE, "site": SITE}]}
    town.ask(admin, "accueil PUT /v1/communes", sectors)
    place = {"address": "1 place de la Mairie"}
    town.ask(admin, f"notifications PUT /v1/lieux/{SITE}", place)
    hired = town.ask(
        admin,
        "accueil POST /v1/agents",
        {
            "family_name": "Exemple",
            "first_names": "Agnès",
            "profession": "ASS",
            "site": SITE,
            "effective_on": "2020-01-01",
        },
    )
    agent_id: str = hired.json["agent_id"]
    motif = {
        "code": "ACCOMPAGNEMENT",
        "label": "Accompagnement",
        "kind": "ACCOMPAGNEMENT",
        "modality": "PRESENTIEL",
        "professions": ["ASS", "CESF"],
        "duration_minutes": 45,
        "max_ahead_days": 365,
        "valid_from": "2020-01-01",
    }
    town.ask(admin, "rendezvous POST /v1/motifs", motif)
    town.settle()
    opening = {
        "agent_id": agent_id,
        "site": SITE,
        "day": "2023-01-16",
        "from": "09:00",
        "to": "12:00",
    }
    town.ask(admin, "rendezvous POST /v1/openings", {"openings": [opening]})
    return agent_id


@pytest.fixture(scope="module")
def journey(town: Town, agent: str) -> dict[str, Any]:
    """Door, orientation, dossier, rendezvous: done once, looked at by each test."""
    secretary = roles.SECRETAIRE
    personne = town.ask(
        secretary,
        "accueil POST /v1/personnes",
        {
            "family_name": NAME,
            "first_names": "Marie",
            "born_on": "1980-05-17",
            "housing": "ADDRESS",
            "address": "3 rue de l’Exemple",
            "commune": COMMUNE,
            "contacts": [
                {"channel": "SMS", "value": PHONE, "opted_in": True, "confirmed_safe": True}
            ],
        },
    ).json
    visite = town.ask(
        secretary,
        "accueil POST /v1/visites",
        {
            "site": SITE,
            "channel": "SUR_PLACE",
            "origin": "PERSONNE",
            "personne_id": personne["personne_id"],
        },
    ).json
    path = f"accueil POST /v1/visites/{visite['visite_id']}"
    town.ask(secretary, f"{path}/wait")
    town.ask(roles.TRAVAILLEUR_SOCIAL, f"{path}/interview", agent=agent)
    orientation = town.ask(
        roles.TRAVAILLEUR_SOCIAL,
        "accueil POST /v1/orientations",
        {
            "visite_id": visite["visite_id"],
            "personne_id": personne["personne_id"],
            "site": SITE,
            "target": "DSU",
            "target_agent_id": agent,
            "reason": "Accompagnement budgétaire",
            "due_on": "2023-01-20",
        },
        agent=agent,
    ).json
    town.ask(roles.TRAVAILLEUR_SOCIAL, f"{path}/close", {"outcome": "DSU"}, agent=agent)
    town.settle()
    dossier = town.ask(
        roles.TRAVAILLEUR_SOCIAL,
        "dsu POST /v1/dossiers",
        {
            "personne_ids": [personne["personne_id"]],
            "mds": MDS,
            "site": SITE,
            "referent_agent_id": agent,
            "orientation_id": orientation["orientation_id"],
        },
        agent=agent,
    ).json
    booking = {
        "motif": "ACCOMPAGNEMENT",
        "site": SITE,
        "agent_ids": [agent],
        "starts_at": RENDEZVOUS_AT.isoformat(),
        "personne_ids": [personne["personne_id"]],
        "dossier_id": dossier["dossier_id"],
    }
    town.settle()
    booked = town.ask(secretary, "rendezvous POST /v1/rendezvous", booking, key="clic-une-fois")
    again = town.ask(secretary, "rendezvous POST /v1/rendezvous", booking, key="clic-une-fois")
    assert again.json == booked.json
    share(town, agent, personne["personne_id"])
    town.settle()
    town.go_to(datetime(2023, 1, 9, 9, 0, tzinfo=UTC))
    return {
        "personne_id": personne["personne_id"],
        "visite": visite,
        "orientation": orientation,
        "dossier": dossier,
        "rendezvous": booked.json,
        "etag": booked.etag,
    }


def share(town: Town, agent: str, personne_id: str) -> None:
    """The person consents that the CCAS learns of honoured rendezvous; the référent signs."""
    elements = {TOPIC: ["mds", "starts_at"]}
    contract = {
        "purposes": ["ACCES_AUX_DROITS"],
        "bases": ["CONSENT"],
        "topics": elements,
        "categories": ["SUIVI_SOCIAL", "HOME"],
        "starts_on": "2022-12-01",
        "ends_on": "2023-12-31",
        "bound_by_secrecy": True,
        "missions": ["SOCIAL_ACTION", "ACCESS_TO_RIGHTS"],
    }
    partner = {"code": "ccas", "name": "CCAS (exemple)", "channel": "HTTP", "contract": contract}
    town.ask(roles.DPO, "consent POST /v1/partenaires", partner)
    common = {"personne_id": personne_id, "partenaire": "ccas", "purpose": "ACCES_AUX_DROITS"}
    consent = {
        **common,
        "categories": ["SUIVI_SOCIAL", "HOME"],
        "starts_on": "2023-01-09",
        "ends_on": "2023-06-30",
        "form": "WRITTEN",
        "able": True,
        "explained": "À quoi sert le partage, comment l’arrêter.",
        "explained_language": "fr",
        "explained_on": "2023-01-09",
        "proof_reference": "COFFRE-ESSAI-1",
    }
    social = roles.TRAVAILLEUR_SOCIAL
    town.names["consentement"] = town.ask(
        social, "consent POST /v1/consentements", consent, agent=agent
    ).json["id"]
    partage = {
        **common,
        "basis": "CONSENT",
        "elements": elements,
        "attestations": ["STRICTLY_NECESSARY"],
        "consentement_id": town.names["consentement"],
        "reason": "Ouverture de droits (exemple).",
        "ends_on": "2023-06-30",
    }
    town.ask(social, "consent POST /v1/partages", partage, agent=agent)


def test_the_journey(town, agent, journey):
    """In order, since time moves: confirmation, reminder, honour, partner, withdrawal."""
    an_orientation_is_answered_by_the_dossier(town, journey, agent)
    a_confirmation_was_sent(town)
    the_reminder_comes_two_days_before(town)
    an_honoured_rendezvous_is_a_contact_in_the_dossier(town, journey, agent)
    the_partner_reads_what_was_shared_and_nothing_else(town, journey)
    nothing_more_after_the_withdrawal(town, journey)
    the_books_balance(town)
    no_log_names_the_person(town)


def an_orientation_is_answered_by_the_dossier(town, journey, agent):
    path = f"accueil GET /v1/orientations/{journey['orientation']['orientation_id']}"
    shown = town.ask(roles.TRAVAILLEUR_SOCIAL, path, agent=agent).json

    assert shown["status"] == "ANSWERED"
    assert shown["answered_by"] == "dsu"


def a_confirmation_was_sent(town):
    (message,) = town.messages()

    assert message["channel"] == "SMS"
    assert message["to"].endswith(PHONE[1:])
    assert NAME.lower() not in message["text"].lower()
    assert "social" not in message["text"].lower()


def the_reminder_comes_two_days_before(town):
    town.go_to(datetime(2023, 1, 13, 17, 0, tzinfo=UTC))
    town.go_to(datetime(2023, 1, 14, 12, 0, tzinfo=UTC))

    texts = [message["text"] for message in town.messages()]
    assert len(texts) == 2
    assert "rappel" in texts[1].lower()


def an_honoured_rendezvous_is_a_contact_in_the_dossier(town, journey, agent):
    town.go_to(datetime(2023, 1, 16, 17, 0, tzinfo=UTC))
    path = f"rendezvous POST /v1/rendezvous/{journey['rendezvous']['rendezvous_id']}/honour"
    town.ask(roles.TRAVAILLEUR_SOCIAL, path, agent=agent, etag=journey["etag"])
    town.settle()

    path = f"dsu GET /v1/dossiers/{journey['dossier']['dossier_id']}"
    shown = town.ask(roles.TRAVAILLEUR_SOCIAL, path, agent=agent).json
    assert shown["last_contact_on"] == "2023-01-16"


def the_partner_reads_what_was_shared_and_nothing_else(town, journey):
    (fact,) = read_feed(town)

    assert fact["type"] == "fr.departement.partage.rendezvous.rendezvous_honoured.v1"
    assert set(fact["data"]) <= {"mds", "starts_at", "personnes", "personne_ids"}
    assert journey["personne_id"] not in str(fact)
    assert journey["rendezvous"]["rendezvous_id"] not in str(fact["data"])


def nothing_more_after_the_withdrawal(town, journey):
    path = f"consent POST /v1/consentements/{town.names['consentement']}/withdraw"
    town.ask(roles.SECRETAIRE, path)

    assert read_feed(town) == []


def the_books_balance(town):
    town.settle()
    for books in town.settler.traffic().values():
        assert books["inbox_parked"] == 0
        assert books["deferred"] == 0


def no_log_names_the_person(town):
    logs = "".join(path.read_text() for path in (town.folder / "journaux").glob("*-*.log"))

    assert "request" in logs
    for mark in (NAME, PHONE[1:], "0639980001"):
        assert mark not in logs


def read_feed(town) -> list[dict[str, Any]]:
    path = "consent GET /v1/partenaires/ccas/facts?after=0"
    facts: list[dict[str, Any]] = town.ask(roles.PARTENAIRE, path, partenaire="ccas").json["facts"]
    return facts
