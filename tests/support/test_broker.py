"""A silent AMQP_URI is answered by a node of our own, of which nothing stays."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from demo.environment import free_ports
from tests.chassis.processes import eventually
from tests.support.broker import answers
from tests.support.private_node import NoBroker, find_server, private_node

#: Says which broker it was given, whether it answers, and what `rabbitmqctl` joins.
TELL = """
import json, os, subprocess, sys
from tests.support.broker import answers
uri = os.environ["AMQP_URI"]
ctl = subprocess.run(["rabbitmqctl", "-q", "eval", "node()."], capture_output=True, text=True)
print(json.dumps({"uri": uri, "answers": answers(uri), "node": ctl.stdout, "ctl": ctl.stderr}))
sys.exit(7)
"""
#: Says that it runs, and takes its time to tidy up when interrupted.
TIDY = """
import time
try:
    print("là", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    time.sleep(1)
    print("rangé", flush=True)
    raise SystemExit(3)
"""


@pytest.fixture
def mark(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Marks what this test starts; answers the command lines of what still runs."""
    name, value = "MARQUE_DU_TEST", secrets.token_hex(8)
    monkeypatch.setenv(name, value)

    def left() -> list[str]:
        return [" ".join(one.cmdline()) for one in psutil.process_iter() if _has(one, name, value)]

    return left


def _has(process: psutil.Process, name: str, value: str) -> bool:
    try:
        return process.environ().get(name) == value
    except psutil.Error:
        return False


def run(code: str, **environment: str) -> subprocess.Popen[str]:
    """`python -m tests.support.broker -- python -c CODE`, in a process group of its own."""
    module = [sys.executable, "-m", "tests.support.broker", "--"]
    return subprocess.Popen(
        [*module, sys.executable, "-c", code],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def silent() -> str:
    return f"amqp://guest:guest@127.0.0.1:{free_ports(1)[0]}//"


def test_a_private_node_answers_where_the_given_one_is_silent_and_leaves_nothing(
    mark: Callable[[], list[str]],
) -> None:
    given = silent()

    process = run(TELL, AMQP_URI=given)
    output, errors = process.communicate(timeout=110)

    assert process.returncode == 7, errors
    told: dict[str, Any] = json.loads(output)
    assert told["answers"]
    assert told["uri"] not in (given, "amqp://guest:guest@127.0.0.1:5672//")
    assert told["node"].startswith(f"tests{process.pid}@"), told["ctl"]
    assert "rien ne répond" in errors
    assert "guest" not in errors
    assert not answers(told["uri"])
    assert mark() == []


def test_an_interrupted_command_tidies_up_before_the_node_goes(
    mark: Callable[[], list[str]],
) -> None:
    process = run(TIDY, AMQP_URI=silent())
    assert process.stdout is not None
    assert process.stdout.readline() == "là\n"

    os.killpg(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=110)

    assert (process.returncode, output) == (3, "rangé\n")
    assert mark() == []


def test_interrupted_before_the_node_answers_nothing_stays(mark: Callable[[], list[str]]) -> None:
    process = run(TIDY, AMQP_URI=silent())
    eventually(lambda: any("beam" in line for line in mark()))

    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=110)

    assert process.returncode == 130
    assert "Traceback" not in errors
    assert mark() == []


def test_a_node_that_does_not_start_shows_its_last_lines(
    tmp_path: Path, mark: Callable[[], list[str]]
) -> None:
    server = tmp_path / "rabbitmq-server"
    server.write_text("#!/bin/sh\necho BOOT FAILED\necho la cause >&2\nexit 1\n")
    server.chmod(0o755)

    with pytest.raises(NoBroker, match=r"(?s)BOOT FAILED\n.*la cause"), private_node(server):
        pytest.fail("started")

    assert mark() == []


def test_the_server_is_not_the_wrapper_that_changes_user() -> None:
    assert b"su rabbitmq" not in find_server().read_bytes()
