"""A partner of its own on the real broker: its user, its queue, a reader that is not ours."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from urllib.parse import urlsplit

import amqp

from tests.support.broker import amqp_uri

URI = amqp_uri()


def until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for it, and no longer."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@dataclass(frozen=True)
class Login:
    """How to join a vhost."""

    host: str
    user: str
    password: str
    vhost: str = "/"


def login_of(uri: str) -> Login:
    """The credentials of an AMQP URI."""
    parts = urlsplit(uri)
    host = f"{parts.hostname}:{parts.port or 5672}"
    return Login(host, parts.username or "guest", parts.password or "guest")


@contextmanager
def channel(login: Login) -> Iterator[amqp.Channel]:
    """A channel of one's own."""
    connection = amqp.Connection(
        host=login.host,
        userid=login.user,
        password=login.password,
        virtual_host=login.vhost,
        connect_timeout=5,
        read_timeout=10,
    )
    connection.connect()
    try:
        yield connection.channel()
    finally:
        try:
            connection.close()
        except (amqp.AMQPError, OSError):
            connection.collect()


def can_administer() -> bool:
    """Whether this machine's `rabbitmqctl` reaches the broker."""
    if shutil.which("rabbitmqctl") is None:
        return False
    done = subprocess.run(["rabbitmqctl", "list_vhosts"], capture_output=True, check=False)
    return done.returncode == 0


def ctl(*command: str) -> None:
    """Run an operator's command."""
    subprocess.run(command, check=True, capture_output=True)


@dataclass
class Reader:
    """Reads a queue in a thread, `prefetch` at a time, until told to stop."""

    login: Login
    queue: str
    prefetch: int = 5
    pause: float = 0.0

    def __post_init__(self) -> None:
        self.bodies: list[bytes] = []
        self._stop = Event()
        self._thread = Thread(target=self._read, daemon=True)

    def __enter__(self) -> Reader:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(timeout=10)

    def _read(self) -> None:
        with channel(self.login) as reading:
            reading.basic_qos(0, self.prefetch, False)
            reading.basic_consume(self.queue, callback=lambda m: self._take(reading, m))
            while not self._stop.is_set():
                try:
                    reading.connection.drain_events(timeout=0.1)
                except TimeoutError:
                    continue

    def _take(self, reading: amqp.Channel, message: amqp.Message) -> None:
        self.bodies.append(message.body.encode() if isinstance(message.body, str) else message.body)
        self._stop.wait(self.pause)
        reading.basic_ack(message.delivery_tag)
