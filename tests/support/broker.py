"""A RabbitMQ for the suite: `python -m tests.support.broker -- COMMAND`.

The one at AMQP_URI if it answers; else a private node from an installed `rabbitmq-server`; else
installed with the system's packages when root; else one line that says what to do.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import amqp
from kombu import Connection

DEFAULT_URI = "amqp://guest:guest@127.0.0.1:5672//"
_START_SECONDS = 60


class NoBroker(Exception):
    """No RabbitMQ, and none can be started. The text says what to do."""


def amqp_uri() -> str:
    """The broker the suite was given: `make test` sets it."""
    return os.environ.get("AMQP_URI", DEFAULT_URI)


@contextmanager
def broker() -> Iterator[str]:
    """The URI of a RabbitMQ that answers."""
    given = amqp_uri()
    if answers(given):
        yield given
        return
    if "AMQP_URI" in os.environ:
        raise NoBroker(f"AMQP_URI est donné mais rien n’y répond ({_host(given)})")
    server = _find_server()
    with tempfile.TemporaryDirectory(prefix="rabbitmq-") as folder:
        port = _free_port()
        node = _start(server, Path(folder), port)
        try:
            yield f"amqp://guest:guest@127.0.0.1:{port}//"
        finally:
            node.terminate()
            node.wait(timeout=30)


def answers(uri: str) -> bool:
    """Whether a broker accepts us there."""
    try:
        with Connection(uri, connect_timeout=3) as connection:
            connection.connect()
    except (OSError, amqp.AMQPError):
        return False
    return True


def _find_server() -> str:
    found = _installed()
    if found:
        return found
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise NoBroker(
            "RabbitMQ introuvable : installez rabbitmq-server, ou donnez AMQP_URI=amqp://…"
        )
    for command in (["update"], ["install", "-y", "--no-install-recommends", "rabbitmq-server"]):
        subprocess.run(
            ["apt-get", "-q", *command],
            check=True,
            stdout=subprocess.DEVNULL,
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        )
    found = _installed()
    if not found:
        raise NoBroker("rabbitmq-server a été installé mais reste introuvable")
    return found


def _installed() -> str | None:
    return shutil.which("rabbitmq-server", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def _start(server: str, folder: Path, port: int) -> subprocess.Popen[bytes]:
    name = f"tests{os.getpid()}@localhost"
    environment = os.environ | {
        "RABBITMQ_NODENAME": name,
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(_free_port()),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "HOME": str(folder),
    }
    node = subprocess.Popen(
        [server], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and node.poll() is None:
        if answers(f"amqp://guest:guest@127.0.0.1:{port}//"):
            return node
        time.sleep(0.5)
    node.kill()
    raise NoBroker("rabbitmq-server ne démarre pas (voir ses journaux)")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _host(uri: str) -> str:
    return uri.rpartition("@")[2]


def main(arguments: Sequence[str]) -> int:
    """Run a command with AMQP_URI set to a broker that answers."""
    if not arguments or arguments[0] != "--":
        print(__doc__, file=sys.stderr)
        return 2
    try:
        with broker() as uri:
            command = subprocess.run(arguments[1:], env=os.environ | {"AMQP_URI": uri}, check=False)
            return command.returncode
    except NoBroker as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
