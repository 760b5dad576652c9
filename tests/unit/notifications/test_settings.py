"""A wrong setting of notifications stops the boot, in one French line that names the variable."""

from __future__ import annotations

import pytest

from chassis.settings import SettingsError
from services.notifications.settings import Settings

ENVIRONMENT = {
    "SMTP_HOST": "smtp.exemple.fr",
    "SMTP_USER": "plateforme",
    "SMTP_PASSWORD": "hunter2",
    "SMS_URL": "https://sms.exemple.fr/envois",
    "SMS_TOKEN": "hunter2",
    "SENDER_ADDRESS": "ne-pas-repondre@exemple.fr",
}
WRONG = [
    ("SMTP_USER", "", "SMTP_USER et SMTP_PASSWORD vont ensemble"),
    ("SMTP_PASSWORD", "", "SMTP_USER et SMTP_PASSWORD vont ensemble"),
    ("SMTP_PORT", "hunter2", "SMTP_PORT : valeur refusée"),
    ("SMTP_PORT", "0", "SMTP_PORT : valeur refusée"),
    ("SMTP_STARTTLS", "hunter2", "SMTP_STARTTLS : valeur refusée"),
    ("SMS_TOKEN", "", "SMS_URL demande SMS_TOKEN"),
    ("SMS_SENDER", "un nom trop long", "SMS_SENDER : 3 à 11 lettres ou chiffres"),
    ("SENDER_ADDRESS", "hunter2", "SENDER_ADDRESS n’est pas une adresse"),
    ("SENDER_ADDRESS", "a@b\nBcc: c@d", "SENDER_ADDRESS n’est pas une adresse"),
]


@pytest.mark.parametrize(("variable", "value", "line"), WRONG)
def test_the_line_names_the_variable_and_never_repeats_its_value(
    variable: str, value: str, line: str
) -> None:
    with pytest.raises(SettingsError) as refusal:
        Settings.from_env(ENVIRONMENT | {variable: value})

    assert str(refusal.value) == f"configuration refusée : {line}"


def test_an_address_left_empty_is_the_default_one() -> None:
    assert "@" in Settings.from_env({"SENDER_ADDRESS": ""}).sender_address


def test_secrets_never_show() -> None:
    assert "hunter2" not in repr(Settings.from_env(ENVIRONMENT))


def test_sessions_are_encrypted_unless_told_otherwise() -> None:
    assert Settings.from_env(ENVIRONMENT).smtp_starttls is True
