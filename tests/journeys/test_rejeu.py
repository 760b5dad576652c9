"""The replay as a department's IT runs it: a small month, in both modes, with processes killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg2
import pytest

from demo.environment import Secrets
from tests.support.broker import amqp_uri
from tests.support.servers import postgresql_url

COMMAND = [
    *(sys.executable, "-m", "demo", "replay", "--month", "2023-01"),
    *("--scale", "0.01", "--json", "--keep"),
]
#: One of each kind of process; what follows `chassis.run`, or the module.
KILLED = ("rendezvous api", "local-relay", "consent api", "accueil api", "demo.outbox_sink")
pytestmark = pytest.mark.timeout(600)


class Replays:
    """Runs the command in one work folder, and cleans up what `--keep` keeps."""

    def __init__(self, folder: Path, amqp_uri: str | None) -> None:
        self.folder = folder
        self.environment = {**os.environ, "DATABASE_URL": postgresql_url()}
        self.environment.pop("AMQP_URI", None)
        if amqp_uri:
            self.environment["AMQP_URI"] = amqp_uri

    def start(self) -> subprocess.Popen[bytes]:
        command = [*COMMAND, "--work-dir", str(self.folder)]
        return subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def run(self) -> tuple[int, dict[str, Any]]:
        return self.finish(self.start())

    @staticmethod
    def finish(process: subprocess.Popen[bytes]) -> tuple[int, dict[str, Any]]:
        output, errors = process.communicate(timeout=500)
        assert output, errors.decode()
        return process.returncode, json.loads(output)

    def database(self, service: str) -> str:
        name = f"{Secrets.of(self.folder).prefix}_{service}"
        return urlunsplit(urlsplit(postgresql_url())._replace(path=f"/{name}"))

    def children(self) -> list[psutil.Process]:
        try:
            pids = json.loads((self.folder / "processus.json").read_text())
        except (OSError, ValueError):
            return []
        return [psutil.Process(int(pid)) for pid in pids if psutil.pid_exists(int(pid))]

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
    """Without a broker."""
    replays = Replays(tmp_path / "rejeu", None)
    yield replays
    replays.erase()


@pytest.fixture
def on_broker(tmp_path: Path) -> Iterator[Replays]:
    """Over RabbitMQ."""
    from chassis.broker import Names, remove_all  # noqa: PLC0415 - needs the broker

    uri = amqp_uri()
    replays = Replays(tmp_path / "rejeu", uri)
    yield replays
    remove_all(uri, Names(f"{Secrets.of(replays.folder).prefix}."))
    replays.erase()


def _kill_one_of_each(replays: Replays, process: subprocess.Popen[bytes]) -> list[str]:
    """kill -9 in turn, then the driver itself; answers what was killed."""
    killed: list[str] = []
    while not (replays.folder / "avancement.sqlite3").exists():
        assert process.poll() is None
        time.sleep(0.2)
    for name in KILLED:
        time.sleep(2)
        for child in replays.children():
            if name in " ".join(child.cmdline()):
                child.send_signal(signal.SIGKILL)
                killed.append(name)
    time.sleep(2)
    if process.poll() is None:
        process.kill()
        killed.append("pilote")
    process.communicate()
    return killed


def test_killed_or_not_the_tables_are_equal_and_a_lost_row_names_its_cell(
    embedded: Replays,
) -> None:
    killed = _kill_one_of_each(embedded, embedded.start())
    assert set(KILLED) <= set(killed)

    code, report = embedded.run()

    assert code == 0, report["differences"]
    assert report["right"]
    assert all(row["missing"] == 0 for row in report["subscriptions"])
    assert all(books["parked"] == 0 for books in report["services"].values())
    assert any(row["outcome"] == "SENT" for row in report["messages"])

    with psycopg2.connect(embedded.database("rendezvous")) as link, link.cursor() as cursor:
        # Constraints are set aside: this is a disc that lost a row, not an application.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "DELETE FROM rendezvous WHERE id = (SELECT id FROM rendezvous"
            " WHERE status = 'HONOURED' AND motif = 'ACCOMPAGNEMENT' ORDER BY id LIMIT 1)"
            " RETURNING mds"
        )
        assert cursor.rowcount == 1
    link.close()

    code, report = embedded.run()

    assert code == 1
    cells = {(d["line"], d["expected"] - d["found"]) for d in report["differences"]}
    assert ("Accompagnements en présentiel", 1) in cells
    assert all(d["table"].startswith("Rendez-vous des") for d in report["differences"])


def test_over_rabbitmq_the_tables_are_equal(on_broker: Replays) -> None:
    code, report = on_broker.run()

    assert code == 0, report["differences"]
    assert report["mode"] == "RabbitMQ"
    assert all(row["missing"] == 0 for row in report["subscriptions"])
    assert any(row["measure"] == "SUPPRESSED" for row in report["partners"])
    assert {usage["name"] for usage in report["processes"]} >= {"dsu-relay", "dsu-api", "pilote"}
