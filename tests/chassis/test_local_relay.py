"""Embedded mode: the one local relay dies wherever it may, every fact is applied exactly once."""

import signal
from collections import defaultdict
from uuid import uuid4

import pytest

from chassis.catalogue import load
from chassis.relay.outbox import BATCH
from chassis.runtime import assemble
from chassis.settings import Settings
from tests.chassis.processes import eventually
from tests.chassis.sample.compteur.events import Incremented

PENDING = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
RECEIVED = "SELECT count(*) FROM inbox"
APPLIED = "SELECT count(*) FROM inbox WHERE state = 'applied'"
DUPLICATES = "SELECT COALESCE(sum(total), 0) FROM traffic WHERE kind = 'duplicate'"


@pytest.fixture
def compteur(platform):
    """The producer's runtime, in this process, on the platform's database."""
    runtime = assemble(load("compteur"), Settings.from_env("compteur", platform.env))
    yield runtime
    runtime.engine.dispose()


@pytest.fixture
def mirror(platform):
    """The consumer's api, which applies what arrives."""
    return platform.start("miroir", "api")


def publish(runtime, keys, each, after=0):
    """`each` facts of every counter, one transaction for one value of all."""
    for value in range(after + 1, after + each + 1):
        facts = [Incremented(compteur_id=key, value=value) for key in keys]
        runtime.transaction(lambda uow: uow.publish(*facts))  # noqa: B023


def kill(relay):
    relay.popen.send_signal(signal.SIGKILL)
    relay.popen.wait(5)


def effects(platform):
    """What the mirror did, per counter, in order."""
    found = defaultdict(list)
    with platform.database("miroir") as cursor:
        cursor.execute("SELECT compteur_id::text, value FROM effect ORDER BY seq")
        for key, value in cursor:
            found[key].append(value)
    return found


def assert_each_once_and_in_order(platform, keys, each):
    total = len(keys) * each
    eventually(lambda: platform.scalar("compteur", PENDING) == 0, seconds=30)
    eventually(lambda: platform.scalar("miroir", APPLIED) == total, seconds=30)
    assert platform.scalar("miroir", RECEIVED) == total
    assert effects(platform) == {str(key): list(range(1, each + 1)) for key in keys}


def test_killed_between_copy_and_mark_a_whole_batch_goes_twice(platform, compteur, mirror):
    keys, each = [uuid4() for _ in range(20)], 15
    publish(compteur, keys, each)
    with platform.database("compteur") as cursor:
        cursor.execute("BEGIN")
        cursor.execute("LOCK TABLE traffic IN ACCESS EXCLUSIVE MODE")
        first = platform.spawn("local-relay")
        eventually(lambda: platform.scalar("miroir", RECEIVED) == BATCH)
        kill(first)
        # The server has not noticed yet: end its side too, or it would finish the mark.
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'relay outbox' AND datname = current_database()"
        )
        cursor.execute("ROLLBACK")
    assert platform.scalar("compteur", PENDING) == len(keys) * each

    second = platform.start("local-relay")

    assert_each_once_and_in_order(platform, keys, each)
    assert platform.scalar("miroir", DUPLICATES) == BATCH
    assert second.terminate() == 0
    assert mirror.terminate() == 0


def test_killed_before_the_copy_commits_nothing_had_arrived(platform, compteur, mirror):
    keys, each = [uuid4() for _ in range(20)], 15
    publish(compteur, keys, each)
    with platform.database("miroir") as cursor:
        cursor.execute("BEGIN")
        cursor.execute("LOCK TABLE inbox IN EXCLUSIVE MODE")
        first = platform.spawn("local-relay")
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'relay inbox'"
            " AND datname = current_database() AND wait_event_type = 'Lock'"
        )
        eventually(lambda: platform.scalar("miroir", waiting) == 1)
        kill(first)
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'relay inbox' AND datname = current_database()"
        )
        cursor.execute("ROLLBACK")
    assert platform.scalar("miroir", RECEIVED) == 0

    platform.start("local-relay")

    assert_each_once_and_in_order(platform, keys, each)
    assert platform.scalar("miroir", DUPLICATES) == 0


def test_killed_again_and_again_with_batches_still_to_carry(platform, compteur, mirror):
    keys, each, rounds = [uuid4() for _ in range(5)], 60, 4
    for turn in range(rounds):
        publish(compteur, keys, each, after=turn * each)
        before = platform.scalar("miroir", RECEIVED)
        relay = platform.spawn("local-relay")
        eventually(lambda: platform.scalar("miroir", RECEIVED) > before, every=0.001)  # noqa: B023
        kill(relay)

    platform.start("local-relay")

    assert_each_once_and_in_order(platform, keys, rounds * each)
