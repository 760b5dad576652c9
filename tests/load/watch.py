"""What the machine does meanwhile: processor by process, facts that wait, connections in use."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import psutil
import psycopg2

from chassis.settings import database_settings
from demo.platform import Platform
from services import SERVICES

_EVERY_SECONDS = 0.5
_OUTBOX = """
    SELECT coalesce(extract(epoch FROM clock_timestamp() - min(written_at)), 0)::float8
    FROM outbox WHERE published_at IS NULL
"""
_INBOX = """
    SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(received_at)), 0)::float8
    FROM inbox WHERE state = 'waiting'
"""
_IN_USE = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'rendezvous demo'
      AND state <> 'idle'
"""
#: Of one core: a process of one thread has nothing left above it.
_BUSY = 85.0


@dataclass
class Seen:
    """The worst of a stage; processor in hundredths of a core, mean over the stage."""

    outbox_seconds: float = 0.0
    inbox_waiting: int = 0
    inbox_seconds: float = 0.0
    connections: int = 0
    cpu: dict[str, float] = field(default_factory=dict)
    machine: float = 0.0

    def first_to_give(self, pool: int) -> str:
        """What has nothing left."""
        name, most = max(self.cpu.items(), key=lambda one: one[1], default=("", 0.0))
        if most >= _BUSY:
            return f"processeur de {name} ({most:.0f} % d’un cœur)"
        if self.machine >= _BUSY:
            return f"processeur de la machine ({self.machine:.0f} %), {name} en tête"
        if self.connections >= pool:
            return f"connexions de rendezvous ({self.connections} sur {pool})"
        return f"rien n’est plein ; {name} en tête ({most:.0f} % d’un cœur)"


class Watch:
    """Samples in a thread while a stage runs: `with Watch(platform) as watch`."""

    def __init__(self, platform: Platform, generator: Mapping[str, list[int]]) -> None:
        told = platform.environment
        settings = {name: database_settings(name, told) for name in SERVICES}
        self.seen = Seen()
        self._roles = platform.processes | dict(generator)
        self._links = {name: _link(one.app_url) for name, one in settings.items()}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Watch:
        self._started = {role: _seconds(pids) for role, pids in self._all().items()}
        psutil.cpu_percent()
        self._time = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self.seen.machine = psutil.cpu_percent()
        for link in self._links.values():
            link.close()

    def _all(self) -> dict[str, list[int]]:
        """PostgreSQL's processes come and go with its connections."""
        if "postgresql" in self._roles:
            return self._roles
        names = ((each.pid, each.info["name"]) for each in psutil.process_iter(["name"]))
        return self._roles | {"postgresql": [pid for pid, name in names if name == "postgres"]}

    def _run(self) -> None:
        while not self._over.wait(_EVERY_SECONDS):
            self._count()
            for name, link in self._links.items():
                with link.cursor() as cursor:
                    self._look(cursor, name)

    def _count(self) -> None:
        """Processor since the beginning; of a process that has ended, what was last seen."""
        elapsed = time.monotonic() - self._time
        for role, pids in self._all().items():
            spent = _seconds(pids) - self._started.get(role, 0.0)
            if spent > 0:
                self.seen.cpu[role] = 100 * spent / elapsed

    def _look(self, cursor: Any, name: str) -> None:
        cursor.execute(_OUTBOX)
        self.seen.outbox_seconds = max(self.seen.outbox_seconds, *cursor.fetchone())
        cursor.execute(_INBOX)
        waiting, seconds = cursor.fetchone()
        self.seen.inbox_waiting = max(self.seen.inbox_waiting, waiting)
        self.seen.inbox_seconds = max(self.seen.inbox_seconds, seconds)
        if name == "rendezvous":
            cursor.execute(_IN_USE)
            self.seen.connections = max(self.seen.connections, *cursor.fetchone())


def _link(url: str) -> Any:
    made = psycopg2.connect(url, application_name="charge")
    made.autocommit = True
    return made


def _seconds(pids: list[int]) -> float:
    """Processor time of these processes and of what they started."""
    total = 0.0
    for pid in pids:
        with suppress(psutil.Error):
            times = psutil.Process(pid).cpu_times()
            total += times.user + times.system
    return total
