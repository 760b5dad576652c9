"""The partner's queue on a real RabbitMQ: a withdrawal, once committed, lets nothing more out."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from threading import Event, Thread
from uuid import uuid4

from chassis.relay.turns import Turns
from services.consent import feed
from services.consent.usecases.diffusion import pseudonym
from tests.integration.consent.broker import URI, Reader, login_of, until
from tests.integration.consent.scene import LATER, Scene


def _running(scene: Scene) -> tuple[Thread, Event]:
    stop = Event()
    thread = Thread(target=feed.run, args=(scene.runtime, stop, Turns()), daemon=True)
    thread.start()
    return thread, stop


def _states(scene: Scene) -> list[str]:
    return [state for (state,) in scene.rows("state")]


def _people(bodies: list[bytes]) -> list[str]:
    return [json.loads(body)["data"]["personnes"][0] for body in bodies]


def test_without_a_reader_everything_waits_with_us(bus, queue):
    personne, _ = bus.shared()
    bus.facts(personne, count=3)

    done = feed.publish_batch(bus.runtime, "caf", queue)

    assert done == 0
    assert queue.state().ready == 0
    assert _states(bus) == ["WAITING"] * 3


def test_a_withdrawal_in_the_middle_of_a_thousand_facts_stops_them_all(bus, queue):
    """Fault 22. Two people: one withdraws while the partner reads, the other does not."""
    bus.runtime.clock.set(LATER)
    leaving, consent_id = bus.shared()
    staying, _ = bus.shared()
    for _ in range(10):
        bus.facts(leaving, count=50)
        bus.facts(staying, count=50)
    with bus.runtime.unit_of_work() as uow:
        known_as = pseudonym(uow, "caf", str(leaving))
    with Reader(login_of(URI), queue.name) as partner:
        thread, stop = _running(bus)
        until(lambda: len(partner.bodies) > 300)

        assert bus.withdraw(consent_id).status == 200
        out_before = bus.rows("state", "personne_ids").count(("DELIVERED", [leaving]))
        until(lambda: "WAITING" not in _states(bus))
        time.sleep(1)
        stop.set()
        thread.join(timeout=10)

    rows = bus.rows("state", "reason", "personne_ids")
    mine = [row[:2] for row in rows if row[2] == [leaving]]
    assert 0 < out_before < 500
    assert _people(partner.bodies).count(known_as) == out_before
    assert mine.count(("DELIVERED", "ALLOWED")) == out_before
    assert mine.count(("SUPPRESSED", "CONSENT_WITHDRAWN")) == 500 - out_before
    assert len(partner.bodies) == 500 + out_before
    assert len({json.loads(body)["id"] for body in partner.bodies}) == len(partner.bodies)


def test_the_partner_receives_in_order_each_once(bus, queue):
    personne, _ = bus.shared()
    bus.facts(personne, count=45)

    with Reader(login_of(URI), queue.name) as partner:
        until(lambda: queue.state().consumers == 1)
        while feed.publish_batch(bus.runtime, "caf", queue):
            pass
        until(lambda: len(partner.bodies) == 45)

    received = [json.loads(body)["id"] for body in partner.bodies]
    assert received == [str(identifier) for (identifier,) in bus.rows("id")]


def test_what_a_slow_partner_does_not_take_comes_back_to_us(bus, queue):
    personne, consent_id = bus.shared()
    bus.facts(personne, count=10)

    with Reader(login_of(URI), queue.name, prefetch=1, pause=5) as partner:
        until(lambda: queue.state().consumers == 1)
        feed.publish_batch(bus.runtime, "caf", queue)
        ready = queue.state().ready
        bus.withdraw(consent_id)
        feed.publish_batch(bus.runtime, "caf", queue)

    assert (ready, len(partner.bodies)) == (0, 1)
    assert _states(bus).count("DELIVERED") == 1
    assert _states(bus).count("SUPPRESSED") == 9


def test_a_withdrawal_waits_for_the_batch_that_is_leaving(bus, queue, monkeypatch):
    personne, consent_id = bus.shared()
    bus.facts(personne, count=1)
    order: list[str] = []
    wait_taken = queue.wait_taken

    def slow() -> bool:
        withdrawal.start()
        time.sleep(0.6)
        order.append("batch")
        return wait_taken()

    def withdraw() -> None:
        assert bus.withdraw(consent_id).status == 200
        order.append("withdrawal")

    withdrawal = Thread(target=withdraw)
    monkeypatch.setattr(queue, "wait_taken", slow)
    with Reader(login_of(URI), queue.name):
        until(lambda: queue.state().consumers == 1)
        feed.publish_batch(bus.runtime, "caf", queue)
        withdrawal.join(timeout=10)

    assert order == ["batch", "withdrawal"]


def test_what_a_dead_publisher_left_is_taken_back_first(bus, queue):
    """Messages of a publisher killed in a batch: their rows still wait, nothing doubles."""
    personne, consent_id = bus.shared()
    bus.facts(personne, count=2)
    left = {identifier: b"{}" for (identifier,) in bus.rows("id")}
    assert set(queue.publish(left)) == set(left)
    bus.withdraw(consent_id)

    feed.publish_batch(bus.runtime, "caf", queue)

    assert queue.state().ready == 0


def test_a_message_dies_in_the_queue_within_its_three_seconds(queue):
    list(queue.publish({uuid4(): b"{}"}))

    time.sleep(3.3)

    assert queue.recall() == {}


def test_a_suspended_partner_receives_nothing(bus, queue):
    personne, _ = bus.shared()
    bus.facts(personne, count=2)
    bus.client.post("/v1/partenaires/caf/suspend", role="dpo")

    with Reader(login_of(URI), queue.name):
        until(lambda: queue.state().consumers == 1)
        assert feed.publish_batch(bus.runtime, "caf", queue) == 0

    assert _states(bus) == ["WAITING", "WAITING"]


def test_two_publishers_never_give_the_same_fact(bus, queue):
    personne, _ = bus.shared()
    bus.facts(personne, count=60)
    with Reader(login_of(URI), queue.name) as partner:
        until(lambda: queue.state().consumers == 1)
        first, second = _running(bus), _running(bus)
        until(lambda: "WAITING" not in _states(bus))
        for thread, stop in (first, second):
            stop.set()
            thread.join(timeout=10)

    assert len(partner.bodies) == 60
    assert len({json.loads(body)["id"] for body in partner.bodies}) == 60


def test_embedded_there_is_no_queue_and_the_loop_only_waits(bus):
    bus.runtime.settings = replace(bus.runtime.settings, amqp_uri=None)
    thread, stop = _running(bus)

    stop.set()
    thread.join(timeout=5)

    assert not thread.is_alive()
