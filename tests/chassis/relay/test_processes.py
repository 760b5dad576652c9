"""Real relay processes, killed where it hurts."""

import signal

import pytest

from tests.chassis.processes import eventually

# py-amqp leaves the socket of a handshake that was cut to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def test_killed_between_confirm_and_mark_the_fact_goes_twice_and_counts_once(bus):
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
