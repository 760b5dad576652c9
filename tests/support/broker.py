"""A RabbitMQ for the suite: `python -m tests.support.broker -- COMMAND`.

The one at AMQP_URI if it answers; else a private node from an installed `rabbitmq-server`; else
installed with the system's packages when root; else one line that says what to do.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

from tests.support.private_node import NoBroker, answers, find_server, private_node

DEFAULT_URI = "amqp://guest:guest@127.0.0.1:5672//"


def amqp_uri() -> str:
    """The broker the suite was given: `make test` sets it."""
    return os.environ.get("AMQP_URI", DEFAULT_URI)


@contextmanager
def broker() -> Iterator[dict[str, str]]:
    """What to add to the environment for a RabbitMQ that answers."""
    given = amqp_uri()
    if answers(given):
        yield {"AMQP_URI": given}
        return
    host = given.rpartition("@")[2].rstrip("/")
    print(f"RabbitMQ : rien ne répond à {host}, nœud privé pour cette suite", file=sys.stderr)
    with private_node(find_server()) as environment:
        yield environment


def run(command: Sequence[str], environment: dict[str, str]) -> int:
    """Run to its end: Ctrl-C reaches it from the terminal, and it may have things to tidy up."""
    process = subprocess.Popen(command, env=os.environ | environment)
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    return process.wait()


def main(arguments: Sequence[str]) -> int:
    """Run a command with AMQP_URI set to a broker that answers."""
    if not arguments or arguments[0] != "--":
        print(__doc__, file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with broker() as environment:
            return run(arguments[1:], environment)
    except NoBroker as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
