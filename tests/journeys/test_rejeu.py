"""The replay as a department's IT runs it: a small month, in both modes, every process killed."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg2
import pytest

from demo.environment import Secrets
from demo.postgres import EmbeddedPostgres
from demo.state import FILE
from services import SERVICES
from tests.chassis.processes import eventually
from tests.journeys.conftest import WORKERS
from tests.support.broker import amqp_uri
from tests.support.servers import postgresql_url

COMMAND = [
    *(sys.executable, "-m", "demo", "replay", "--month", "2023-01"),
    *("--scale", "0.01", "--json", "--keep"),
]
#: Every process of a replay, told by what follows `chassis.run`, or by its module.
APIS = tuple(f"{name} api" for name in SERVICES)
RELAYS = tuple(f"{name} relay" for name in SERVICES)
EMBEDDED = (*APIS, "local-relay", "demo.outbox_sink")
POSTGRESQL, DRIVER = "postgresql", "pilote"
pytestmark = pytest.mark.timeout(600)


class Replays:
    """Runs the command in one work folder, and cleans up what `--keep` keeps."""

    def __init__(self, folder: Path, **given: str) -> None:
        self.folder = folder
        without = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "AMQP_URI")}
        self.environment = without | {"WORKERS": WORKERS} | given
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        command = [*COMMAND, "--work-dir", str(self.folder)]
        # Nobody reads a pipe while processes are killed: a full one would stop the driver.
        with self.errors.open("ab") as errors:
            process = subprocess.Popen(
                command, env=self.environment, stdout=subprocess.PIPE, stderr=errors
            )
        self.started.append(process)
        return process

    @property
    def errors(self) -> Path:
        """What the driver wrote beside its report."""
        return self.folder.with_suffix(".err")

    def run(self) -> tuple[int, dict[str, Any]]:
        return self.finish(self.start())

    def finish(self, process: subprocess.Popen[bytes]) -> tuple[int, dict[str, Any]]:
        output, _ = process.communicate(timeout=500)
        assert output, self.errors.read_text()
        return process.returncode, json.loads(output)

    def children(self) -> list[psutil.Process]:
        try:
            pids = json.loads((self.folder / "processus.json").read_text())
        except (OSError, ValueError):
            return []
        return [psutil.Process(int(pid)) for pid in pids if psutil.pid_exists(int(pid))]

    def end(self) -> None:
        """Leave nothing running, whatever the test came to."""
        for process in self.started:
            if process.poll() is None:
                process.terminate()
            process.communicate(timeout=60)
        for pid in [one.pid for one in self.children()] + self.pids(POSTGRESQL):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def pids(self, name: str) -> list[int]:
        """The processes of this name."""
        if name == DRIVER:
            return [self.started[-1].pid]
        if name == POSTGRESQL:
            postmaster = self.folder / "postgres" / "postmaster.pid"
            return [int(postmaster.read_text().split()[0])] if postmaster.exists() else []
        return [one.pid for one in self.children() if name in _command(one)]

    def erase(self) -> None:
        prefix = Secrets.of(self.folder).prefix
        with psycopg2.connect(postgresql_url()) as link, link.cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", (f"{prefix}%",))
            names = [name for (name,) in cursor.fetchall()]
        link.close()
        link = psycopg2.connect(postgresql_url())
        link.autocommit = True
        with link.cursor() as cursor:
            for name in names:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
                cursor.execute(f'DROP ROLE IF EXISTS "{name}_app"')
                cursor.execute(f'DROP ROLE IF EXISTS "{name}_owner"')
        link.close()


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Replays]:
    """With nothing given: no broker, and a PostgreSQL of its own in the work folder."""
    replays = Replays(tmp_path / "rejeu")
    yield replays
    replays.end()


@pytest.fixture
def on_broker(tmp_path: Path) -> Iterator[Replays]:
    """Over RabbitMQ."""
    from chassis.broker import Names, remove_all  # noqa: PLC0415 - needs the broker

    uri = amqp_uri()
    replays = Replays(tmp_path / "rejeu", AMQP_URI=uri, DATABASE_URL=postgresql_url())
    yield replays
    replays.end()
    remove_all(uri, Names(f"{Secrets.of(replays.folder).prefix}."))
    replays.erase()


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # killed a moment ago
        return ""


def _steps(folder: Path) -> int:
    """How many steps the driver has finished."""
    try:
        with closing(sqlite3.connect(f"file:{folder / FILE}?mode=ro", uri=True)) as link:
            return int(link.execute("SELECT count(*) FROM steps").fetchone()[0])
    except sqlite3.OperationalError:  # not there yet
        return 0


def _kill_in_turn(
    replays: Replays, process: subprocess.Popen[bytes], groups: Iterable[Sequence[str]]
) -> None:
    """kill -9 each of a group at once, the next once the replay has gone on without them."""
    done = 0
    for names in groups:
        while _steps(replays.folder) <= done:
            assert process.poll() is None, _why(replays, names)
            time.sleep(0.05)
        done = _steps(replays.folder)
        for name in names:
            pids = eventually(lambda name=name: replays.pids(name), seconds=30)
            for pid in pids:
                os.kill(pid, signal.SIGKILL)


def _why(replays: Replays, names: Sequence[str]) -> str:
    return f"over before {names} could be killed: {replays.errors.read_text()}"


def _pairs(names: Sequence[str]) -> list[Sequence[str]]:
    return [names[start : start + 2] for start in range(0, len(names), 2)]


def _assert_nothing_is_lost(report: dict[str, Any]) -> None:
    assert report["right"]
    assert all(row["missing"] == 0 for row in report["subscriptions"])
    assert all(books["parked"] == 0 for books in report["services"].values())


def _lose_a_row(folder: Path) -> None:
    """A disc that lost a row, not an application: constraints are set aside."""
    server = EmbeddedPostgres(folder)
    name = f"{Secrets.of(folder).prefix}_rendezvous"
    with psycopg2.connect(server.uri, dbname=name) as link, link.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "DELETE FROM rendezvous WHERE id = (SELECT id FROM rendezvous"
            " WHERE status = 'HONOURED' AND motif = 'ACCOMPAGNEMENT' ORDER BY id LIMIT 1)"
        )
        assert cursor.rowcount == 1
    link.close()
    server.stop()


def test_every_process_killed_the_tables_are_equal_and_a_lost_row_names_its_cell(
    embedded: Replays,
) -> None:
    first = embedded.start()
    _kill_in_turn(embedded, first, [*_pairs(EMBEDDED), [POSTGRESQL], [DRIVER]])
    first.communicate()

    code, report = embedded.run()

    assert code == 0, report["differences"]
    _assert_nothing_is_lost(report)
    assert any(row["outcome"] == "SENT" for row in report["messages"])

    _lose_a_row(embedded.folder)

    code, report = embedded.run()

    assert code == 1
    cells = {(d["line"], d["expected"] - d["found"]) for d in report["differences"]}
    assert ("Accompagnements en présentiel", 1) in cells
    assert all(d["table"].startswith("Rendez-vous des") for d in report["differences"])


def test_over_rabbitmq_every_relay_killed_the_tables_are_equal(on_broker: Replays) -> None:
    process = on_broker.start()
    _kill_in_turn(on_broker, process, _pairs(RELAYS))

    code, report = on_broker.finish(process)

    assert code == 0, report["differences"]
    assert report["mode"] == "RabbitMQ"
    _assert_nothing_is_lost(report)
    assert report["restarts"].keys() == {f"{name}-relay" for name in SERVICES}
    assert any(row["measure"] == "SUPPRESSED" for row in report["partners"])
    assert {usage["name"] for usage in report["processes"]} >= {"dsu-relay", "dsu-api", "pilote"}
