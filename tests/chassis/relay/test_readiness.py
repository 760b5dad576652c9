"""A relay that carries nothing says so in /readyz, and is not restarted for it."""

from contextlib import contextmanager

import pytest

from tests.chassis.processes import eventually
from tests.chassis.relay.conftest import through


@contextmanager
def database_closed(platform, service):
    """The application's role may no longer log in, and its sessions are ended."""
    role = f"{platform.env['DATABASE_PREFIX']}_{service}_app"
    with platform.database(service) as cursor:
        cursor.execute(f'ALTER ROLE "{role}" NOLOGIN')
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (role,)
        )
        try:
            yield
        finally:
            cursor.execute(f'ALTER ROLE "{role}" LOGIN')


def says(relay, what):
    """Ready and says nothing, or not ready and names what is missing; alive all the same."""
    assert relay.get("/livez").status == 200
    answer = relay.get("/readyz")
    return (answer.status, answer.body.decode()) == ((503, what) if what else (200, "ok"))


def test_without_its_broker_a_relay_is_alive_and_not_ready(bus, proxy):
    proxy.freeze()
    relay = bus.start("miroir", "relay", AMQP_URI=through(proxy))
    assert says(relay, "courtier")

    proxy.thaw()
    eventually(lambda: says(relay, None), seconds=30)

    proxy.freeze()
    proxy.cut()
    eventually(lambda: says(relay, "courtier"), seconds=30)


def test_without_its_database_a_relay_is_alive_and_not_ready(bus):
    relay = bus.start("miroir", "relay")
    eventually(lambda: says(relay, None))

    with database_closed(bus, "miroir"):
        eventually(lambda: says(relay, "base de données"))

    eventually(lambda: says(relay, None), seconds=40)


@pytest.mark.parametrize("service", ["compteur", "miroir"])
def test_without_one_database_the_local_relay_is_alive_and_not_ready(platform, service):
    relay = platform.start("local-relay")
    eventually(lambda: says(relay, None))

    with database_closed(platform, service):
        eventually(lambda: says(relay, "base de données"))

    eventually(lambda: says(relay, None), seconds=40)
