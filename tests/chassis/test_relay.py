"""The relay against a real broker: whatever breaks, every fact arrives, once, in order."""

import signal
import time
from threading import Event, Thread
from urllib.parse import urlsplit
from uuid import uuid4

import amqp
import psycopg2
import pytest
import sqlalchemy as sa

from chassis.broker import BrokerUnavailable, Link, Names, declare
from chassis.events import CONTENT_TYPE
from chassis.relay.consumer import Consumer
from chassis.relay.outbox import FactsRefused, Outbox, Pump, Row
from chassis.relay.process import Turns, _publish
from chassis.relay.publisher import Publisher
from tests.chassis.conftest import AMQP_URI
from tests.chassis.faultproxy import FaultProxy
from tests.chassis.processes import eventually
from tests.chassis.sample.compteur.events import Incremented
from tests.chassis.sample.miroir.subscriptions import subscriptions
from tests.chassis.test_inbox import an_event

# py-amqp leaves the socket of a handshake that was cut to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def compteur(service_runtime):
    return service_runtime("compteur")


@pytest.fixture
def miroir(service_runtime):
    return service_runtime("miroir")


@pytest.fixture
def names():
    """Names of one test, removed after it."""
    names = Names(f"r{uuid4().hex[:8]}")
    link = Link(AMQP_URI, "test")
    for service in ("compteur", "miroir"):
        declare(link.channel, names, service)
    yield names
    for service in ("compteur", "miroir"):
        link.channel.queue_delete(names.inbox(service))
        link.channel.exchange_delete(names.events(service))
    link.close()


@pytest.fixture
def broker():
    """A channel to look and tinker with."""
    link = Link(AMQP_URI, "test")
    yield link.channel
    link.close()


@pytest.fixture
def proxy():
    made = FaultProxy(urlsplit(AMQP_URI).port or 5672)
    yield made
    made.close()


def publish(runtime, count, key=None):
    key = key or uuid4()
    for value in range(1, count + 1):
        runtime.transaction(lambda uow: uow.publish(Incremented(compteur_id=key, value=value)))  # noqa: B023
    return key


def pending(runtime):
    outbox = runtime.tables.outbox
    with runtime.engine.connect() as connection:
        unpublished = sa.select(sa.func.count()).where(outbox.c.published_at.is_(None))
        return connection.scalar(unpublished)


def received(runtime):
    inbox = runtime.tables.inbox
    with runtime.engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(inbox))


class Background:
    """Run a relay task in a thread until the test ends."""

    def __init__(self):
        self.stop, self.threads = Event(), []

    def run(self, task):
        self.threads.append(Thread(target=task, daemon=True))
        self.threads[-1].start()

    def end(self):
        self.stop.set()
        for thread in self.threads:
            thread.join(20)
        assert not any(thread.is_alive() for thread in self.threads)


@pytest.fixture
def background():
    made = Background()
    yield made
    made.end()


@pytest.fixture
def outbox_of():
    """Make outboxes, closed after the test."""
    made = []

    def make(runtime):
        made.append(Outbox(runtime.service.name, runtime.settings.database.app_url))
        return made[-1]

    yield make
    for outbox in made:
        outbox.close()


@pytest.fixture
def publisher_at(names):
    """Make publishers, closed after the test."""
    made = []

    def make(uri=AMQP_URI):
        made.append(Publisher("compteur", uri, names))
        return made[-1]

    yield make
    for publisher in made:
        publisher.close()


@pytest.fixture
def relaying(compteur, names, background, outbox_of):
    """Start a publishing loop on a URI."""

    def start(uri=AMQP_URI):
        outbox, publisher = outbox_of(compteur), Publisher("compteur", uri, names)
        background.run(lambda: _publish(outbox, publisher, background.stop, Turns()))
        return outbox

    return start


@pytest.fixture
def consuming(miroir, names, background):
    """Start a consumer on a URI."""

    def start(uri=AMQP_URI, database_url=None, turned=lambda: None):
        consumer = Consumer(
            subscriptions=subscriptions,
            uri=uri,
            names=names,
            database_url=database_url or miroir.settings.database.app_url,
            keyring=miroir.keyring,
        )
        background.run(lambda: consumer.run(background.stop, turned))

    return start


def through(proxy):
    return f"amqp://guest:guest@127.0.0.1:{proxy.port}//"


