"""`make serve` as a visitor has it: what it prints works, and Ctrl-C is its ordinary end."""

from __future__ import annotations

import os
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
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
def serving(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The command in a terminal of its own, without anything given: embedded PostgreSQL."""
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "AMQP_URI")}
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, "serve", "--scale", "0.02", "--work-dir", str(tmp_path)],
        env=environment | dict([MARK]),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    yield process
    for one in running():
        one.kill()
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


def test_what_serve_prints_works_and_ctrl_c_ends_it_with_code_0_and_nothing_left(
    serving: subprocess.Popen[str],
) -> None:
    said = read_welcome(serving)
    tokens = dict(re.findall(r"^export JETON_(\w+)=(\S+)$", said, re.M))
    requests = re.findall(r'^curl .*Bearer \$JETON_(\w+)" "(\S+)"$', said, re.M)

    assert {role.lower() for role in tokens} == roles.ALL
    assert len(requests) == 3
    for role, url in requests:
        answer = urllib3.request("GET", url, headers={"Authorization": f"Bearer {tokens[role]}"})
        assert answer.status == 200, answer.data
    due = re.sub(r"/v1/.*", "/internal/traffic", requests[0][1])
    answer = urllib3.request("GET", due, headers={"Authorization": f"Bearer {tokens['SERVICE']}"})
    assert answer.status == 200, answer.data

    os.killpg(serving.pid, signal.SIGINT)
    _, errors = serving.communicate(timeout=60)

    assert serving.returncode == 0, errors
    assert "coupé" not in errors
    assert "Plateforme arrêtée" in errors
    assert running() == []
