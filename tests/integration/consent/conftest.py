"""The scene of every test here."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import replace

import pytest

from chassis.broker import Link
from chassis.testing import Client
from services.consent.file_partenaire import PartnerQueue, queue_name
from tests.integration.consent.broker import URI, channel, login_of
from tests.integration.consent.scene import LATER, Scene


@pytest.fixture
def scene(service_runtime, http) -> Scene:
    runtime = service_runtime("consent")
    made = Scene(runtime, http(runtime))
    assert made.partner().status == 201
    return made


@pytest.fixture
def after(scene):
    """Move to the middle of the day, after what was signed in the morning."""
    scene.runtime.clock.set(LATER)
    return LATER


@pytest.fixture
def bus(service_runtime) -> Iterator[Scene]:
    """The same over the broker: the partner reads a queue."""
    runtime = service_runtime("consent")
    prefix = f"t{os.getpid()}{secrets.token_hex(2)}"
    runtime.settings = replace(runtime.settings, amqp_uri=URI, bus_prefix=prefix)
    made = Scene(runtime, Client(runtime))
    assert made.partner(channel="AMQP").status == 201
    yield made
    with channel(login_of(URI)) as cleaning:
        cleaning.queue_delete(queue_name(prefix, "caf"))


@pytest.fixture
def queue(bus) -> Iterator[PartnerQueue]:
    """The partner's queue, as the publisher holds it."""
    link = Link(URI, "test")
    made = PartnerQueue(link, queue_name(bus.runtime.settings.bus_prefix, "caf"))
    made.open()
    yield made
    link.close()
