"""Messages really leave, over SMTP and HTTP: once, in time, or not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from chassis import due
from chassis.clock import PARIS
from chassis.ids import new_id
from chassis.testing import Client, deliver, published, run_due
from services.notifications import sending
from tests.integration.notifications.conftest import MONDAY, Town

TOMORROW = MONDAY + timedelta(days=1)
IN_NINE_DAYS = MONDAY + timedelta(days=9, hours=1)
REMINDER = IN_NINE_DAYS - timedelta(days=2, hours=1)


class TestOneRendezvous:
    def test_it_is_confirmed_at_once_and_reminded_two_days_before(self, town: Town) -> None:
        personne = town.personne(sms="+33639980001")

        town.book(personne, starts_at=IN_NINE_DAYS)
        town.at(MONDAY)
        town.at(REMINDER - timedelta(seconds=1))
        assert len(town.sink.received) == 1
        town.at(REMINDER)

        assert [row["text"] for row in town.sink.received] == [
            "Votre rendez-vous est fixé au mercredi 18 janvier à 11h, au lieu convenu.",
            "Rappel : rendez-vous le mercredi 18 janvier à 11h, au lieu convenu.",
        ]
        assert [row["to"] for row in town.sink.received] == ["+33639980001", "+33639980001"]
        assert town.facts() == [("notification_sent", None), ("notification_sent", None)]

    def test_by_email_when_the_person_chose_it(self, town: Town) -> None:
        personne = town.personne(sms=None, email="exemple@exemple.example")

        town.book(personne, starts_at=IN_NINE_DAYS, modality="TELEPHONE")
        town.at(MONDAY)

        (mail,) = town.sink.received
        (row,) = town.rows(status="SENT")
        assert mail["to"] == ["exemple@exemple.example"]
        assert mail["subject"] == "Votre rendez-vous"
        assert "mercredi 18 janvier à 11h, par téléphone." in mail["text"]
        assert mail["message_id"] == f"<{row['message_id']}@departement.example>"
        assert row["channel"] == "EMAIL"
        assert row["sms_parts"] is None

    def test_it_says_what_to_bring_as_rendezvous_tells_it_then(
        self, town: Town, client: Client
    ) -> None:
        """Read just before it leaves: what the motif says changed since the confirmation."""
        booked = town.book(town.personne(), starts_at=IN_NINE_DAYS)
        town.states[str(booked)]["instructions"] = "Apportez un justificatif."
        town.at(MONDAY)
        town.states[str(booked)]["instructions"] = "Apportez deux justificatifs."
        town.at(REMINDER)

        texts = [row["text"] for row in town.sink.received]
        assert [text.split(". ")[-1] for text in texts] == [
            "Apportez un justificatif.",
            "Apportez deux justificatifs.",
        ]
        shown = [
            client.get(f"/v1/messages/{row['message_id']}", role="admin").json["texts"][0]["body"]
            for row in town.rows(status="SENT")
        ]
        assert sorted(shown) == sorted(texts)

    def test_a_discreet_one_says_nothing_of_it_even_if_it_is_told(self, town: Town) -> None:
        booked = town.book(town.personne(), starts_at=IN_NINE_DAYS, discreet=True)
        town.states[str(booked)]["instructions"] = "Apportez un justificatif."
        town.at(MONDAY)

        (sms,) = town.sink.received
        assert sms["text"] == "Votre rendez-vous est fixé au mercredi 18 janvier à 11h."
        assert town.rows()[0]["instructions"] is None

    def test_a_discreet_one_says_when_and_nothing_else(self, town: Town) -> None:
        town.book(town.personne(), starts_at=IN_NINE_DAYS, modality="VAD", discreet=True)
        town.at(MONDAY)

        (sms,) = town.sink.received
        assert sms["text"] == "Votre rendez-vous est fixé au mercredi 18 janvier à 11h."

    def test_no_address_is_ever_stored_or_told(self, town: Town) -> None:
        personne = town.personne(sms="+33639980001", email="exemple@exemple.example")
        town.book(personne, starts_at=IN_NINE_DAYS)
        town.at(MONDAY)

        kept = repr(town.rows()) + repr([event.data for event in published(town.runtime)])
        assert "639980001" not in kept
        assert "exemple.example" not in kept
        assert all(row["recipient_digest"] for row in town.rows(status="SENT"))

    def test_an_anonymous_rendezvous_writes_to_nobody(self, town: Town) -> None:
        town.book(starts_at=IN_NINE_DAYS)

        assert town.at(MONDAY) == 0
        assert town.rows() == []

    def test_a_rendezvous_that_has_begun_is_recorded_as_too_late(self, town: Town) -> None:
        town.book(town.personne(), starts_at=MONDAY - timedelta(minutes=5))

        assert town.at(MONDAY) == 0
        assert town.facts() == [("notification_dropped", "TOO_LATE")]


class TestContactRules:
    @pytest.mark.parametrize(
        ("reason", "recorded"),
        [
            ("DECEASED", "DECEASED"),
            ("NO_CONTACT", "NO_CONTACT"),
            ("NO_SAFE_CONTACT", "NO_CHANNEL"),
            ("UNHEARD_OF", "UNSAFE"),
        ],
    )
    def test_what_accueil_refuses_never_leaves(
        self, town: Town, reason: str, recorded: str
    ) -> None:
        personne = town.personne(allowed=False, reason=reason)

        town.book(personne, starts_at=MONDAY + timedelta(days=1))
        town.at(MONDAY)

        assert town.sink.received == []
        assert town.facts() == [("notification_dropped", recorded)]

    def test_a_change_after_the_booking_is_seen_at_sending(self, town: Town) -> None:
        personne = town.personne()
        town.book(personne, starts_at=IN_NINE_DAYS)
        town.at(MONDAY)
        town.contacts[str(personne)] |= {"allowed": False, "reason": "NO_SAFE_CONTACT"}

        town.at(REMINDER)

        assert len(town.sink.received) == 1
        assert town.facts()[-1] == ("notification_dropped", "NO_CHANNEL")

    @pytest.mark.parametrize(
        ("fact", "data", "reason"),
        [
            ("personne_deceased.v1", {"died_on": "2023-01-08"}, "DECEASED"),
            ("contact_safety_changed.v1", {"no_contact": True}, "NO_CONTACT"),
        ],
    )
    def test_death_and_no_contact_stop_at_once_what_waits(
        self, town: Town, fact: str, data: dict[str, Any], reason: str
    ) -> None:
        personne, other = town.personne(), town.personne()
        town.book(personne, other, starts_at=IN_NINE_DAYS)

        deliver(
            town.runtime,
            "accueil",
            fact,
            aggregate=("personne", personne),
            version=1,
            data={"personne_id": personne, "personne_ids": [personne], "mds": "M", "site": "S"}
            | data,
        )

        assert {row["reason"] for row in town.rows(personne_id=personne)} == {reason}
        assert {row["status"] for row in town.rows(personne_id=other)} == {"WAITING"}

    def test_lifting_no_contact_drops_nothing(self, town: Town) -> None:
        personne = town.personne()
        town.book(personne, starts_at=IN_NINE_DAYS)

        deliver(
            town.runtime,
            "accueil",
            "contact_safety_changed.v1",
            aggregate=("personne", personne),
            version=1,
            data={"personne_id": personne, "personne_ids": [], "no_contact": False},
        )

        assert {row["status"] for row in town.rows()} == {"WAITING"}

    def test_two_members_of_a_household_with_one_number_get_one_message(self, town: Town) -> None:
        one, two = town.personne(sms="+33639980002"), town.personne(sms="+33639980002")

        town.book(one, two, starts_at=MONDAY + timedelta(days=1))
        town.at(MONDAY)

        assert len(town.sink.received) == 1
        assert sorted(town.facts()) == [
            ("notification_dropped", "SAME_RECIPIENT"),
            ("notification_sent", None),
        ]


class TestOvertaken:
    def test_a_move_drops_the_old_reminder_and_plans_a_new_one(self, town: Town) -> None:
        personne = town.personne()
        rendezvous = town.book(personne, starts_at=IN_NINE_DAYS)
        town.at(MONDAY)

        later = IN_NINE_DAYS + timedelta(days=2)
        town.move(rendezvous, personne, to=later)
        town.at(MONDAY + timedelta(minutes=5))
        town.at(REMINDER)
        town.at(later - timedelta(days=2))

        assert [row["text"].split(" le ")[0].split(" au ")[0] for row in town.sink.received] == [
            "Votre rendez-vous est fixé",
            "Votre rendez-vous est déplacé",
            "Rappel : rendez-vous",
        ]
        assert "vendredi 20 janvier" in town.sink.received[-1]["text"]
        assert town.facts().count(("notification_dropped", "SUPERSEDED")) == 1

    def test_moved_away_and_back_again_is_told_each_time(self, town: Town) -> None:
        personne = town.personne()
        rendezvous = town.book(personne, starts_at=IN_NINE_DAYS)
        town.at(MONDAY)
        for version, day in ((2, 1), (3, 0), (4, 1)):
            town.move(rendezvous, personne, to=IN_NINE_DAYS + timedelta(days=day), version=version)
            town.at(MONDAY + timedelta(minutes=version))

        moved = town.rows(template="RENDEZVOUS_MOVED", status="SENT")
        assert len(moved) == 3

    def test_another_agent_at_the_same_hour_is_no_news(self, town: Town) -> None:
        personne = town.personne()
        rendezvous = town.book(personne, starts_at=IN_NINE_DAYS)
        town.at(MONDAY)

        town.move(rendezvous, personne, to=IN_NINE_DAYS)
        town.at(REMINDER)

        assert [row["template"] for row in town.rows(status="SENT")] == [
            "RENDEZVOUS_CONFIRMED",
            "RENDEZVOUS_REMINDER",
        ]

    def test_a_cancellation_drops_what_waits_and_is_told(self, town: Town) -> None:
        personne = town.personne()
        rendezvous = town.book(personne, starts_at=IN_NINE_DAYS)
        town.at(MONDAY)

        town.cancel(rendezvous, personne, at=IN_NINE_DAYS)
        town.at(MONDAY + timedelta(minutes=1))
        town.at(REMINDER)

        assert town.sink.received[-1]["text"] == (
            "Votre rendez-vous du mercredi 18 janvier à 11h est annulé."
        )
        assert len(town.sink.received) == 2

    def test_a_cancellation_not_heard_of_yet_is_seen_at_sending(self, town: Town) -> None:
        rendezvous = town.book(town.personne(), starts_at=IN_NINE_DAYS)
        town.at(MONDAY)
        town.states[str(rendezvous)]["status"] = "CANCELLED"

        town.at(REMINDER)

        assert len(town.sink.received) == 1
        assert town.facts()[-1] == ("notification_dropped", "SUPERSEDED")


class TestQuietHours:
    def test_a_message_of_the_evening_leaves_in_the_morning(self, town: Town) -> None:
        evening = MONDAY.replace(hour=20)
        town.runtime.clock.set(evening)  # type: ignore[attr-defined]
        town.book(town.personne(), starts_at=IN_NINE_DAYS)

        assert town.at(evening) == 0
        assert town.at(evening.replace(hour=23)) == 0
        town.at(evening + timedelta(hours=11))

        (sent,) = town.rows(status="SENT")
        assert sent["settled_at"].astimezone(PARIS).hour == 8

    def test_one_found_late_in_quiet_hours_waits_for_the_opening(self, town: Town) -> None:
        town.book(town.personne(), starts_at=IN_NINE_DAYS)
        # Over the weekend of a clock change nothing ran: Sunday, then Monday morning.
        sunday = MONDAY + timedelta(days=6)
        town.at(sunday)
        assert town.sink.received == []

        town.at(sunday + timedelta(hours=22))
        assert len(town.sink.received) == 1

    def test_news_of_no_use_in_the_morning_is_dropped_now(self, town: Town) -> None:
        evening = MONDAY.replace(hour=20)
        town.runtime.clock.set(evening)  # type: ignore[attr-defined]

        town.book(town.personne(), starts_at=evening + timedelta(hours=10, minutes=30))

        assert town.facts() == [("notification_dropped", "TOO_LATE")]


class TestOnce:
    def test_the_scheduler_run_twice_sends_nothing_twice(self, town: Town) -> None:
        town.book(town.personne(), starts_at=IN_NINE_DAYS)

        town.at(MONDAY)
        town.end_back_off()
        town.at(MONDAY)

        assert len(town.sink.received) == 1

    def test_two_schedulers_at_once_share_the_work(self, town: Town) -> None:
        for _ in range(60):
            town.book(town.personne(), starts_at=MONDAY + timedelta(days=1))

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: due.run_due(town.runtime, limit=10), range(12)))

        keys = [row["key"] for row in town.sink.received]
        assert len(keys) == len(set(keys)) == 60
        assert town.facts() == [("notification_sent", None)] * 60

    def test_the_same_fact_twice_plans_one_message(self, town: Town) -> None:
        personne = town.personne()
        rendezvous = town.book(personne, starts_at=IN_NINE_DAYS)

        town._tell("rendezvous_booked.v1", rendezvous, 1, (personne,), IN_NINE_DAYS, {})
        town.at(MONDAY)

        assert len(town.sink.received) == 1

    def test_a_crash_between_sending_and_recording_sends_no_sms_twice(
        self, town: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        town.book(town.personne(), starts_at=IN_NINE_DAYS)

        def crash(*_: object) -> None:
            raise RuntimeError

        with monkeypatch.context() as broken:
            broken.setattr(sending, "settle", crash)
            town.at(MONDAY)
        assert [row["status"] for row in town.rows()] == ["SENDING", "WAITING"]
        town.end_back_off()
        town.at(MONDAY)

        assert town.sink.sms.calls == 2
        assert len(town.sink.received) == 1
        assert town.facts() == [("notification_sent", None)]

    def test_a_sender_that_lost_its_claim_records_nothing(
        self, town: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        town.book(town.personne(), starts_at=MONDAY + timedelta(days=1))
        settle = sending.settle

        def overtaken(*args: Any) -> None:
            monkeypatch.setattr(sending, "settle", settle)
            town.end_back_off()
            run_due(town.runtime)
            settle(*args)

        monkeypatch.setattr(sending, "settle", overtaken)
        town.at(MONDAY)

        assert len(town.sink.received) == 1
        assert town.facts() == [("notification_sent", None)]

    def test_a_batch_that_lasts_too_long_hands_the_rest_back(
        self, town: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        town.book(town.personne(), starts_at=TOMORROW)
        with monkeypatch.context() as slow:
            slow.setattr(sending, "_BATCH_SECONDS", -1.0)
            due.run_due(town.runtime)
        assert [row["status"] for row in town.rows()] == ["WAITING"]
        assert town.sink.received == []

        town.at(MONDAY)
        assert len(town.sink.received) == 1


def decide(town: Town, *personnes: UUID, outcome: str = "GRANTED", **changes: Any) -> None:
    """aides tells a decision about these people."""
    demande = new_id()
    data = {
        "demande_id": demande,
        "personne_ids": list(personnes),
        "mds": "MDS-MONTAUBAN",
        "site": "MONTAUBAN-CENTRE",
        "nature": "AM",
        "outcome": outcome,
        "amount_cents": 15000,
        "decided_on": "2023-01-09",
    }
    deliver(
        town.runtime,
        "aides",
        "demande_decided.v1",
        aggregate=("demande", demande),
        version=1,
        data=data | changes,
    )


class TestAnswers:
    @pytest.mark.parametrize(
        ("outcome", "texts"),
        [
            ("GRANTED", ["Une réponse vous attend. Contactez votre interlocuteur habituel."]),
            ("REFUSED", ["Une réponse vous attend. Contactez votre interlocuteur habituel."]),
            ("ADJOURNED", []),
        ],
    )
    def test_an_answer_is_announced_and_never_told(
        self, town: Town, outcome: str, texts: list[str]
    ) -> None:
        decide(town, town.personne(), outcome=outcome)
        town.at(MONDAY)

        assert [row["text"] for row in town.sink.received] == texts

    @pytest.mark.parametrize("names_the_applicant", [True, False])
    def test_nobody_else_at_home_learns_that_somebody_asked(
        self, town: Town, names_the_applicant: bool
    ) -> None:
        applicant, spouse, child = (town.personne() for _ in range(3))
        named = {"demandeur_id": applicant} if names_the_applicant else {}

        decide(town, applicant, spouse, child, **named)
        town.at(MONDAY)

        assert [row["personne_id"] for row in town.rows()] == [applicant]
        assert len(town.sink.received) == 1


class TestCollective:
    """Whoever takes part hears of their own seat, and of what befalls the whole."""

    def test_one_is_confirmed_and_reminded_alone(self, town: Town) -> None:
        anna, boris = town.personne(sms="+33639980001"), town.personne(sms="+33639980002")
        session = town.book(starts_at=IN_NINE_DAYS)
        town.join(session, anna, at=IN_NINE_DAYS, version=2, seated=[anna])
        town.at(MONDAY)
        town.join(session, boris, at=IN_NINE_DAYS, version=3, seated=[anna, boris])
        town.at(MONDAY)

        assert [row["to"] for row in town.sink.received] == ["+33639980001", "+33639980002"]
        assert town.at(REMINDER) == 2
        assert len(town.sink.received) == 4

    def test_one_who_leaves_hears_it_and_is_no_longer_reminded(self, town: Town) -> None:
        anna, boris = town.personne(sms="+33639980001"), town.personne(sms="+33639980002")
        session = town.book(starts_at=IN_NINE_DAYS)
        town.join(session, anna, at=IN_NINE_DAYS, version=2, seated=[anna])
        town.join(session, boris, at=IN_NINE_DAYS, version=3, seated=[anna, boris])
        town.at(MONDAY)
        town.leave(session, anna, at=IN_NINE_DAYS, version=4, seated=[boris])
        town.at(MONDAY)
        town.at(REMINDER)

        texts = [(row["to"][-1], row["text"].split()[0]) for row in town.sink.received[2:]]
        assert sorted(texts) == [("1", "Votre"), ("2", "Rappel")]
        assert "annulé" in town.sink.received[2]["text"]

    def test_a_move_of_the_others_does_not_silence_the_one_who_left(self, town: Town) -> None:
        """In the night nothing leaves: what waits for one must outlive news about others."""
        anna, boris = town.personne(sms="+33639980001"), town.personne(sms="+33639980002")
        session = town.book(starts_at=IN_NINE_DAYS)
        town.join(session, anna, at=IN_NINE_DAYS, version=2, seated=[anna])
        town.join(session, boris, at=IN_NINE_DAYS, version=3, seated=[anna, boris])
        town.at(MONDAY)
        town.at(MONDAY.replace(hour=22))
        town.leave(session, anna, at=IN_NINE_DAYS, version=4, seated=[boris])
        town.move(session, boris, to=IN_NINE_DAYS + timedelta(hours=2), version=5)

        town.at(TOMORROW)

        told = {row["to"][-1]: row["text"] for row in town.sink.received[2:]}
        assert "annulé" in told["1"]
        assert set(told) == {"1", "2"}

    def test_one_who_left_meanwhile_is_not_told_it_is_fixed(self, town: Town) -> None:
        anna = town.personne()
        session = town.book(starts_at=IN_NINE_DAYS)
        town.join(session, anna, at=IN_NINE_DAYS, version=2, seated=[])
        town.at(MONDAY)

        assert town.sink.received == []
        assert ("notification_dropped", "SUPERSEDED") in town.facts()
