"""Real processes to measure: the api as production runs it, and the bare handler."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks.ground import environment
from benchmarks.rendezvous.town import CLOCK
from benchmarks.rendezvous.wire import Link, request
from chassis.clock import ClockDriver
from chassis.web.tokens import DevelopmentIssuer
from demo.environment import free_ports

_READY_SECONDS = 60.0


def surroundings(folder: Path) -> dict[str, str]:
    """The environment of a run: real tokens, trade time stopped on the morning of the measure."""
    issuer = DevelopmentIssuer.create(folder)
    clock = folder / "horloge"
    ClockDriver(clock, CLOCK)
    return environment() | {
        "PATH": os.environ["PATH"],
        "JWKS": str(folder / "jwks.json"),
        "TOKEN_ISSUER": issuer.issuer,
        "TOKEN_AUDIENCE": issuer.audience,
        "SIMULATED_CLOCK": str(clock),
        "SERVICES_PACKAGE": "services",
    }


def bearer(folder: Path, **claims: Sequence[str] | str) -> dict[str, str]:
    """The header of a signed token."""
    issuer = DevelopmentIssuer.create(folder)
    token = issuer.token(roles=["secretaire"], subject="secretariat", mds=list(claims["mds"]))
    return {"Authorization": f"Bearer {token}"}


@contextmanager
def api(environ: Mapping[str, str], log: Path) -> Iterator[int]:
    """The api process of rendezvous; answers its port."""
    (port,) = free_ports(1)
    command = ["-m", "chassis.run", "rendezvous", "api"]
    with _process(command, {**environ, "PORT": str(port)}, log, port):
        yield port


@contextmanager
def bare(environ: Mapping[str, str], recorded: Path, url: str, log: Path) -> Iterator[int]:
    """The bare nameko handler; answers its port."""
    (port,) = free_ports(1)
    command = ["-m", "benchmarks.rendezvous.bare", str(port), str(recorded)]
    with _process(command, {**environ, "BARE_DATABASE_URL": url}, log, port):
        yield port


@contextmanager
def _process(
    command: Sequence[str], environ: Mapping[str, str], log: Path, port: int
) -> Iterator[psutil.Popen]:
    with log.open("ab") as output:
        process = psutil.Popen(
            [sys.executable, *command], env=dict(environ), stdout=output, stderr=output
        )
    try:
        _wait_for(process, port, log)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except (subprocess.TimeoutExpired, psutil.TimeoutExpired):
            process.kill()


def _wait_for(process: psutil.Popen, port: int, log: Path) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"processus arrêté : {log.read_text()[-2000:]}")
        try:
            Link(port).send([request("GET", "/livez", {})]).expect(200)
        except OSError:
            time.sleep(0.05)
        else:
            return
