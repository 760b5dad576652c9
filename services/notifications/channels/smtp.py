"""E-mail over SMTP (RFC 5321): one connection per batch, a Message-ID made of the message's id.

SMTP has no idempotency key: after a crash between the server's `250` and our commit the same
mail may leave twice, with the same Message-ID, which lets mailboxes show it once.
"""

from __future__ import annotations

import smtplib
import ssl
from base64 import b64encode
from dataclasses import dataclass, field
from email.utils import formatdate
from textwrap import wrap
from typing import Self

from services.notifications.channels import Accepted, Later, Letter, Outcome, Refused
from services.notifications.domain.reasons import DeferralReason, FailureReason
from services.notifications.settings import Settings

#: For each exchange with the server.
TIMEOUT_SECONDS = 5.0
#: Replies that tell us to authenticate or to set the session up otherwise.
_MISCONFIGURED = frozenset({454, 500, 501, 502, 503, 504, 530, 534, 535, 538})
#: The server is closing (RFC 5321 §3.8).
_CLOSING = 421
#: What leaves the session as it was, ready for the next mail.
_ABOUT_ONE_MAIL = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, ValueError)
#: RFC 2047 lets an encoded word hold 75 characters: 45 bytes in base64.
_WORD_BYTES = 45


@dataclass
class SmtpSender:
    """Sends e-mails to one server."""

    settings: Settings
    _session: smtplib.SMTP | None = field(default=None, init=False, repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def send(self, letter: Letter) -> Outcome:
        """Hand over one e-mail; a lost connection is made anew once."""
        try:
            return self._send(letter)
        except smtplib.SMTPServerDisconnected:
            self._close()
        try:
            return self._send(letter)
        except smtplib.SMTPServerDisconnected:
            self._close()
            return Later(reason=DeferralReason.PROVIDER_UNAVAILABLE)

    def _send(self, letter: Letter) -> Outcome:
        try:
            session = self._session or self._connect()
            session.sendmail(
                self.settings.sender_address, [letter.address], compose(letter, self.settings)
            )
        except smtplib.SMTPServerDisconnected:
            raise
        except (OSError, smtplib.SMTPException, ValueError) as error:
            if not isinstance(error, _ABOUT_ONE_MAIL):
                self._close()
            return _meaning(error)
        return Accepted()

    def _connect(self) -> smtplib.SMTP:
        settings = self.settings
        session = smtplib.SMTP(
            settings.smtp_host or "", settings.smtp_port, timeout=TIMEOUT_SECONDS
        )
        try:
            if settings.smtp_starttls:
                session.starttls(context=ssl.create_default_context())
            if settings.smtp_user and settings.smtp_password:
                session.login(settings.smtp_user, settings.smtp_password)
        except (OSError, smtplib.SMTPException):
            # A session half set up would send the next mail in clear, or unknown.
            session.close()
            raise
        self._session = session
        return session

    def _close(self) -> None:
        session, self._session = self._session, None
        if session is None:
            return
        try:
            session.quit()
        except (OSError, smtplib.SMTPException):
            session.close()


def compose(letter: Letter, settings: Settings) -> bytes:
    """The mail on the wire (RFC 5322), written directly: the email package takes 1 ms a mail.

    `Auto-Submitted` (RFC 3834) keeps out-of-office robots from answering.
    """
    domain = settings.sender_address.rpartition("@")[2]
    lines = [
        f"Date: {formatdate()}",
        f"From: {_encoded(settings.sender_name)} <{settings.sender_address}>",
        f"To: <{_one_line(letter.address)}>",
        f"Subject: {_encoded(letter.subject or '')}",
        f"Message-ID: <{letter.message_id}@{domain}>",
        "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: base64",
        "Content-Language: fr",
        "",
        *wrap(b64encode(letter.body.replace("\n", "\r\n").encode()).decode(), 76),
        "",
    ]
    return "\r\n".join(lines).encode()


def _one_line(address: str) -> str:
    if any(character in address for character in "\r\n<>"):
        raise ValueError("not an address")
    return address


def _encoded(text: str) -> str:
    """A header's text as encoded words, folded; plain ASCII goes as it is."""
    if text.isascii():
        return " ".join(text.split())
    words, part = [], ""
    for character in text:
        if len((part + character).encode()) > _WORD_BYTES:
            words.append(part)
            part = ""
        part += character
    words.append(part)
    return "\r\n ".join(f"=?utf-8?b?{b64encode(word.encode()).decode()}?=" for word in words)


def _meaning(error: Exception) -> Outcome:
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=recipients):
            ((code, _),) = recipients.values()
            return _verdict(code, recipient=True)
        case smtplib.SMTPDataError(smtp_code=code):
            return _verdict(code, recipient=False)
        case smtplib.SMTPResponseException(smtp_code=code):
            return _session_verdict(code)
        case smtplib.SMTPNotSupportedError() | ssl.SSLError():
            return Later(reason=DeferralReason.PROVIDER_MISCONFIGURED)
        case ValueError():
            # An address this server cannot be told (no SMTPUTF8), or that is not one.
            return Refused(reason=FailureReason.RECIPIENT_REFUSED)
        case _:
            return Later(reason=DeferralReason.PROVIDER_UNAVAILABLE)


def _verdict(code: int, *, recipient: bool) -> Outcome:
    """What a reply to RCPT (`recipient`) or DATA means (RFC 5321 §4.2)."""
    if code in _MISCONFIGURED:
        return Later(reason=DeferralReason.PROVIDER_MISCONFIGURED)
    if 400 <= code < 500:
        # One mailbox may be full for a while without the server refusing everybody.
        closes = not recipient or code == _CLOSING
        return Later(reason=DeferralReason.PROVIDER_THROTTLED, closes=closes)
    if 500 <= code < 600:
        by_recipient, by_content = FailureReason.RECIPIENT_REFUSED, FailureReason.CONTENT_REFUSED
        return Refused(reason=by_recipient if recipient else by_content)
    return Later(reason=DeferralReason.PROVIDER_UNAVAILABLE)


def _session_verdict(code: int) -> Later:
    """What a refusal of the session itself means: never the fault of a mail."""
    is_ours = code in _MISCONFIGURED or 500 <= code < 600
    misconfigured, away = (
        DeferralReason.PROVIDER_MISCONFIGURED,
        DeferralReason.PROVIDER_UNAVAILABLE,
    )
    return Later(reason=misconfigured if is_ours else away)
