"""When a provider or a neighbour fails: wait, close ranks, and record what came to nothing."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.notifications.settings import Settings
from tests.integration.notifications.conftest import MONDAY, Town

TOMORROW = MONDAY + timedelta(days=1)
IN_FOUR_DAYS = MONDAY + timedelta(days=4)


class TestProviderDown:
    def test_three_days_without_provider_make_no_late_reminder_and_record_each_drop(
        self, town: Town
    ) -> None:
        for hour in range(6):
            town.book(town.personne(), starts_at=IN_FOUR_DAYS + timedelta(hours=hour))
        far = MONDAY + timedelta(days=9)
        town.book(town.personne(), starts_at=far)
        town.at(MONDAY)
        assert len(town.sink.received) == 7

        town.sink.sms.bad_day = (503, {"code": "DOWN"})
        moment = IN_FOUR_DAYS - timedelta(days=2)
        for _ in range(3 * 24):
            moment += timedelta(hours=1)
            town.end_back_off()
            town.at(moment)
        town.sink.sms.bad_day = None
        town.end_back_off()
        town.at(moment)
        town.at(far - timedelta(days=2))

        reminders = town.rows(template="RENDEZVOUS_REMINDER")
        late = [row for row in reminders if row["status"] == "DROPPED"]
        assert [row["reason"] for row in late] == ["TOO_LATE"] * 6
        # Known in the evening already when the morning will be too late.
        assert all(row["settled_at"] <= row["not_after"] for row in late)
        assert [row["starts_at"] for row in reminders if row["status"] == "SENT"] == [far]
        assert len(town.sink.received) == 8
        assert town.facts().count(("notification_dropped", "TOO_LATE")) == 6

    def test_without_any_technical_retry_the_end_is_still_recorded_on_time(
        self, town: Town
    ) -> None:
        town.sink.sms.bad_day = (503, {})
        town.book(town.personne(), starts_at=TOMORROW)
        town.at(MONDAY)

        town.at(TOMORROW)

        (row,) = town.rows()
        assert (row["status"], row["reason"], row["settled_at"]) == (
            "DROPPED",
            "TOO_LATE",
            TOMORROW,
        )

    def test_the_first_refusal_spares_the_others_of_the_batch(self, town: Town) -> None:
        town.sink.sms.bad_day = (429, {"code": "THROTTLED"})
        for _ in range(20):
            town.book(town.personne(), starts_at=TOMORROW)
        town.at(MONDAY)

        assert town.sink.sms.calls == 1
        assert {row["last_error"] for row in town.rows()} == {"PROVIDER_THROTTLED"}
        assert {row["status"] for row in town.rows()} == {"WAITING"}

        town.sink.sms.bad_day = None
        town.end_back_off()
        town.at(MONDAY + timedelta(hours=1))
        assert len(town.sink.received) == 20

    def test_mails_leave_while_the_sms_provider_is_down(self, town: Town) -> None:
        town.sink.sms.bad_day = (503, {})
        town.book(town.personne(), starts_at=TOMORROW)
        town.book(town.personne(sms=None, email="a@exemple.example"), starts_at=TOMORROW)
        town.at(MONDAY)

        assert [row["channel"] for row in town.sink.received] == ["EMAIL"]

    def test_nobody_listening_is_a_provider_that_is_down(self, town: Town) -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            port = closed.getsockname()[1]
        env = dict(town.runtime.settings.env)
        env |= {"SMTP_PORT": str(port), "SMS_URL": f"http://127.0.0.1:{port}/"}
        town.runtime.settings = replace(town.runtime.settings, env=env)
        town.book(town.personne(), starts_at=TOMORROW)
        town.book(town.personne(sms=None, email="a@exemple.example"), starts_at=TOMORROW)

        town.at(MONDAY)

        assert [row["last_error"] for row in town.rows()] == ["PROVIDER_UNAVAILABLE"] * 2

    def test_a_wrong_token_waits_to_be_mended(self, town: Town) -> None:
        town.sink.sms.token = "un autre"
        town.book(town.personne(), starts_at=TOMORROW)
        town.at(MONDAY)
        assert [row["last_error"] for row in town.rows()] == ["PROVIDER_MISCONFIGURED"]

        town.sink.sms.token = town.sink.token
        town.end_back_off()
        town.at(MONDAY)
        assert [row["status"] for row in town.rows()] == ["SENT"]

    def test_a_server_without_the_required_encryption_gets_nothing(self, town: Town) -> None:
        env = {**town.runtime.settings.env, "SMTP_STARTTLS": "true"}
        town.runtime.settings = replace(town.runtime.settings, env=env)
        assert town.runtime.settings_of(Settings).smtp_starttls
        town.book(town.personne(sms=None, email="a@exemple.example"), starts_at=TOMORROW)

        town.at(MONDAY)

        assert town.sink.received == []
        assert [row["last_error"] for row in town.rows()] == ["PROVIDER_MISCONFIGURED"]


class TestRefused:
    def test_a_refused_number_tries_the_mail(self, town: Town) -> None:
        personne = town.personne(sms="+33639980422", email="a@exemple.example")
        town.book(personne, starts_at=TOMORROW)
        town.at(MONDAY)

        assert [row["channel"] for row in town.sink.received] == ["EMAIL"]
        assert [(row["status"], row["channel"]) for row in town.rows()] == [("SENT", "EMAIL")]

    def test_refused_everywhere_is_a_failure_to_call_back(self, town: Town) -> None:
        personne = town.personne(sms="+33639980422", email="inconnu@exemple.example")
        town.book(personne, starts_at=TOMORROW)
        town.at(MONDAY)

        assert town.sink.received == []
        assert town.facts() == [("notification_failed", "RECIPIENT_REFUSED")]

    def test_one_refused_mailbox_does_not_hold_the_next_mail(self, town: Town) -> None:
        for address in ("inconnu@exemple.example", "b@exemple.example"):
            town.book(town.personne(sms=None, email=address), starts_at=TOMORROW)
        town.at(MONDAY)

        assert [row["to"] for row in town.sink.received] == [["b@exemple.example"]]


class TestNeighbourDown:
    @pytest.mark.parametrize("service", ["accueil", "rendezvous"])
    def test_nothing_leaves_unchecked(self, town: Town, service: str) -> None:
        town.book(town.personne(), starts_at=IN_FOUR_DAYS)
        town.set_answers_down(service)
        town.at(MONDAY)
        assert town.sink.received == []
        assert town.rows()[0]["last_error"] == "NEIGHBOUR_UNAVAILABLE"

        town.set_answers_down()
        town.end_back_off()
        town.at(MONDAY + timedelta(minutes=1))
        assert len(town.sink.received) == 1

    def test_until_it_is_of_no_more_use(self, town: Town) -> None:
        town.book(town.personne(), starts_at=TOMORROW)
        town.set_answers_down("accueil")
        town.at(MONDAY)
        town.at(TOMORROW)
        town.set_answers_down()
        town.end_back_off()
        town.at(TOMORROW)

        assert town.sink.received == []
        assert town.facts() == [("notification_dropped", "TOO_LATE")]

    def test_an_answer_that_cannot_be_read_is_no_answer(self, town: Town) -> None:
        fake = town.runtime.neighbours
        fake.answers["accueil", "/internal/contacts"] = {"contacts": [{"allowed": True}]}  # type: ignore[attr-defined]
        town.book(town.personne(), starts_at=TOMORROW)
        town.at(MONDAY)

        assert town.sink.received == []
        assert town.rows()[0]["last_error"] == "NEIGHBOUR_UNAVAILABLE"


def test_back_off_is_technical_time(town: Town) -> None:
    town.sink.sms.bad_day = (503, {})
    town.book(town.personne(), starts_at=TOMORROW)
    town.at(MONDAY)
    calls = town.sink.sms.calls

    # Hours of trade time alone do not make it try again.
    town.at(MONDAY + timedelta(hours=3))

    assert town.sink.sms.calls == calls
    due = town.runtime.tables.due
    with town.runtime.engine.connect() as connection:
        waits = sa.select(due.c.error_class).where(due.c.kind == "send")
        assert connection.execute(waits).scalars().all() == ["PROVIDER_UNAVAILABLE"]
