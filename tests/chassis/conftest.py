"""The chassis is tested on two sample services, not on the six real ones."""

import pytest

from chassis import catalogue

SAMPLE = "tests.chassis.sample"


@pytest.fixture(autouse=True)
def _sample_services(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "PACKAGE", SAMPLE)
    monkeypatch.setattr("chassis.migrations.PACKAGE", SAMPLE)
