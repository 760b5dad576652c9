"""Probes that tell the truth: alive is the event loop alone, ready is all a request needs."""

from __future__ import annotations

import time
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from chassis.metrics import HUB_STALL_SECONDS
from chassis.migrations import head, revision
from chassis.runtime import Runtime

#: A hub that has not ticked for this long is stuck, in seconds.
STUCK_SECONDS = 5.0
_TICK = 0.05
_WINDOW = 60.0


@dataclass
class Heartbeat:
    """When the event loop last turned, and its longest recent stall."""

    last_tick: float = 0.0
    worst_stall: float = 0.0
    worst_at: float = 0.0

    def tick(self, now: float) -> None:
        """Record one turn of the loop."""
        stall = max(0.0, now - self.last_tick - _TICK) if self.last_tick else 0.0
        if stall >= self.worst_stall or now - self.worst_at > _WINDOW:
            self.worst_stall, self.worst_at = stall, now
            HUB_STALL_SECONDS.set(stall)
        self.last_tick = now


heartbeat = Heartbeat()


def beat_forever(sleep: object) -> None:
    """Tick until killed; `sleep` is the host's own (eventlet's in the api process)."""
    while True:
        heartbeat.tick(time.monotonic())
        sleep(_TICK)  # type: ignore[operator]  # eventlet ships no types


def is_live() -> list[str]:
    """What is wrong with the process itself: nothing, or a stuck loop."""
    late = time.monotonic() - heartbeat.last_tick if heartbeat.last_tick else 0.0
    return ["boucle d’événements"] if late > STUCK_SECONDS else []


def is_ready(runtime: Runtime) -> list[str]:
    """What a request would miss: the database, or the schema this code expects."""
    try:
        with runtime.engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
            at = revision(connection)
    except SQLAlchemyError:
        return ["base de données"]
    expected = head(runtime.service.name)
    # A newer schema still serves the version being replaced: migrations expand, then contract.
    is_there = at is not None and expected is not None and at >= expected
    return [] if is_there else ["version du schéma"]
