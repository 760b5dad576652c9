"""The local provider keeps the promises real ones make."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import CliRunner

from demo.outbox_sink import Sink, app
from services.notifications.channels import Accepted, Letter, Refused
from services.notifications.channels.sms import SmsSender
from services.notifications.channels.smtp import SmtpSender
from services.notifications.domain.reasons import FailureReason
from services.notifications.settings import Settings

KEY = UUID("0192f3a4-7b1c-7d2e-8f30-1a2b3c4d5e6f")


def letter(address: str, key: UUID = KEY) -> Letter:
    return Letter(message_id=key, address=address, subject="Rendez-vous déplacé", body="À 10h.\n")


def test_the_same_key_is_one_sms_even_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "boite.jsonl"
    for _ in range(2):
        with Sink(path=path) as sink, SmsSender(Settings.from_env(sink.environment)) as sender:
            outcomes = [sender.send(letter("+33639980001")) for _ in range(2)]
            assert outcomes == [Accepted(reference="sms-000001")] * 2

    assert len(path.read_text().splitlines()) == 1


def test_a_mail_is_kept_decoded(sink: Sink) -> None:
    with SmtpSender(Settings.from_env(sink.environment)) as sender:
        assert sender.send(letter("a@exemple.example")) == Accepted()
        assert sender.send(letter("inconnu@exemple.example")) == Refused(
            reason=FailureReason.RECIPIENT_REFUSED
        )

    (mail,) = sink.received
    assert (mail["subject"], mail["text"]) == ("Rendez-vous déplacé", "À 10h.\n")


@pytest.mark.parametrize(
    ("ending", "outcome"), [("0422", "Refused"), ("0429", "Later"), ("0503", "Later")]
)
def test_some_numbers_have_a_bad_day(sink: Sink, ending: str, outcome: str) -> None:
    with SmsSender(Settings.from_env(sink.environment)) as sender:
        answer = sender.send(letter(f"+3363998{ending}"))

    assert type(answer).__name__ == outcome
    assert sink.received == []


def test_a_file_or_a_port_it_may_not_use_is_one_line(tmp_path: Path, sink: Sink) -> None:
    free, file = ["--http-port", "0"], str(tmp_path / "boite.jsonl")

    unwritable = CliRunner().invoke(app, [*free, "--file", "/dev/null/boite.jsonl"])
    taken = CliRunner().invoke(app, ["--http-port", str(sink.http_port), "--file", file])

    for answer, word in ((unwritable, "/dev/null/boite.jsonl"), (taken, str(sink.http_port))):
        assert answer.exit_code == 2
        assert answer.stderr.count("\n") == 1
        assert word in answer.stderr


class TestShow:
    def test_it_pages_from_the_newest(self, tmp_path: Path) -> None:
        path = tmp_path / "boite.jsonl"
        rows = [
            {"channel": "SMS", "to": f"+336399800{n:02}", "text": f"Message {n}"} for n in range(25)
        ]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))

        run = CliRunner().invoke(app, ["show", "--file", str(path), "--page", "2", "--json"])

        texts = [json.loads(line)["text"] for line in run.output.splitlines()]
        assert texts == [f"Message {n}" for n in (4, 3, 2, 1, 0)]

    def test_a_file_that_is_not_there_is_said_so(self, tmp_path: Path) -> None:
        run = CliRunner().invoke(app, ["show", "--file", str(tmp_path / "absente.jsonl")])

        assert run.exit_code == 1
