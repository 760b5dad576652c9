"""A queue is lost with what it held: the outbox gives it back."""

from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from chassis.broker import declare
from chassis.inbox import apply_waiting
from tests.chassis.conftest import AMQP_URI
from tests.chassis.processes import eventually
from tests.chassis.relay.conftest import pending, publish, received
from tests.chassis.test_appliers import effects
from tests.chassis.test_inbox import books


class Queue:
    """The consumer's queue. Another one hears the same facts: the broker always confirms them."""

    def __init__(self, channel, names):
        self._channel, self._names = channel, names
        other = channel.queue_declare("", exclusive=True).queue
        channel.queue_bind(other, names.events("compteur"), routing_key="#")

    def lose(self):
        self._channel.queue_delete(self._names.inbox("miroir"))

    def declare_again(self):
        declare(self._channel, self._names, "miroir")

    def has_no_reader(self):
        name = self._names.inbox("miroir")
        return self._channel.queue_declare(name, passive=True).consumer_count == 0


@pytest.fixture
def queue(broker, names):
    return Queue(broker, names)


@pytest.fixture
def republish(run, names):
    """The operator's command, on this test's broker names."""

    def republish(*arguments):
        since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
        result = run(
            *("republish", "compteur", "--since", since, "--yes", *arguments),
            AMQP_URI=AMQP_URI,
            BUS_PREFIX=names.prefix,
        )
        assert result.exit_code == 0, result.output
        return result.stdout

    return republish


def apply_all(miroir):
    while apply_waiting(miroir):
        pass


def assert_balanced(compteur, miroir, total):
    assert pending(compteur) == 0
    assert books(compteur)["published"] == {"compteur": total}
    assert books(miroir)["applied"] == {"compteur/compteur": total}
    assert books(miroir)["inbox_waiting"] == 0


def test_everything_a_lost_queue_held_is_applied_once_and_in_order(
    compteur, miroir, queue, relaying, consuming, republish
):
    keys = [publish(compteur, 20) for _ in range(3)]
    relaying()
    eventually(lambda: pending(compteur) == 0)
    queue.lose()

    republish()
    eventually(lambda: pending(compteur) == 0)
    consuming()
    for key in keys:
        publish(compteur, 5, key, after=20)

    eventually(lambda: received(miroir) == 75)
    eventually(lambda: pending(compteur) == 0)
    apply_all(miroir)
    assert effects(miroir) == {key: list(range(1, 26)) for key in keys}
    assert_balanced(compteur, miroir, 75)


def test_what_came_before_and_after_the_loss_is_not_disturbed(
    compteur, miroir, queue, relaying, consuming, republish
):
    pause = Event()
    relaying()
    consuming(stop=pause)
    key = publish(compteur, 10)
    eventually(lambda: received(miroir) == 10)
    apply_all(miroir)
    pause.set()
    eventually(queue.has_no_reader)
    publish(compteur, 10, key, after=10)
    eventually(lambda: pending(compteur) == 0)
    queue.lose()
    queue.declare_again()
    consuming()
    publish(compteur, 10, key, after=20)
    eventually(lambda: received(miroir) == 20)
    apply_all(miroir)
    assert effects(miroir) == {key: list(range(1, 11))}

    assert "10 fait" in republish("--consumer", "miroir")

    eventually(lambda: received(miroir) == 30)
    eventually(lambda: pending(compteur) == 0)
    apply_all(miroir)
    assert effects(miroir) == {key: list(range(1, 31))}
    assert books(miroir)["duplicates"] == 0
    assert_balanced(compteur, miroir, 30)


def test_the_whole_period_again_only_makes_duplicates(
    compteur, miroir, relaying, consuming, republish
):
    key = publish(compteur, 10)
    relaying()
    consuming()
    eventually(lambda: received(miroir) == 10)
    eventually(lambda: pending(compteur) == 0)

    republish()

    eventually(lambda: books(miroir)["duplicates"] == 10)
    eventually(lambda: pending(compteur) == 0)
    apply_all(miroir)
    assert effects(miroir) == {key: list(range(1, 11))}
    assert_balanced(compteur, miroir, 10)
