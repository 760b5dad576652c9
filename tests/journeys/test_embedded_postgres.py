"""The embedded server comes back from a kill, however long its last backends hold on."""

from __future__ import annotations

import os
import signal
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from demo.postgres import EmbeddedPostgres
from tests.chassis.processes import eventually

#: A backend that computes does not notice that its server died: some seconds of it.
BUSY = "SELECT count(*) FROM generate_series(1, 20000000) AS one WHERE one % 7 = 3"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = EmbeddedPostgres(tmp_path)
    yield made
    made.stop()


def test_killed_while_a_backend_computes_it_is_started_again_once_that_one_ended(
    server: EmbeddedPostgres,
) -> None:
    with psycopg2.connect(server.uri) as link, link.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT 1 AS one")
    link.close()
    busy = psycopg2.connect(server.uri)
    begun = threading.Event()

    def compute() -> None:
        with busy.cursor() as cursor:
            begun.set()
            try:
                cursor.execute(BUSY)
            except psycopg2.OperationalError:
                pass  # its answer had nobody left to commit it

    computing = threading.Thread(target=compute)
    computing.start()
    begun.wait(5)

    os.kill(server.pids[0], signal.SIGKILL)
    eventually(server.revive, seconds=60, every=0.2)
    computing.join(60)
    busy.close()
    with psycopg2.connect(server.uri) as link, link.cursor() as cursor:
        cursor.execute("SELECT one FROM kept")
        assert cursor.fetchall() == [(1,)]
    link.close()
    assert not server.revive()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another user")
def test_killed_under_a_folder_closed_meanwhile_it_is_started_again(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    tmp_path.chmod(0o700)

    os.kill(server.pids[0], signal.SIGKILL)

    eventually(server.revive, seconds=60, every=0.2)
