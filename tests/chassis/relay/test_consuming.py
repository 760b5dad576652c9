"""What the broker brings is stored, or parked, before it is acknowledged."""

import time
from threading import Event
from uuid import uuid4

import amqp
import psycopg2
import pytest
import sqlalchemy as sa

from chassis.events import CONTENT_TYPE
from tests.chassis.processes import eventually
from tests.chassis.relay.conftest import received
from tests.chassis.test_inbox import an_event

# py-amqp leaves the socket of a handshake that was cut to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def send(broker, names, body, content_type=CONTENT_TYPE, exchange="compteur"):
    message = amqp.Message(body, content_type=content_type, delivery_mode=2)
    broker.basic_publish(message, names.events(exchange), "incremented.v1")


def parked(miroir):
    parked = miroir.tables.parked
    with miroir.engine.connect() as connection:
        return dict(
            connection.execute(
                sa.select(parked.c.reason, sa.func.count()).group_by(parked.c.reason)
            ).all()
        )


def test_what_cannot_be_read_is_parked_and_the_rest_goes_on(
    miroir, names, broker, consuming, capfd
):
    consuming()
    good = an_event(uuid4()).to_bytes()
    for body, kind in (
        (b"{ 1850575123456", CONTENT_TYPE),
        (b"\xff\xfe 1850575123456", CONTENT_TYPE),
        (good + b" ", "application/x-python-serialize"),
        (b"[" * 60_000, CONTENT_TYPE),
    ):
        send(broker, names, body, kind)
    send(broker, names, good)

    eventually(lambda: received(miroir) == 1)

    eventually(lambda: sum(parked(miroir).values()) == 4)
    assert parked(miroir)["content-type"] == 1
    assert "185057" not in "".join(capfd.readouterr())


def test_it_tells_that_it_turns_with_nothing_to_read_and_with_no_database(names, consuming):
    idle, cut_off = [], []

    consuming(turned=lambda: idle.append(1))
    consuming(database_url="postgresql://127.0.0.1:1/x", turned=lambda: cut_off.append(1))

    eventually(lambda: len(idle) > 2 and len(cut_off) > 1)


def test_a_forged_source_is_parked(miroir, names, broker, consuming):
    broker.exchange_declare(names.events("pirate"), "topic", durable=True, auto_delete=False)
    broker.queue_bind(names.inbox("miroir"), names.events("pirate"), routing_key="#")
    consuming()
    send(broker, names, an_event(uuid4()).to_bytes(), exchange="pirate")

    eventually(lambda: parked(miroir) == {"forged-source": 1})
    broker.exchange_delete(names.events("pirate"))
    assert received(miroir) == 0


def test_while_the_database_is_away_the_broker_keeps_the_messages(
    miroir, names, broker, consuming, monkeypatch
):
    away = Event()
    away.set()
    connect = psycopg2.connect

    def connect_or_not(*arguments, **options):
        if away.is_set() and "relay inbox" in options.values():
            raise psycopg2.OperationalError
        return connect(*arguments, **options)

    monkeypatch.setattr(psycopg2, "connect", connect_or_not)
    consuming()
    send(broker, names, an_event(uuid4()).to_bytes())
    time.sleep(1)
    queue = names.inbox("miroir")
    assert broker.queue_declare(queue, passive=True).consumer_count == 0

    away.clear()

    eventually(lambda: received(miroir) == 1)
