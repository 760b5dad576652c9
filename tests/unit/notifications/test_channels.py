"""The adapters alone: the mail on the wire, and what each answer of the other side means."""

from __future__ import annotations

import email
from datetime import timedelta
from email import policy
from typing import Any
from uuid import UUID

import pytest

from services.notifications.channels import Accepted, Later, Letter, Refused, sms, smtp
from services.notifications.domain.reasons import DeferralReason, FailureReason
from services.notifications.settings import Settings

MESSAGE_ID = UUID("0192f3a4-7b1c-7d2e-8f30-1a2b3c4d5e6f")
ENVIRONMENT = {
    "SMTP_HOST": "mail.example",
    "SENDER_ADDRESS": "ne-pas-repondre@departement.example",
    "SMS_URL": "https://sms.example/v1/sms",
    "SMS_TOKEN": "secret",
}
SETTINGS = Settings.from_env(ENVIRONMENT)


def letter(
    address: str = "exemple@exemple.example", body: str = "Bonjour,\n\nÀ bientôt.\n"
) -> Letter:
    return Letter(message_id=MESSAGE_ID, address=address, subject="Rendez-vous déplacé", body=body)


class TestMail:
    def test_it_reads_back_as_it_was_written(self) -> None:
        mail = email.message_from_bytes(smtp.compose(letter(), SETTINGS), policy=policy.default)

        assert mail["Message-ID"] == f"<{MESSAGE_ID}@departement.example>"
        assert mail["Subject"] == "Rendez-vous déplacé"
        assert mail["From"] == "Message automatique <ne-pas-repondre@departement.example>"
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail.get_content().replace("\r\n", "\n") == "Bonjour,\n\nÀ bientôt.\n"
        assert not mail.defects

    def test_a_long_accented_subject_is_folded_in_encoded_words(self) -> None:
        subject = "Éléments à apporter à votre rendez-vous déplacé, très très longuement " * 3
        long = Letter(message_id=MESSAGE_ID, address="a@b.example", subject=subject, body="x")
        raw = smtp.compose(long, SETTINGS)

        mail = email.message_from_bytes(raw, policy=policy.default)
        assert str(mail["Subject"]).split() == subject.split()
        assert max(len(line) for line in raw.split(b"\r\n")) <= 98

    @pytest.mark.parametrize("address", ["a@b.example\r\nBcc: c@d.example", "<a@b.example>"])
    def test_an_address_cannot_smuggle_a_header(self, address: str) -> None:
        with pytest.raises(ValueError, match="not an address"):
            smtp.compose(letter(address), SETTINGS)

    @pytest.mark.parametrize(
        ("code", "recipient", "outcome"),
        [
            (550, True, Refused(reason=FailureReason.RECIPIENT_REFUSED)),
            (553, True, Refused(reason=FailureReason.RECIPIENT_REFUSED)),
            (450, True, Later(reason=DeferralReason.PROVIDER_THROTTLED, closes=False)),
            (421, True, Later(reason=DeferralReason.PROVIDER_THROTTLED)),
            (451, False, Later(reason=DeferralReason.PROVIDER_THROTTLED)),
            (530, False, Later(reason=DeferralReason.PROVIDER_MISCONFIGURED)),
            (535, False, Later(reason=DeferralReason.PROVIDER_MISCONFIGURED)),
            (554, False, Refused(reason=FailureReason.CONTENT_REFUSED)),
            (-1, False, Later(reason=DeferralReason.PROVIDER_UNAVAILABLE)),
        ],
    )
    def test_each_reply_has_one_meaning(self, code: int, recipient: bool, outcome: object) -> None:
        assert smtp._verdict(code, recipient=recipient) == outcome

    @pytest.mark.parametrize(
        ("code", "reason"),
        [
            (535, DeferralReason.PROVIDER_MISCONFIGURED),
            (550, DeferralReason.PROVIDER_MISCONFIGURED),
            (554, DeferralReason.PROVIDER_MISCONFIGURED),
            (421, DeferralReason.PROVIDER_UNAVAILABLE),
        ],
    )
    def test_a_refused_session_never_condemns_a_mail(
        self, code: int, reason: DeferralReason
    ) -> None:
        assert smtp._session_verdict(code) == Later(reason=reason)


class _Answer:
    def __init__(self, status: int, data: bytes = b"{}", **headers: str) -> None:
        self.status, self.data, self.headers = status, data, headers


class TestSms:
    @pytest.mark.parametrize(
        ("answer", "outcome"),
        [
            (_Answer(201, b'{"id": "sms-1"}'), Accepted(reference="sms-1")),
            (_Answer(200, b"not json"), Accepted(reference=None)),
            (_Answer(422), Refused(reason=FailureReason.RECIPIENT_REFUSED)),
            (
                _Answer(422, b'{"code": "CONTENT"}'),
                Refused(reason=FailureReason.CONTENT_REFUSED),
            ),
            (_Answer(401), Later(reason=DeferralReason.PROVIDER_MISCONFIGURED)),
            (_Answer(302), Later(reason=DeferralReason.PROVIDER_MISCONFIGURED)),
            (_Answer(409), Later(reason=DeferralReason.PROVIDER_UNAVAILABLE, closes=False)),
            (_Answer(500), Later(reason=DeferralReason.PROVIDER_UNAVAILABLE)),
            (_Answer(418), Later(reason=DeferralReason.PROVIDER_UNAVAILABLE)),
            (_Answer(429), Later(reason=DeferralReason.PROVIDER_THROTTLED)),
            (
                _Answer(429, b"{}", **{"Retry-After": "120"}),
                Later(reason=DeferralReason.PROVIDER_THROTTLED, retry_after=timedelta(minutes=2)),
            ),
            (
                _Answer(429, b"{}", **{"Retry-After": "999999999"}),
                Later(reason=DeferralReason.PROVIDER_THROTTLED, retry_after=timedelta(hours=1)),
            ),
        ],
    )
    def test_each_answer_has_one_meaning(self, answer: Any, outcome: object) -> None:
        assert sms._verdict(answer) == outcome
