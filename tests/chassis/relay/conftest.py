"""One producer, one consumer, and the relay tasks between them, on a real broker."""

from threading import Event, Thread
from types import SimpleNamespace
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import sqlalchemy as sa

from chassis.broker import Link, Names, declare
from chassis.relay.consumer import Consumer
from chassis.relay.outbox import Outbox
from chassis.relay.process import _publish
from chassis.relay.publisher import Publisher
from chassis.relay.turns import Turn, Turns
from tests.chassis.conftest import AMQP_URI
from tests.chassis.faultproxy import FaultProxy
from tests.chassis.sample.compteur.events import Incremented
from tests.chassis.sample.miroir.subscriptions import subscriptions


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


def publish(runtime, count, key=None, after=0):
    key = key or uuid4()
    for value in range(after + 1, after + count + 1):
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
        background.run(
            lambda: _publish(outbox, publisher, background.stop, Turn(Turns(), "publisher"))
        )
        return outbox

    return start


@pytest.fixture
def consuming(miroir, names, background):
    """Start a consumer on a URI."""

    def start(uri=AMQP_URI, database_url=None, turned=lambda: None, stop=background.stop):
        consumer = Consumer(
            subscriptions=subscriptions,
            uri=uri,
            names=names,
            database_url=database_url or miroir.settings.database.app_url,
            keyring=miroir.keyring,
        )
        turn = SimpleNamespace(mark=turned, lack=lambda _: None)
        background.run(lambda: consumer.run(stop, turn))

    return start


def through(proxy):
    return f"amqp://guest:guest@127.0.0.1:{proxy.port}//"
