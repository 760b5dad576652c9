"""The loop of the feed and each partner's thread mark their turns: one that hangs shows."""

from __future__ import annotations

import os
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Event, Thread

import pytest

from chassis.relay.turns import Turns
from chassis.testing import Client
from services.consent import feed
from services.consent.file_partenaire import queue_name
from tests.integration.consent.broker import channel, login_of
from tests.integration.consent.scene import Scene
from tests.support.broker import amqp_uri

URI = amqp_uri()
CODES = ("caf", "cpam")


class Counted(Turns):
    """How many turns each thread made, and which ended."""

    def __init__(self) -> None:
        super().__init__()
        self.made: Counter[str] = Counter()
        self.ended: set[str] = set()

    def mark(self, thread: str) -> None:
        self.made[thread] += 1
        super().mark(thread)

    def end(self, thread: str) -> None:
        self.ended.add(thread)
        super().end(thread)

    def goes_on(self, thread: str, turns: int = 2) -> bool:
        """Whether it makes so many more turns, within fifteen seconds."""
        before, deadline = self.made[thread], time.monotonic() + 15
        while self.made[thread] < before + turns and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.made[thread] >= before + turns


@pytest.fixture
def scene(service_runtime) -> Iterator[Scene]:
    """Two partners, each with a queue of its own."""
    runtime = service_runtime("consent")
    prefix = f"t{os.getpid()}{secrets.token_hex(2)}"
    runtime.settings = replace(runtime.settings, amqp_uri=URI, bus_prefix=prefix)
    made = Scene(runtime, Client(runtime))
    for code in CODES:
        assert made.partner(code, channel="AMQP").status == 201
    yield made
    with channel(login_of(URI)) as cleaning:
        for code in CODES:
            cleaning.queue_delete(queue_name(prefix, code))


@pytest.fixture
def turns(scene) -> Iterator[Counted]:
    """The turns of a feed that runs during the test."""
    made, stop = Counted(), Event()
    thread = Thread(target=feed.run, args=(scene.runtime, stop, made), daemon=True)
    thread.start()
    yield made
    stop.set()
    thread.join(timeout=10)
    assert not thread.is_alive()


@pytest.fixture
def hang(monkeypatch) -> Iterator[Callable[[], None]]:
    """From now on the batches of caf never end; the others' are empty."""
    over = Event()

    def hang() -> None:
        def publish_batch(runtime, code, queue) -> int:
            if code == "caf":
                over.wait(30)
            return 0

        monkeypatch.setattr(feed, "publish_batch", publish_batch)

    yield hang
    over.set()


def test_all_of_them_turn_with_nothing_to_give(turns):
    assert all(turns.goes_on(thread) for thread in ("feed", "feed caf", "feed cpam"))


def test_a_partner_whose_batch_hangs_no_longer_turns_and_the_others_do(turns, hang):
    assert turns.goes_on("feed caf")
    hang()
    time.sleep(0.5)
    stopped_at = turns.made["feed caf"]

    assert turns.goes_on("feed cpam", turns=5)
    assert turns.goes_on("feed")
    assert turns.made["feed caf"] == stopped_at


def test_a_partner_that_waits_for_its_place_still_turns(hang, monkeypatch, request):
    monkeypatch.setattr(feed, "_AT_ONCE", 1)
    hang()
    turns = request.getfixturevalue("turns")

    assert turns.goes_on("feed cpam", turns=3)


def test_nothing_more_is_expected_of_a_suspended_partner(scene, turns):
    assert turns.goes_on("feed caf")

    scene.client.post("/v1/partenaires/caf/suspend", role="dpo")

    assert turns.goes_on("feed cpam", turns=8)
    assert turns.ended == {"feed caf"}