class TestPublishing:
    def test_facts_are_confirmed_then_marked_and_arrive_in_order(
        self, compteur, miroir, relaying, consuming
    ):
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
        self, compteur, names, broker, outbox_of, publisher_at
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

    def test_a_full_queue_keeps_the_rows_until_there_is_room(
        self, compteur, names, broker, relaying
    ):
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

    def test_after_a_refusal_nothing_later_of_that_aggregate_is_marked(self):
        publisher = Publisher("compteur", AMQP_URI, Names("x"))
        same, other = uuid4(), uuid4()
        rows = {tag: row(tag, aggregate) for tag, aggregate in enumerate([same, other, same], 1)}
        publisher._refused = {1}

        assert publisher._delivered(rows) == {2}

    def test_the_age_of_the_oldest_fact_shows_while_the_broker_is_away(
        self, compteur, outbox_of, publisher_at
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

    def test_one_leads_and_the_other_takes_over(self, compteur, outbox_of):
        first, second = outbox_of(compteur), outbox_of(compteur)
        assert first.lead()
        assert not second.lead()

        first.close()

        assert eventually(second.lead)


def row(seq, aggregate):
    return Row(seq, uuid4(), "compteur", aggregate, "incremented.v1", b"{}")


class TestBrokerFaults:
    def test_a_broker_that_hangs_is_cut_off_and_everything_arrives_afterwards(
        self, compteur, miroir, proxy, relaying, consuming, monkeypatch
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
        self, compteur, miroir, proxy, relaying, consuming, fault
    ):
        relaying(through(proxy))
        consuming(through(proxy))
        for _ in range(4):
            publish(compteur, 10)
            getattr(proxy, fault)()

        eventually(lambda: received(miroir) == 40, seconds=40)
        eventually(lambda: pending(compteur) == 0)

    def test_a_publisher_stuck_in_the_handshake_is_freed(
        self, compteur, proxy, outbox_of, publisher_at
    ):
        proxy.freeze()
        publish(compteur, 1)
        outbox = outbox_of(compteur)
        assert outbox.lead()
        started = time.monotonic()

        with pytest.raises(BrokerUnavailable):
            Pump(outbox, publisher_at(through(proxy))).turn()

        assert time.monotonic() - started < 20

    def test_a_queue_that_exists_otherwise_stops_the_relay_with_one_line(self, bus):
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
        self, compteur, miroir, names, broker, relaying, consuming
    ):
        relaying()
        consuming()
        publish(compteur, 1)
        eventually(lambda: received(miroir) == 1)

        broker.queue_delete(names.inbox("miroir"))
        publish(compteur, 3)

        eventually(lambda: received(miroir) == 4, seconds=20)


class TestConsuming:
    def send(self, broker, names, body, content_type=CONTENT_TYPE, exchange="compteur"):
        message = amqp.Message(body, content_type=content_type, delivery_mode=2)
        broker.basic_publish(message, names.events(exchange), "incremented.v1")

    def parked(self, miroir):
        parked = miroir.tables.parked
        with miroir.engine.connect() as connection:
            return dict(
                connection.execute(
                    sa.select(parked.c.reason, sa.func.count()).group_by(parked.c.reason)
                ).all()
            )

    def test_what_cannot_be_read_is_parked_and_the_rest_goes_on(
        self, miroir, names, broker, consuming, capfd
    ):
        consuming()
        good = an_event(uuid4()).to_bytes()
        for body, kind in (
            (b"{ 1850575123456", CONTENT_TYPE),
            (b"\xff\xfe 1850575123456", CONTENT_TYPE),
            (good + b" ", "application/x-python-serialize"),
            (b"[" * 60_000, CONTENT_TYPE),
        ):
            self.send(broker, names, body, kind)
        self.send(broker, names, good)

        eventually(lambda: received(miroir) == 1)

        eventually(lambda: sum(self.parked(miroir).values()) == 4)
        assert self.parked(miroir)["content-type"] == 1
        assert "185057" not in "".join(capfd.readouterr())

    def test_it_tells_that_it_turns_with_nothing_to_read_and_with_no_database(
        self, names, consuming
    ):
        idle, cut_off = [], []

        consuming(turned=lambda: idle.append(1))
        consuming(database_url="postgresql://127.0.0.1:1/x", turned=lambda: cut_off.append(1))

        eventually(lambda: len(idle) > 2 and len(cut_off) > 1)

    def test_a_forged_source_is_parked(self, miroir, names, broker, consuming):
        broker.exchange_declare(names.events("pirate"), "topic", durable=True, auto_delete=False)
        broker.queue_bind(names.inbox("miroir"), names.events("pirate"), routing_key="#")
        consuming()
        self.send(broker, names, an_event(uuid4()).to_bytes(), exchange="pirate")

        eventually(lambda: self.parked(miroir) == {"forged-source": 1})
        broker.exchange_delete(names.events("pirate"))
        assert received(miroir) == 0

    def test_while_the_database_is_away_the_broker_keeps_the_messages(
        self, miroir, names, broker, consuming, monkeypatch
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
        self.send(broker, names, an_event(uuid4()).to_bytes())
        time.sleep(1)
        queue = names.inbox("miroir")
        assert broker.queue_declare(queue, passive=True).consumer_count == 0

        away.clear()

        eventually(lambda: received(miroir) == 1)


class TestProcesses:
    def test_killed_between_confirm_and_mark_the_fact_goes_twice_and_counts_once(self, bus):
        """The mark is held back by a lock, the relay killed, and started again."""
        api = bus.start("compteur", "api")
        mirror = bus.start("miroir", "api")
        bus.start("miroir", "relay")
        with bus.database("compteur") as cursor:
            cursor.execute("BEGIN")
            cursor.execute("LOCK TABLE traffic IN ACCESS EXCLUSIVE MODE")
            first = bus.spawn("compteur", "relay")
            headers = bus.bearer("agent") | {
                "Idempotency-Key": "cle-de-test",
                "Content-Type": "application/json",
            }
            api.request("POST", "/v1/compteurs", headers=headers, body=b'{"label": "un"}')
            eventually(lambda: bus.column("miroir", "SELECT 1 FROM inbox"))
            first.popen.send_signal(signal.SIGKILL)
            first.popen.wait(5)
            # The server has not noticed yet: end its side too, or it would finish the mark.
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'relay outbox' AND datname = current_database()"
            )
            cursor.execute("ROLLBACK")
        pending = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
        assert bus.scalar("compteur", pending) == 1

        second = bus.start("compteur", "relay")

        eventually(lambda: bus.scalar("compteur", pending) == 0)
        duplicates = "SELECT sum(total) FROM traffic WHERE kind = 'duplicate'"
        eventually(lambda: bus.scalar("miroir", duplicates) == 1)
        eventually(lambda: bus.column("miroir", "SELECT value FROM effect") == [0])
        assert second.terminate() == 0
        assert mirror.terminate() == 0
