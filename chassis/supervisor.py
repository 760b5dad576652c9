"""Runs processes of the launcher as children, restarts those that die, and stops them together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import IO, Any

_FIRST_WAIT = 0.2
_LAST_WAIT = 10.0
#: A child that lived this long starts again at once if it dies, in seconds.
_HEALTHY_AFTER = 10.0


@dataclass
class Child:
    """One supervised process."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(repr=False)
    log: Path | None = None
    restarts: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _started_at: float = 0.0
    _wait: float = _FIRST_WAIT
    _not_before: float = 0.0

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Start it in a session of its own; its output goes to its log file, or where ours goes."""
        output: IO[bytes] | None = self.log.open("ab") if self.log else None
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                list(self.command),
                env=dict(self.env),
                stdout=output,
                stderr=output,
                # The terminal's Ctrl-C is for us: a child told twice would drain nothing.
                start_new_session=True,
            )
        finally:
            if output is not None:
                output.close()
        self._started_at = time.monotonic()

    def revive(self) -> bool:
        """Start it again if it died, after a growing wait. True when it was restarted."""
        if self._process is None or self._process.poll() is None:
            return False
        now = time.monotonic()
        if not self._not_before:
            healthy = now - self._started_at > _HEALTHY_AFTER
            self._wait = _FIRST_WAIT if healthy else min(self._wait * 2, _LAST_WAIT)
            self._not_before = now + self._wait
        if now < self._not_before:
            return False
        self._not_before = 0.0
        self.restarts += 1
        self.start()
        return True

    def signal(self, number: int) -> None:
        """Send a signal if it runs."""
        if self.pid is not None and self._process is not None:
            self._process.send_signal(number)

    @property
    def is_cut_short(self) -> bool:
        """Whether it ended otherwise than told: SIGTERM may find it before its handler."""
        code = self._process.returncode if self._process else None
        return code not in (None, 0, -signal.SIGTERM)

    def wait(self, seconds: float) -> bool:
        """Whether it ended by then."""
        try:
            if self._process is not None:
                self._process.wait(timeout=max(seconds, 0.01))
        except subprocess.TimeoutExpired:
            return False
        return True


class Supervisor:
    """Keeps children running until told to stop."""

    def __init__(self, children: Sequence[Child]) -> None:
        self.children = list(children)

    def start(self) -> None:
        """Start them all."""
        for child in self.children:
            child.start()

    def revive(self) -> list[str]:
        """Restart the dead; answers their names."""
        return [child.name for child in self.children if child.revive()]

    def stop(self, grace_seconds: float = 35.0) -> bool:
        """SIGTERM, then SIGKILL for who is late. True when all that ran ended well."""
        running = [child for child in self.children if child.pid is not None]
        for child in running:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + grace_seconds
        try:
            for child in running:
                child.wait(deadline - time.monotonic())
        finally:
            # Also when we are interrupted while waiting: nobody else would end them.
            late = [child for child in running if child.pid is not None]
            for child in late:
                child.signal(signal.SIGKILL)
            for child in late:
                child.wait(5)
        return not any(child.is_cut_short for child in running)


def launcher(*arguments: str) -> list[str]:
    """The command line of one launcher process."""
    return [sys.executable, "-m", "chassis.run", *arguments]


def stop_signals() -> list[signal.Signals]:
    """What ends a supervisor: a closed terminal too, whose word no longer reaches its children."""
    numbers = [signal.SIGTERM, signal.SIGINT]
    # Ignored under nohup, and then to be left so.
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    return numbers


def supervise(commands: Sequence[Sequence[str]], grace_seconds: float) -> int:
    """Run launcher commands as children until a signal."""
    supervisor = Supervisor(
        [Child(name=" ".join(c), command=launcher(*c), env=os.environ) for c in commands]
    )
    stop = Event()

    def handle(number: int, _: Any) -> None:
        if stop.is_set():
            for child in supervisor.children:
                child.signal(signal.SIGKILL)
            os._exit(128 + number)
        stop.set()

    for number in stop_signals():
        signal.signal(number, handle)
    supervisor.start()
    while not stop.wait(0.2):
        supervisor.revive()
    return 0 if supervisor.stop(grace_seconds) else 1
