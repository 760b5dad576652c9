"""Encryption keys change and the old ones are removed: people are still found."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Callable, Iterator

import pytest

from chassis.crypto import Keyring, rotate, use_keyring


@pytest.fixture
def change_keys(office, environment) -> Iterator[Callable[[str], None]]:
    """Start this office again with other encryption keys."""
    runtime, before = office.runtime, office.runtime.keyring

    def change(keys: str) -> None:
        runtime.keyring = Keyring.parse(keys, before.index_key)
        use_keyring(runtime.keyring)

    yield change
    use_keyring(before)


def test_a_person_is_found_without_any_key_they_were_registered_under(
    office, change_keys, environment
):
    one = office.register(contacts=[{"channel": "EMAIL", "value": "camille@exemple.fr"}])
    fresh = "k3:" + b64encode(os.urandom(32)).decode()
    change_keys(f"{fresh},{environment['ENCRYPTION_KEYS']}")
    with office.runtime.engine.begin() as connection:
        rotate(connection, office.runtime.service.metadata, office.runtime.keyring)

    change_keys(fresh)

    for asked in ({"name": "dupont camille"}, {"email": "camille@exemple.fr"}):
        answer = office.post("/v1/personnes/search", asked)
        assert [each["personne_id"] for each in answer.json["personnes"]] == [one["personne_id"]]
