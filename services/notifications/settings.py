"""Where messages are handed over: the mail server and the SMS provider.

| Variable | Meaning |
|---|---|
| `SMTP_HOST`, `SMTP_PORT` | the mail server (port 587 by default); no host: no e-mail is sent |
| `SMTP_STARTTLS` | `true` (default) requires an encrypted session |
| `SMTP_USER`, `SMTP_PASSWORD` | both or neither |
| `SENDER_ADDRESS`, `SENDER_NAME` | the From of e-mails; keep the name neutral |
| `SMS_URL`, `SMS_TOKEN` | the provider's endpoint and its bearer token; no URL: no SMS is sent |
| `SMS_SENDER` | what the handset shows: 3 to 11 letters or digits, neutral |
| `SMS_PARTENAIRE` | the `partenaire` claim of the provider's token, for its receipts |
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from marshmallow.validate import Range

from chassis.settings import Reader, Wrong

_SENDER = re.compile(r"[A-Za-z0-9]{3,11}")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of notifications alone."""

    smtp_host: str | None
    smtp_port: int
    smtp_starttls: bool
    smtp_user: str | None
    smtp_password: str | None = field(repr=False)
    sender_address: str
    sender_name: str
    sms_url: str | None
    sms_token: str | None = field(repr=False)
    sms_sender: str
    sms_partenaire: str

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Read the environment. Raises SettingsError: one French line, without secrets."""
        env = Reader(environ)
        with env.refusing():
            settings = cls(
                smtp_host=env.str("SMTP_HOST", "") or None,
                smtp_port=env.int("SMTP_PORT", 587, validate=Range(1, 65535)),
                smtp_starttls=env.bool("SMTP_STARTTLS", True),
                smtp_user=env.str("SMTP_USER", "") or None,
                smtp_password=env.str("SMTP_PASSWORD", "") or None,
                sender_address=env.str("SENDER_ADDRESS", "") or "ne-pas-repondre@localhost",
                sender_name=env.str("SENDER_NAME", "Message automatique"),
                sms_url=env.str("SMS_URL", "") or None,
                sms_token=env.str("SMS_TOKEN", "") or None,
                sms_sender=env.str("SMS_SENDER", "INFO"),
                sms_partenaire=env.str("SMS_PARTENAIRE", "FOURNISSEUR_SMS"),
            )
            settings._check()
        return settings

    def _check(self) -> None:
        if (self.smtp_user is None) != (self.smtp_password is None):
            raise Wrong("SMTP_USER et SMTP_PASSWORD vont ensemble")
        if self.sms_url and not self.sms_token:
            raise Wrong("SMS_URL demande SMS_TOKEN")
        if not _SENDER.fullmatch(self.sms_sender):
            raise Wrong("SMS_SENDER : 3 à 11 lettres ou chiffres")
        if "@" not in self.sender_address or any(c in self.sender_address for c in "\r\n "):
            raise Wrong("SENDER_ADDRESS n’est pas une adresse")
