"""Messages really leave: once, in time, or not at all."""

from __future__ import annotations

from datetime import timedelta

from tests.integration.notifications.conftest import MONDAY, Town


class TestOneRendezvous:
    def test_it_is_confirmed_at_once_and_reminded_two_days_before(self, town: Town) -> None:
        personne = town.personne(sms="+33639980001")
        starts_at = MONDAY + timedelta(days=9, hours=1)

        town.book(personne, starts_at=starts_at)
        town.at(MONDAY)
        town.at(starts_at - timedelta(days=2))

        texts = [row["text"] for row in town.sink.received]
        assert texts == [
            "Votre rendez-vous est fixé au mercredi 18 janvier à 11h, au lieu convenu.",
            "Rappel : rendez-vous le mercredi 18 janvier à 11h, au lieu convenu.",
        ]
        assert town.facts() == [("notification_sent", None), ("notification_sent", None)]
