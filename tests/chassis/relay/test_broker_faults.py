"""Whatever the broker does, every fact arrives."""

import time

import pytest

from chassis.broker import BrokerUnavailable, Link, Names
from chassis.relay.outbox import Pump
from tests.chassis.conftest import AMQP_URI
from tests.chassis.processes import eventually
from tests.chassis.relay.conftest import pending, publish, received, through

# py-amqp leaves the socket of a handshake that was cut to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def test_a_broker_that_hangs_is_cut_off_and_everything_arrives_afterwards(
    compteur, miroir, proxy, relaying, consuming, monkeypatch
):
    monkeypatch.setattr("chassis.relay.publisher.CONFIRM_SECONDS", 1.0)
    relaying(through(proxy))
    consuming(through(proxy))
    publish(compteur, 5)
    eventually(lambda: received(miroir) == 5)

    proxy.freeze()
    publish(compteur, 20)
    time.sleep(2)
    proxy.reset()
    proxy.thaw()

    eventually(lambda: received(miroir) == 25, seconds=40)
    eventually(lambda: pending(compteur) == 0, seconds=20)


@pytest.mark.parametrize("fault", ["cut", "reset"])
def test_connections_that_break_mid_way_lose_nothing(
    compteur, miroir, proxy, relaying, consuming, fault
):
    relaying(through(proxy))
    consuming(through(proxy))
    for _ in range(4):
        publish(compteur, 10)
        getattr(proxy, fault)()

    eventually(lambda: received(miroir) == 40, seconds=40)
    eventually(lambda: pending(compteur) == 0)


def test_a_publisher_stuck_in_the_handshake_is_freed(compteur, proxy, outbox_of, publisher_at):
    proxy.freeze()
    publish(compteur, 1)
    outbox = outbox_of(compteur)
    assert outbox.lead()
    started = time.monotonic()

    with pytest.raises(BrokerUnavailable):
        Pump(outbox, publisher_at(through(proxy))).turn()

    assert time.monotonic() - started < 20


def test_a_queue_that_exists_otherwise_stops_the_relay_with_one_line(bus):
    names = Names(bus.env["BUS_PREFIX"])
    link = Link(AMQP_URI, "test")
    link.channel.queue_delete(names.inbox("miroir"))
    link.channel.queue_declare(names.inbox("miroir"), durable=True, auto_delete=False)
    link.close()

    relay = bus.spawn("miroir", "relay")
    code = relay.popen.wait(20)

    assert code not in (0, None)
    assert "406" in relay.output
    assert "Traceback" not in relay.output


def test_a_queue_deleted_under_the_consumer_is_declared_again(
    compteur, miroir, names, broker, relaying, consuming
):
    relaying()
    consuming()
    publish(compteur, 1)
    eventually(lambda: received(miroir) == 1)

    broker.queue_delete(names.inbox("miroir"))
    publish(compteur, 3)

    eventually(lambda: received(miroir) == 4, seconds=20)
