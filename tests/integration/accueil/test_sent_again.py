"""Acts without an idempotency key, sent again after a lost answer."""

from __future__ import annotations

import pytest

from tests.integration.again import sent_again

from .conftest import CENTRE


@pytest.fixture
def visite(office):
    body = {"site": CENTRE, "channel": "SUR_PLACE"}
    return f"/v1/visites/{office.post('/v1/visites', body).json['visite_id']}"


@pytest.fixture
def orientation(office):
    body = {"site": CENTRE, "target": "RENDEZVOUS", "due_on": "2023-01-20"}
    return f"/v1/orientations/{office.post('/v1/orientations', body).json['orientation_id']}"


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("wait", None),
        ("interview", None),
        ("leave", None),
        ("close", {"outcome": "ANSWERED"}),
    ],
)
def test_a_step_of_a_visite_is_taken_once(office, visite, act, body):
    assert sent_again(office.runtime, lambda: office.post(f"{visite}/{act}", body)) == 409


def test_a_visite_is_attached_once(office, visite):
    body = {"personne_id": office.register()["personne_id"]}

    assert sent_again(office.runtime, lambda: office.post(f"{visite}/attach", body)) == 200


def test_an_orientation_is_answered_once(office, orientation):
    assert sent_again(office.runtime, lambda: office.post(f"{orientation}/answer")) == 409


@pytest.mark.parametrize(
    ("act", "role", "body"),
    [
        ("death", "responsable", {"died_on": "2023-01-08"}),
        ("no-contact", "secretaire", {"no_contact": True}),
        ("protection", "responsable", {"protected": True, "ground": "VICTIM"}),
    ],
)
def test_what_is_known_of_a_person_is_told_once(office, act, role, body):
    path = f"/v1/personnes/{office.register()['personne_id']}/{act}"

    assert sent_again(office.runtime, lambda: office.post(path, body, role=role)) == 200
