"""The sample services as real processes, on their own databases and under their own bus prefix."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg2
import urllib3

from chassis.settings import database_settings
from chassis.web.tokens import DevelopmentIssuer

ROOT = Path(__file__).parents[2]
_POOL = urllib3.PoolManager(retries=False, timeout=15, maxsize=20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(check: Callable[[], Any], seconds: float = 15, every: float = 0.05) -> Any:
    """The first true answer of `check`; fails after the deadline."""
    deadline = time.monotonic() + seconds
    while not (answer := check()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(every)
    return answer


@dataclass
class Answer:
    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Process:
    """One launcher process and its log."""

    popen: subprocess.Popen[bytes]
    log: Path
    port: int

    @property
    def output(self) -> str:
        return self.log.read_text()

    def terminate(self, seconds: float = 20) -> int:
        self.popen.send_signal(signal.SIGTERM)
        return self.popen.wait(seconds)

    def kill(self) -> None:
        self.popen.kill()
        self.popen.wait(5)

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, headers=headers)

    def request(self, method: str, path: str, **options: Any) -> Answer:
        url = f"http://127.0.0.1:{self.port}{path}"
        answer = _POOL.request(method, url, **options)
        return Answer(answer.status, answer.headers, answer.data)

    def is_up(self) -> bool:
        assert self.popen.poll() is None, self.output[-2000:]
        try:
            return self.get("/livez").status == 200
        except urllib3.exceptions.HTTPError:
            return False


@dataclass
class Platform:
    """Where the sample services run."""

    env: dict[str, str]
    folder: Path
    issuer: DevelopmentIssuer
    running: list[Process] = field(default_factory=list)

    def token(self, *roles: str, **claims: Any) -> str:
        return self.issuer.token(roles=list(roles), **claims)

    def bearer(self, *roles: str, **claims: Any) -> dict[str, str]:
        return {"Authorization": "Bearer " + self.token(*roles, **claims)}

    def spawn(self, *arguments: str, port: int = 0, **env: str) -> Process:
        """Start a launcher process without waiting for it."""
        port = port or free_port()
        log = self.folder / f"{uuid4()}.log"
        ports = {"PORT": str(port), "RELAY_PORT": str(port)}
        with log.open("wb") as output:
            popen = subprocess.Popen(
                [sys.executable, "-m", "chassis.run", *arguments],
                env=self.env | ports | env,
                cwd=ROOT,
                stdout=output,
                stderr=output,
            )
        process = Process(popen, log, port)
        self.running.append(process)
        return process

    def start(self, *arguments: str, **env: str) -> Process:
        """Start one and wait until it lives."""
        process = self.spawn(*arguments, **env)
        eventually(process.is_up)
        return process

    def run(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a launcher command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "chassis.run", *arguments],
            env={key: value for key, value in (self.env | env).items() if value != "absent"},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def stop_all(self, but: Sequence[Process] = ()) -> None:
        for process in self.running:
            if process not in but and process.popen.poll() is None:
                process.kill()
        self.running[:] = but

    @contextmanager
    def database(self, service: str) -> Iterator[Any]:
        """An autocommit cursor, as the administrator."""
        connection = psycopg2.connect(database_settings(service, self.env).admin_url)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def scalar(self, service: str, query: str, *values: Any) -> Any:
        with self.database(service) as cursor:
            cursor.execute(query, values)
            return cursor.fetchone()[0]

    def column(self, service: str, query: str, *values: Any) -> list[Any]:
        with self.database(service) as cursor:
            cursor.execute(query, values)
            return [row[0] for row in cursor]

    def empty(self) -> None:
        """Back to empty databases."""
        for service in ("compteur", "miroir"):
            with self.database(service) as cursor:
                cursor.execute(
                    "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables"
                    " WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
                )
                cursor.execute(f"TRUNCATE {cursor.fetchone()[0]} RESTART IDENTITY")


def environment(base: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The environment of a run of its own."""
    run = f"s{os.getpid()}_{uuid4().hex[:4]}"
    return {
        "PATH": os.environ["PATH"],
        "SERVICES_PACKAGE": "tests.chassis.sample",
        **base,
        "DATABASE_PREFIX": run,
        "BUS_PREFIX": run,
        "JWKS": str(folder / "jwks.json"),
        "TOKEN_ISSUER": "urn:departement:emetteur-de-developpement",
    }
