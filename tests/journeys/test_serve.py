"""`make serve` as a visitor has it: what it prints works, and Ctrl-C is its ordinary end."""

from __future__ import annotations

import os
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import urllib3

from services import roles

#: The documented ports may be taken on this machine: free ones, and nothing else changed.
SERVE = """
from demo import cli, environment
drawn = environment.Addresses.draw
environment.Addresses.draw = classmethod(lambda cls, *, is_fixed: drawn(is_fixed=False))
cli.app()
"""
#: Recognises what the command started, wherever it went.
MARK = ("MARQUE_DU_TEST", secrets.token_hex(8))
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """The command in a terminal of its own, without anything given: embedded PostgreSQL."""
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "AMQP_URI")}
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, "serve", "--scale", "0.02", "--work-dir", str(tmp_path)],
            env=environment | dict([MARK]),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for one in running():
        one.kill()
    for process in started:
        process.communicate()


def running() -> list[psutil.Process]:
    """What runs of the command."""
    found = []
    for one in psutil.process_iter():
        try:
            if MARK in one.environ().items() and one.status() != psutil.STATUS_ZOMBIE:
                found.append(one)
        except psutil.Error:
            continue
    return found


def read_welcome(process: subprocess.Popen[str]) -> str:
    """What it prints, to the last of its three requests."""
    assert process.stdout is not None
    said = ""
    while said.count("curl ") < 3:
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        said += line
    return said


def assert_ctrl_c_ends(process: subprocess.Popen[str]) -> None:
    """The ordinary end: code 0, all drained, nothing left."""
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)

    assert process.returncode == 0, errors
    assert "coupé" not in errors
    assert "Plateforme arrêtée" in errors
    assert running() == []


def test_what_serve_prints_works_and_ctrl_c_ends_it_with_code_0_and_nothing_left(
    serve: Callable[[], subprocess.Popen[str]],
) -> None:
    first = serve()
    read_welcome(first)
    assert_ctrl_c_ends(first)

    again = serve()
    said = read_welcome(again)
    tokens = dict(re.findall(r"^export JETON_(\w+)=(\S+)$", said, re.M))
    requests = re.findall(r'^curl .*Bearer \$JETON_(\w+)" "(\S+)"$', said, re.M)

    assert {role.lower() for role in tokens} == roles.ALL
    assert len(requests) == 3
    for role, url in requests:
        answer = urllib3.request("GET", url, headers={"Authorization": f"Bearer {tokens[role]}"})
        assert answer.status == 200, answer.data
    traffic = re.sub(r"/v1/.*", "/internal/traffic", requests[0][1])
    bearer = {"Authorization": f"Bearer {tokens['SERVICE']}"}
    assert urllib3.request("GET", traffic, headers=bearer).status == 200

    assert_ctrl_c_ends(again)
