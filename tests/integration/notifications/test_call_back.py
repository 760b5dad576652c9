"""The call-back list, from what accueil itself answers about a person's contact points."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from chassis.runtime import Runtime
from chassis.testing import Client
from tests.integration.accueil.conftest import Office
from tests.integration.notifications.conftest import MONDAY, Town

TOMORROW = MONDAY + timedelta(days=1)
SAFE = {"channel": "SMS", "value": "0639980001", "opted_in": True, "confirmed_safe": True}
SHARED = SAFE | {"value": "0639980002"}


@pytest.fixture
def office(
    service_runtime: Callable[[str], Runtime], http: Callable[[Runtime], Client], town: Town
) -> Office:
    """accueil's own service, asked by notifications as its neighbour."""
    runtime = service_runtime("accueil")
    office = Office(http(runtime), runtime)
    office.furnish()
    neighbours: Any = town.runtime.neighbours
    neighbours.answers["accueil", "/internal/contacts"] = lambda body: (
        office.client.post("/internal/contacts", body, role="service").json
    )
    return office


def book(town: Town, office: Office, *contacts: dict[str, Any]) -> UUID:
    """Somebody with these contact points gets a rendezvous for the day after."""
    personne_id = UUID(office.register(contacts=list(contacts))["personne_id"])
    town.book(personne_id, starts_at=TOMORROW)
    return personne_id


def listed(client: Client) -> list[str]:
    """Whom the list says to call back."""
    answer = client.get("/v1/undeliverable", role="admin")
    assert answer.status == 200
    return [message["personne_id"] for message in answer.json["messages"]]


@pytest.mark.parametrize(
    ("contacts", "reason"),
    [
        ([], "NO_CHANNEL"),
        ([SAFE | {"opted_in": False}], "NO_CHANNEL"),
        ([SAFE | {"confirmed_safe": False}], "UNSAFE"),
        ([SAFE | {"opted_in": False, "confirmed_safe": False}], "UNSAFE"),
        ([SHARED], "UNSAFE"),
        ([SHARED | {"opted_in": False}], "UNSAFE"),
        ([SAFE | {"opted_in": False}, SHARED], "UNSAFE"),
    ],
)
def test_whoever_has_an_unsafe_contact_point_and_no_usable_one_is_never_listed(
    town: Town, client: Client, office: Office, contacts: list[dict[str, Any]], reason: str
) -> None:
    office.register(contacts=[SHARED])
    personne_id = book(town, office, *contacts)

    town.at(MONDAY)

    (row,) = town.rows()
    assert row["reason"] == reason
    assert listed(client) == ([str(personne_id)] if reason == "NO_CHANNEL" else [])


def test_whoever_became_unsafe_to_call_since_leaves_the_list(
    town: Town, client: Client, office: Office
) -> None:
    town.sink.sms.bad_day = (503, {})
    silent, dead, kept = (
        book(town, office, SAFE | {"value": f"063998000{n}"}) for n in range(3, 6)
    )
    town.at(MONDAY)
    town.at(TOMORROW)
    assert [row["reason"] for row in town.rows()] == ["TOO_LATE"] * 3
    assert len(listed(client)) == 3

    office.post(f"/v1/personnes/{silent}/no-contact", {"no_contact": True})
    office.post(f"/v1/personnes/{dead}/death", {"died_on": "2023-01-09"})

    assert listed(client) == [str(kept)]


def test_the_list_waits_for_accueil(town: Town, client: Client, office: Office) -> None:
    book(town, office)
    town.at(MONDAY)
    town.set_answers_down("accueil")

    assert client.get("/v1/undeliverable", role="admin").status == 503
