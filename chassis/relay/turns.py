"""When each thread of the relay last turned, and what it lacks: what /livez and /readyz tell."""

from __future__ import annotations

import time
from dataclasses import dataclass

#: A thread that has not turned for this long is stuck (longer than any bounded wait), in seconds.
_STUCK_SECONDS = 60.0
#: What a relay may lack, in the words of its probe.
BROKER, DATABASE = "courtier", "base de données"


class Turns:
    """Every thread marks its turns, says what it lacks, and when it ends."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}
        self._lacks: dict[str, str] = {}

    def mark(self, thread: str) -> None:
        """It turns."""
        self._last[thread] = time.monotonic()

    def end(self, thread: str) -> None:
        """It ended: nothing more is expected of it."""
        self._last.pop(thread, None)
        self._lacks.pop(thread, None)

    def lack(self, thread: str, what: str | None) -> None:
        """What keeps it from carrying anything; None once it carries."""
        if what is None:
            self._lacks.pop(thread, None)
        else:
            self._lacks[thread] = what

    def stuck(self) -> list[str]:
        """Those that no longer turn."""
        now = time.monotonic()
        last = self._last.copy()  # in one step: threads come and go
        return sorted(name for name, at in last.items() if now - at > _STUCK_SECONDS)

    def lacking(self) -> list[str]:
        """What they lack, once each."""
        return sorted(set(self._lacks.copy().values()))


@dataclass(frozen=True)
class Turn:
    """One thread's own part of it."""

    turns: Turns
    thread: str

    def mark(self) -> None:
        """It turns."""
        self.turns.mark(self.thread)

    def lack(self, what: str | None) -> None:
        """What it lacks, or None."""
        self.turns.lack(self.thread, what)
