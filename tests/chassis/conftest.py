"""The chassis is tested on two sample services, not on the six real ones."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from chassis import catalogue
from chassis.broker import Names, remove_all
from chassis.cli import application
from chassis.crypto import Keyring, read_key, use_keyring
from chassis.provision import drop
from chassis.runtime import Runtime
from chassis.settings import database_settings
from chassis.web.tokens import DevelopmentIssuer
from tests.chassis.processes import Platform
from tests.chassis.processes import environment as run_environment
from tests.support.broker import amqp_uri

SAMPLE = "tests.chassis.sample"
AMQP_URI = amqp_uri()


@pytest.fixture(autouse=True)
def _sample_services(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "PACKAGE", SAMPLE)
    monkeypatch.setattr("chassis.migrations.PACKAGE", SAMPLE)


@pytest.fixture
def compteur(service_runtime: Callable[[str], Runtime]) -> Runtime:
    """The sample producer, on an empty database."""
    return service_runtime("compteur")


@pytest.fixture
def miroir(service_runtime: Callable[[str], Runtime]) -> Runtime:
    """The sample consumer, on an empty database."""
    return service_runtime("miroir")


@pytest.fixture(scope="session")
def _platform(
    environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Platform]:
    folder = tmp_path_factory.mktemp("platform")
    issuer = DevelopmentIssuer.create(folder)
    made = Platform(run_environment(environment, folder), folder, issuer)
    for service in ("compteur", "miroir"):
        done = made.run(service, "provision")
        assert done.returncode == 0, done.stderr
    yield made
    made.stop_all()
    for service in ("compteur", "miroir"):
        drop(database_settings(service, made.env))


@pytest.fixture
def platform(_platform: Platform) -> Iterator[Platform]:
    """Two sample services on empty databases; what a test starts is stopped after it."""
    _platform.empty()
    before = list(_platform.running)
    yield _platform
    _platform.stop_all(but=before)


@pytest.fixture
def bus(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    """The same with the real broker, under a prefix of its own, removed afterwards."""
    monkeypatch.setitem(platform.env, "AMQP_URI", AMQP_URI)
    for service in ("compteur", "miroir"):
        done = platform.run(service, "provision")
        assert done.returncode == 0, done.stderr
    yield platform
    platform.stop_all()
    remove_all(AMQP_URI, Names(platform.env["BUS_PREFIX"]))


@pytest.fixture
def run(environment: dict[str, str], tmp_path: Path) -> Callable[..., Any]:
    """Give one of the operator's commands, in this process and without a broker."""
    DevelopmentIssuer.create(tmp_path)
    env = environment | {"JWKS": str(tmp_path / "jwks.json"), "AMQP_URI": "", "COLUMNS": "200"}

    def invoke(*arguments: str, **changes: str | None) -> Any:
        try:
            return CliRunner().invoke(application, list(arguments), env=env | changes)
        finally:
            index_key = read_key(environment["INDEX_KEY"])
            use_keyring(Keyring.parse(environment["ENCRYPTION_KEYS"], index_key))

    return invoke
