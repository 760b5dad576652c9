"""When each thread of the relay last turned: what /livez tells."""

from __future__ import annotations

import time

#: A thread that has not turned for this long is stuck (longer than any bounded wait), in seconds.
_STUCK_SECONDS = 60.0


class Turns:
    """Every thread marks its turns, and says when it ends."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}

    def mark(self, thread: str) -> None:
        """It turns."""
        self._last[thread] = time.monotonic()

    def end(self, thread: str) -> None:
        """It ended: nothing more is expected of it."""
        self._last.pop(thread, None)

    def stuck(self) -> list[str]:
        """Those that no longer turn."""
        now = time.monotonic()
        last = self._last.copy()  # in one step: threads come and go
        return sorted(name for name, at in last.items() if now - at > _STUCK_SECONDS)
