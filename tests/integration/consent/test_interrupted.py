"""A publisher that loses its database, its broker or its life lets nothing out unseen."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from services.consent import feed
from services.consent.file_partenaire import PartnerQueue
from services.consent.usecases import diffusion
from tests.integration.consent.broker import URI, Reader, channel, login_of, until
from tests.integration.consent.scene import Scene

_TERMINATE = """
    SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database ON oid = database
    WHERE locktype = 'advisory' AND datname = current_database() AND pid <> pg_backend_pid()
"""


class Withdrawal:
    """Someone withdraws, again until it is done, as the guide tells the portal to."""

    def __init__(self, scene: Scene, consent_id: str, partner: Reader) -> None:
        self.refusals = 0
        self.received: list[str] = []
        self.done_at = 0.0
        self.consent_id = consent_id
        self._scene, self._partner = scene, partner
        self._thread = Thread(target=self._run)

    def start(self) -> None:
        self._thread.start()

    def finish(self) -> None:
        self._thread.join(timeout=30)
        assert self.done_at

    def _run(self) -> None:
        while (answer := self._scene.withdraw(self.consent_id)).status == 503:
            self.refusals += 1
            time.sleep(0.05)
        assert answer.status == 200
        self.done_at = time.monotonic()
        time.sleep(0.3)  # what the partner's connection had is still being noted by its reader
        self.received = ids_of(self._partner)


def ids_of(partner: Reader) -> list[str]:
    return [json.loads(body)["id"] for body in partner.bodies]


def before_message(queue: PartnerQueue, number: int, act: Any, pause: float = 0.0) -> None:
    """Do something just before that message leaves; each takes a while."""
    publish, count = queue._link.channel.basic_publish_confirm, 0

    def slowly(*arguments: Any, **options: Any) -> Any:
        nonlocal count
        count += 1
        if count == number:
            act()
        time.sleep(pause)
        return publish(*arguments, **options)

    queue._link.channel.basic_publish_confirm = slowly


@contextmanager
def short_patience(scene: Scene, milliseconds: int) -> Iterator[None]:
    """Sessions idle in a transaction are ended that soon."""
    statement = f"SET LOCAL idle_in_transaction_session_timeout = '{milliseconds}ms'"

    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(statement)

    sa.event.listen(scene.runtime.engine, "begin", begin)
    try:
        yield
    finally:
        sa.event.remove(scene.runtime.engine, "begin", begin)


def terminate(scene: Scene) -> None:
    with scene.runtime.engine.begin() as connection:
        assert connection.execute(sa.text(_TERMINATE)).all()


def told(scene: Scene, state: str) -> list[str]:
    return [str(identifier) for identifier, now in scene.rows("id", "state") if now == state]


@pytest.mark.parametrize("death", ["terminated", "idle"])
def test_nothing_leaves_after_a_withdrawal_when_the_session_died_in_mid_batch(bus, queue, death):
    """Finding: its locks go with the session, and the batch went on."""
    personne, consent_id = bus.shared()
    bus.facts(personne, count=20)
    with Reader(login_of(URI), queue.name, prefetch=100) as partner:
        until(lambda: queue.state().consumers == 1)
        withdrawal = Withdrawal(bus, consent_id, partner)

        def lose() -> None:
            if death == "terminated":
                terminate(bus)
            withdrawal.start()

        before_message(queue, 3, lose, pause=0.15)
        with short_patience(bus, 200 if death == "idle" else 60_000):
            with pytest.raises(SQLAlchemyError):
                feed.publish_batch(bus.runtime, "caf", queue)
            withdrawal.finish()
        time.sleep(1)

    assert 0 < len(withdrawal.received) < 20
    assert ids_of(partner) == withdrawal.received
    assert told(bus, "DELIVERED") == withdrawal.received
    assert len(told(bus, "WAITING")) == 20 - len(withdrawal.received)


def test_a_withdrawal_does_not_wait_for_a_slow_broker_to_take_the_whole_batch(bus, queue):
    """Each confirm comes just in time; the batch stops early, and the rest waits with us."""
    personne, consent_id = bus.shared()
    bus.facts(personne, count=20)
    with Reader(login_of(URI), queue.name) as partner:
        until(lambda: queue.state().consumers == 1)
        withdrawal = Withdrawal(bus, consent_id, partner)
        before_message(queue, 1, withdrawal.start, pause=0.9)
        feed.publish_batch(bus.runtime, "caf", queue)
        withdrawal.finish()

    assert withdrawal.refusals == 0
    assert withdrawal.received == ids_of(partner) == told(bus, "DELIVERED")
    assert len(told(bus, "WAITING")) == 20 - len(withdrawal.received)


def test_a_session_that_died_before_the_first_message_sends_none(bus, queue, monkeypatch):
    personne, consent_id = bus.shared()
    bus.facts(personne, count=5)
    announce = diffusion.announce

    def announce_then_die(*arguments):
        announced = announce(*arguments)
        terminate(bus)
        return announced

    monkeypatch.setattr(diffusion, "announce", announce_then_die)
    with Reader(login_of(URI), queue.name) as partner:
        until(lambda: queue.state().consumers == 1)
        with pytest.raises(SQLAlchemyError):
            feed.publish_batch(bus.runtime, "caf", queue)
        assert bus.withdraw(consent_id).status == 200

    assert partner.bodies == []
    assert bus.rows("state", "in_queue_until") == [("WAITING", None)] * 5


@pytest.fixture
def killed(bus, queue) -> Iterator[Withdrawal]:
    """A publisher killed in mid-batch: announced and sent, and nobody left to tell the rest."""
    personne, consent_id = bus.shared()
    bus.facts(personne, count=4)
    with Reader(login_of(URI), queue.name, prefetch=1, pause=20) as partner:
        until(lambda: queue.state().consumers == 1)
        with bus.runtime.unit_of_work() as uow:
            caf = uow.partenaires.get("caf")
            allowed = diffusion.outcomes(uow, caf, 4)
            diffusion.announce(uow, caf, allowed, feed.IN_QUEUE_SECONDS)
            uow.commit()
        list(queue.publish({outcome.livraison.id: b'{"id": "1"}' for outcome in allowed}))
        withdrawal = Withdrawal(bus, consent_id, partner)
        yield withdrawal


def test_a_withdrawal_outlives_the_messages_of_a_publisher_that_was_killed(bus, queue, killed):
    sent_at = time.monotonic()
    refused = bus.withdraw(killed.consent_id)
    killed.start()
    killed.finish()

    assert refused.status == 503
    assert refused.json["type"].endswith("diffusion-interrompue")
    assert killed.done_at - sent_at > 3
    assert queue.state().ready == 0
    assert len(killed.received) == 1


def test_what_a_killed_publisher_sent_is_said_uncertain_never_kept_back(bus, queue, killed):
    killed.start()
    killed.finish()

    assert feed.publish_batch(bus.runtime, "caf", queue) == 4

    assert bus.rows("state", "reason") == [("UNCERTAIN", "CONSENT_WITHDRAWN")] * 4
    activity = bus.client.get("/v1/activity?from=2023-01-09&to=2023-01-09", role="direction")
    rows = {row["measure"]: row["count"] for row in activity.json["rows"]}
    assert rows["UNCERTAIN"] == 4
    assert "SUPPRESSED" not in rows


def test_until_then_neither_a_reading_nor_a_suspension_is_answered(bus, killed):
    suspended = bus.client.post("/v1/partenaires/caf/suspend", role="dpo")

    assert (bus.read().status, suspended.status) == (503, 503)


def test_a_broker_that_breaks_leaves_no_fact_out_of_the_count(bus, queue):
    personne, consent_id = bus.shared()
    bus.facts(personne, count=4)

    def fall() -> None:
        raise ConnectionResetError

    before_message(queue, 3, fall)
    with Reader(login_of(URI), queue.name) as partner:
        until(lambda: queue.state().consumers == 1)
        with pytest.raises(ConnectionResetError):
            feed.publish_batch(bus.runtime, "caf", queue)
        unsent = bus.rows("in_queue_until")[3:]
        withdrawal = Withdrawal(bus, consent_id, partner)
        withdrawal.start()
        withdrawal.finish()

    assert withdrawal.refusals > 0
    assert len(ids_of(partner)) == 2
    assert unsent == [(None,)]


def test_a_fact_is_sent_again_under_its_id_and_never_under_the_place_of_another(
    bus, queue, monkeypatch
):
    personne, _ = bus.shared()
    bus.facts(personne, count=2)
    monkeypatch.setattr(feed, "IN_QUEUE_SECONDS", 0.5)
    with Reader(login_of(URI), queue.name) as partner:
        until(lambda: queue.state().consumers == 1)
        with monkeypatch.context() as slow:
            slow.setattr(feed, "EXPIRATION_SECONDS", 0.0)
            with pytest.raises(TimeoutError):
                feed.publish_batch(bus.runtime, "caf", queue)
        until(lambda: feed.publish_batch(bus.runtime, "caf", queue) == 2)

    first, again = partner.bodies[:2], partner.bodies[2:]
    assert [json.loads(body)["id"] for body in first] == [json.loads(b)["id"] for b in again]
    assert [json.loads(body)["sequence"] for body in (*first, *again)] == [1, 2, 3, 4]
    assert bus.rows("state", "sequence") == [("DELIVERED", 3), ("DELIVERED", 4)]


def test_what_the_partner_saw_and_let_go_is_said_uncertain(bus, queue, monkeypatch):
    """Delivered to one of its connections, which fell before it acknowledged."""
    personne, consent_id = bus.shared()
    bus.facts(personne, count=3)

    def fall() -> bool:
        with channel(login_of(URI)) as falling:
            assert falling.basic_get(queue.name) is not None
        until(lambda: queue.state().ready == 2)
        return False

    monkeypatch.setattr(queue, "wait_taken", fall)
    with Reader(login_of(URI), queue.name, prefetch=1, pause=5):
        until(lambda: queue.state().consumers == 1)
        feed.publish_batch(bus.runtime, "caf", queue)
        assert bus.withdraw(consent_id).status == 200
        feed.publish_batch(bus.runtime, "caf", queue)

    assert bus.rows("state") == [("DELIVERED",), ("UNCERTAIN",), ("SUPPRESSED",)]
