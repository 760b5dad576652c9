"""The six services in one process, each on its own database: facts are carried by hand, and a
neighbour is asked through its own routes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chassis.catalogue import service_names
from chassis.errors import NotFound, Unavailable
from chassis.inbox import apply_waiting
from chassis.inbox_store import store
from chassis.runtime import Runtime
from chassis.testing import Answer, Client, SettableClock, run_due
from services import roles


class Town:
    """Six services that know each other, and one clock."""

    def __init__(self, new_runtime: Callable[[str], Runtime], start: datetime) -> None:
        self.clock = SettableClock(start)
        self.runtimes = {name: new_runtime(name) for name in service_names()}
        self.clients = {name: Client(runtime) for name, runtime in self.runtimes.items()}
        self._carried = dict.fromkeys(self.runtimes, 0)
        for runtime in self.runtimes.values():
            runtime.clock = self.clock
            runtime.neighbours = Neighbours(self.clients)

    def settle(self) -> None:
        """Carry and apply facts until nobody has anything left to tell."""
        while sum(self._carry(source) for source in self.runtimes):
            for runtime in self.runtimes.values():
                while apply_waiting(runtime):
                    pass

    def go_to(self, moment: datetime) -> None:
        """Let trade time come to an instant, do what fell due, tell what it told."""
        self.clock.set(moment)
        for runtime in self.runtimes.values():
            run_due(runtime)
        self.settle()

    def _carry(self, source: str) -> int:
        outbox = self.runtimes[source].tables.outbox
        query = sa.select(outbox.c.seq, outbox.c.envelope).order_by(outbox.c.seq)
        with self.runtimes[source].engine.connect() as connection:
            rows = connection.execute(query.where(outbox.c.seq > self._carried[source])).all()
        if rows:
            self._carried[source] = rows[-1].seq
            self._deliver(source, [bytes(row.envelope) for row in rows])
        return len(rows)

    def _deliver(self, source: str, bodies: list[bytes]) -> None:
        for runtime in self.runtimes.values():
            subscriptions = runtime.service.subscriptions
            if source in subscriptions.sources:
                with runtime.engine.begin() as connection:
                    store(connection.connection, bodies, subscriptions)


class Neighbours:
    """Asks the other services as over HTTP, with the token of a service."""

    def __init__(self, clients: Mapping[str, Client]) -> None:
        self._clients = clients

    def get(self, service: str, path: str) -> Any:
        return _read(self._clients[service].get(path, role=roles.SERVICE))

    def post(self, service: str, path: str, body: Mapping[str, Any]) -> Any:
        return _read(self._clients[service].post(path, dict(body), role=roles.SERVICE))


def _read(answer: Answer) -> Any:
    if answer.status == 404:
        raise NotFound()
    if answer.status != 200:
        raise Unavailable()
    return answer.json
