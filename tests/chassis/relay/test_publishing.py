"""Facts leave the outbox once confirmed, and stay while they cannot be."""

import time
from uuid import uuid4

import pytest
import sqlalchemy as sa

from chassis.broker import BrokerUnavailable, Names
from chassis.relay.outbox import FactsRefused, Pump, Row
from chassis.relay.publisher import Publisher
from tests.chassis.conftest import AMQP_URI
from tests.chassis.processes import eventually
from tests.chassis.relay.conftest import pending, publish, received

# py-amqp leaves the socket of a handshake that was cut to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def row(seq, aggregate):
    return Row(seq, uuid4(), "compteur", aggregate, "incremented.v1", b"{}")


def test_facts_are_confirmed_then_marked_and_arrive_in_order(compteur, miroir, relaying, consuming):
    key = publish(compteur, 30)
    relaying()
    consuming()

    eventually(lambda: received(miroir) == 30)

    inbox = miroir.tables.inbox
    with miroir.engine.connect() as connection:
        found = connection.execute(sa.select(inbox).order_by(inbox.c.position)).all()
    assert [row.aggregate_version for row in found] == list(range(1, 31))
    assert {row.aggregate_id for row in found} == {key}
    eventually(lambda: pending(compteur) == 0)


def test_a_fact_that_can_be_routed_nowhere_stays_and_backs_off(
    compteur, names, broker, outbox_of, publisher_at
):
    broker.queue_unbind(names.inbox("miroir"), names.events("compteur"), routing_key="#")
    publish(compteur, 3)
    outbox = outbox_of(compteur)
    assert outbox.lead()
    pump = Pump(outbox, publisher_at())

    with pytest.raises(FactsRefused):
        pump.turn()
    assert pending(compteur) == 3
    waits = [pump.failed() for _ in range(10)]
    assert waits == sorted(waits)
    assert waits[-1] == 30

    broker.queue_bind(names.inbox("miroir"), names.events("compteur"), routing_key="#")
    assert pump.turn() == 3
    assert pending(compteur) == 0


def test_a_full_queue_keeps_the_rows_until_there_is_room(compteur, names, broker, relaying):
    full = f"{names.inbox('miroir')}.full"
    broker.queue_declare(
        full,
        durable=True,
        auto_delete=False,
        arguments={"x-max-length": 2, "x-overflow": "reject-publish"},
    )
    broker.queue_bind(full, names.events("compteur"), routing_key="#")
    try:
        publish(compteur, 10)
        relaying()
        time.sleep(1.5)
        assert pending(compteur) > 0

        broker.queue_unbind(full, names.events("compteur"), routing_key="#")
        eventually(lambda: pending(compteur) == 0)
    finally:
        broker.queue_delete(full)


def test_after_a_refusal_nothing_later_of_that_aggregate_is_marked():
    publisher = Publisher("compteur", AMQP_URI, Names("x"))
    same, other = uuid4(), uuid4()
    rows = {tag: row(tag, aggregate) for tag, aggregate in enumerate([same, other, same], 1)}
    publisher._refused = {1}

    assert publisher._delivered(rows) == {2}


def test_the_age_of_the_oldest_fact_shows_while_the_broker_is_away(
    compteur, outbox_of, publisher_at
):
    publish(compteur, 2)
    outbox = outbox_of(compteur)
    assert outbox.lead()
    measured = []
    outbox.measure = lambda: measured.append(1)
    pump = Pump(outbox, publisher_at("amqp://guest:guest@127.0.0.1:1//"))

    with pytest.raises(BrokerUnavailable):
        pump.turn()

    assert measured
