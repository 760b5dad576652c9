"""A service's own settings are read at boot with the common ones, and refused in the same way."""

from __future__ import annotations

import pytest

from chassis.settings import Settings, SettingsError
from tests.conftest import INDEX_KEY, KEYS

ENVIRONMENT = {
    "ENVIRONMENT": "test",
    "DATABASE_URL": "postgresql://127.0.0.1:1/postgres",
    "DATABASE_SECRET": "secret-de-test",
    "ENCRYPTION_KEYS": KEYS,
    "INDEX_KEY": INDEX_KEY,
    "JWKS": "/nulle/part",
    "TOKEN_ISSUER": "urn:test",
}
OWN = {
    "notifications": "SMTP_PORT",
    "consent": "PARTNER_VHOSTS",
    "rendezvous": "EXTERNAL_CALENDAR_HOSTS",
}


@pytest.mark.parametrize(("service", "variable"), OWN.items())
def test_a_wrong_one_stops_every_process_of_the_service(service: str, variable: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        Settings.from_env(service, ENVIRONMENT | {variable: "hunter2"})

    assert str(refusal.value).startswith(f"configuration refusée : {variable}")
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize("service", ["accueil", "dsu", "aides"])
def test_the_others_do_not_read_it(service: str) -> None:
    wrong = dict.fromkeys(OWN.values(), "hunter2")

    assert Settings.from_env(service, ENVIRONMENT | wrong).service == service
