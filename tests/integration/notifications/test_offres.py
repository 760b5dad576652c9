"""A time that freed is told to whom it is offered, while they can still answer, and no longer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.integration.notifications.conftest import MONDAY, Town

TOMORROW = MONDAY + timedelta(days=1)
NOON = MONDAY + timedelta(hours=4)


def test_an_offer_is_told_at_once_with_the_time_to_answer(town: Town) -> None:
    town.offer(town.personne(), starts_at=TOMORROW, expires_at=NOON)

    town.at(MONDAY)

    assert [row["text"] for row in town.sink.received] == [
        "Créneau libre le mardi 10 janvier à 10h, au lieu convenu. Réponse avant le 09/01 à 14h."
    ]


def test_a_discreet_one_says_moments_alone(town: Town) -> None:
    town.offer(town.personne(), starts_at=TOMORROW, expires_at=NOON, discreet=True)

    town.at(MONDAY)

    (sms,) = town.sink.received
    assert sms["text"] == "Créneau libre le mardi 10 janvier à 10h. Réponse avant le 09/01 à 14h."


def test_when_it_can_no_longer_be_answered_it_is_not_told(town: Town) -> None:
    town.set_answers_down("rendezvous")
    town.offer(town.personne(), starts_at=TOMORROW, expires_at=NOON)
    town.at(MONDAY)
    town.set_answers_down()
    town.end_back_off()

    town.at(NOON)

    assert town.sink.received == []
    assert ("notification_dropped", "TOO_LATE") in town.facts()


def test_it_is_checked_just_before_leaving(town: Town) -> None:
    offer = town.offer(town.personne(), starts_at=TOMORROW, expires_at=NOON)
    town.offers[str(offer)]["status"] = "DECLINED"

    town.at(MONDAY)

    assert town.sink.received == []
    assert town.facts() == [("notification_dropped", "SUPERSEDED")]


def test_who_lost_it_to_another_is_told_once(town: Town) -> None:
    offer = town.offer(town.personne(), starts_at=TOMORROW, expires_at=NOON)
    town.at(MONDAY)

    town.close_offer(offer, "TAKEN")
    town.at(MONDAY + timedelta(minutes=1))

    assert town.sink.received[-1]["text"] == (
        "Le créneau du mardi 10 janvier à 10h n'est plus libre. Votre place est gardée."
    )
    assert len(town.sink.received) == 2


def test_who_was_not_told_of_it_yet_hears_nothing_at_all(town: Town) -> None:
    offer = town.offer(town.personne(), starts_at=TOMORROW, expires_at=NOON)

    town.close_offer(offer, "TAKEN")
    town.at(MONDAY + timedelta(minutes=1))

    assert town.sink.received == []
    assert town.facts() == [("notification_dropped", "SUPERSEDED")]


@pytest.mark.parametrize("outcome", ["ACCEPTED", "DECLINED", "EXPIRED", "CLOSED"])
def test_any_other_end_has_no_message_of_its_own(town: Town, outcome: str) -> None:
    offer = town.offer(town.personne(), starts_at=TOMORROW, expires_at=NOON)
    town.at(MONDAY)

    town.close_offer(offer, outcome)
    town.at(MONDAY + timedelta(minutes=1))

    assert len(town.sink.received) == 1
