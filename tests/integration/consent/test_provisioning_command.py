"""The operator's command, when the broker's management API does not do what it should."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

SECRET = "mot-de-passe-du-courtier"


def provision(url: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "services.consent.provisioning", "caf"],
        env=os.environ | {"RABBITMQ_MANAGEMENT_URL": url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def refusing() -> Iterator[str]:
    """A server that is not the management API."""

    class Nothing(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Silent."""

    with HTTPServer(("127.0.0.1", 0), Nothing) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://admin:{SECRET}@127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def is_told(done: subprocess.CompletedProcess[str], words: str) -> bool:
    """Exit 1, nothing done, one French line without the password."""
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    assert SECRET not in done.stderr
    return words in done.stderr


def test_an_api_that_is_away_is_one_line() -> None:
    assert is_told(provision(f"http://admin:{SECRET}@127.0.0.1:1"), "injoignable")


def test_an_address_that_is_not_one_is_one_line() -> None:
    assert is_told(provision(f"admin:{SECRET}@127.0.0.1:15672"), "RABBITMQ_MANAGEMENT_URL")


def test_an_api_that_refuses_is_one_line(refusing: str) -> None:
    assert is_told(provision(refusing), "404")
