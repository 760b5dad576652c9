"""The reference of a booking: a stock nameko handler that runs the same statements, nothing else.

    python -m benchmarks.rendezvous.bare PORT RECORDED

No token, no schema, no rule, no log line, no SQLAlchemy: `POST /bookings/<n>` sends the n-th
recorded list of statements on a psycopg2 connection, green as ours is, commits, and answers.
"""

import eventlet

eventlet.monkey_patch()

import os
import pickle
import sys
from pathlib import Path
from typing import Any

import psycopg2
from eventlet.queue import LifoQueue
from nameko.containers import ServiceContainer
from nameko.web.handlers import http
from psycopg2.extras import register_uuid

from chassis.database import CONNECT_ARGS

WORKERS = 8


class Bare:
    """Nothing but the statements."""

    name = "bare"
    recorded: list[list[tuple[str, Any]]]
    connections: LifoQueue

    @http("GET", "/livez")
    def livez(self, request: Any) -> str:
        """The process is up."""
        return "ok"

    @http("POST", "/bookings/<int:number>")
    def book(self, request: Any, number: int) -> tuple[int, str]:
        """Run the n-th booking."""
        connection = self.connections.get()
        with connection.cursor() as cursor:
            for statement, parameters in self.recorded[number]:
                cursor.execute(statement, parameters)
        connection.commit()
        self.connections.put(connection)
        return 201, "{}"


def main(port: str, recorded: str) -> None:
    """Serve until killed."""
    register_uuid()
    Bare.recorded = pickle.loads(Path(recorded).read_bytes())  # noqa: S301 - our own file
    Bare.connections = LifoQueue()
    for _ in range(WORKERS):
        connection = psycopg2.connect(os.environ["BARE_DATABASE_URL"], **CONNECT_ARGS)
        Bare.connections.put(connection)
    container = ServiceContainer(
        Bare, {"WEB_SERVER_ADDRESS": f"127.0.0.1:{port}", "max_workers": WORKERS}
    )
    container.start()
    container.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
