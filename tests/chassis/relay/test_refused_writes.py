"""A database that refuses costs no delivery: a broker drops what it had to deliver too often."""

from contextlib import contextmanager
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import sqlalchemy as sa

from chassis import metrics
from chassis.database import one_shot_engine
from chassis.relay.consumer import Consumer
from tests.chassis.processes import eventually
from tests.chassis.relay.conftest import received, through
from tests.chassis.relay.test_consuming import send
from tests.chassis.test_inbox import an_event

# py-amqp leaves the socket of a handshake that was cut to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

#: More refusals than the deliveries RabbitMQ 4 allows a message.
MANY = 25


@pytest.fixture
def deliveries(monkeypatch):
    """How often the broker delivered each message."""
    monkeypatch.setattr("chassis.relay.consumer._PAUSE_SECONDS", 0.1)
    seen: list[bytes] = []
    receive = Consumer._on_message

    def noting(consumer, message):
        seen.append(bytes(message.body))
        receive(consumer, message)

    monkeypatch.setattr(Consumer, "_on_message", noting)
    return seen


@contextmanager
def changed(url, refuse, accept):
    """While the block runs, and no longer."""
    engine = one_shot_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text(refuse))
    try:
        yield
    finally:
        with engine.begin() as connection:
            connection.execute(sa.text(accept))


def unwritable(runtime):
    role, owner = role_of(runtime), runtime.settings.database.owner_url
    return changed(owner, f"REVOKE INSERT ON inbox FROM {role}", f"GRANT INSERT ON inbox TO {role}")


def read_only(runtime, administrator_url):
    change = f"ALTER ROLE {role_of(runtime)}"
    setting = "default_transaction_read_only"
    return changed(administrator_url, f"{change} SET {setting} = on", f"{change} RESET {setting}")


def role_of(runtime):
    return urlsplit(runtime.settings.database.app_url).username


def refusals():
    return metrics.INBOX_REFUSED._value.get()


def events(count):
    return [an_event(uuid4()).to_bytes() for _ in range(count)]


def test_a_database_that_refuses_writes_costs_each_message_one_delivery(
    miroir, names, broker, consuming, deliveries
):
    bodies, before = events(5), refusals()
    consuming()
    with unwritable(miroir):
        for body in bodies:
            send(broker, names, body)
        eventually(lambda: refusals() - before > MANY)
        assert received(miroir) == 0

    eventually(lambda: received(miroir) == 5)

    assert sorted(deliveries) == sorted(bodies)
    queue = names.inbox("miroir")
    eventually(lambda: broker.queue_declare(queue, passive=True).message_count == 0)


def test_while_sessions_are_read_only_the_broker_keeps_the_messages(
    miroir, names, broker, consuming, deliveries, environment
):
    """A standby, an administrator's switch: it lets in and takes nothing."""
    turns = []
    with read_only(miroir, environment["DATABASE_URL"]):
        send(broker, names, *events(1))
        consuming(turned=lambda: turns.append(1))
        eventually(lambda: len(turns) > MANY)
        assert deliveries == []

    eventually(lambda: received(miroir) == 1)


def test_a_link_that_breaks_meanwhile_costs_one_delivery_more_not_one_per_attempt(
    miroir, names, broker, consuming, deliveries, proxy
):
    bodies, before = events(3), refusals()
    consuming(through(proxy))
    with unwritable(miroir):
        for body in bodies:
            send(broker, names, body)
        eventually(lambda: refusals() > before)
        proxy.cut()
        turns = refusals()
        eventually(lambda: refusals() - turns > MANY)

    eventually(lambda: received(miroir) == 3)

    queue = names.inbox("miroir")
    eventually(lambda: broker.queue_declare(queue, passive=True).message_count == 0)
    assert max(map(deliveries.count, bodies)) <= 2


def test_while_the_database_refuses_the_broker_hears_our_heart(
    miroir, names, broker, consuming, deliveries, monkeypatch
):
    monkeypatch.setattr("chassis.broker.HEARTBEAT_SECONDS", 1)
    before = refusals()
    consuming()
    with unwritable(miroir):
        send(broker, names, *events(1))
        eventually(lambda: refusals() - before > 2 * MANY, seconds=20)
    eventually(lambda: received(miroir) == 1)
    send(broker, names, *events(1))

    eventually(lambda: received(miroir) == 2)

    assert len(deliveries) == 2
