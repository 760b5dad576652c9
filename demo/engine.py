"""The steps of a replay: clock, due work, settle, requests, settle; each once, whatever dies."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Executor, Future, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from chassis.clock import ClockDriver
from demo.client import Request
from demo.settle import Settler
from demo.world import World

#: One errand: what is done, and the planned thing it is done to.
Act = tuple[Callable[[World, Any], None], Any]
#: Acts that must follow each other.
Chain = Sequence[Act]
#: A postponed piece of due work is waited for, this long at most, in seconds.
_DUE_PATIENCE = 180.0


@dataclass(frozen=True)
class Wave:
    """Chains that may run side by side; the next wave waits for all of them."""

    chains: Sequence[Chain]
    #: Whether what follows needs the other services to have heard of it.
    settles: bool = False


@dataclass(frozen=True)
class Step:
    """One moment of trade time."""

    name: str
    moment: datetime
    waves: Sequence[Wave] = ()

    @property
    def acts(self) -> int:
        """How many errands."""
        return sum(len(chain) for wave in self.waves for chain in wave.chains)


@dataclass
class Engine:
    """Runs steps one after the other; a finished step is never run again."""

    world: World
    clock: ClockDriver
    settler: Settler
    pool: Executor
    due_done: int = 0
    due_seconds: float = 0.0
    act_seconds: float = 0.0
    on_step: Callable[[Step], None] = field(default=lambda _: None)

    def run(self, steps: Iterable[Step]) -> None:
        """Run what is left. Raises whatever a step raises; nothing of it is then kept."""
        for step in steps:
            if not self.world.state.is_done(step.name):
                self._run(step)
                self.world.keep_tally()
                self.world.state.finish(step.name)
            self.on_step(step)

    def _run(self, step: Step) -> None:
        moment = step.moment.astimezone(UTC)
        self.clock.advance_to(max(moment, self.clock.now()))
        if self.run_due():
            self.settler.settle()
        for index, wave in enumerate(step.waves):
            self._run_wave(wave)
            if wave.settles or index == len(step.waves) - 1:
                self.settler.settle()

    def _run_wave(self, wave: Wave) -> None:
        started = time.monotonic()
        futures = [self.pool.submit(self._run_chain, chain) for chain in wave.chains]
        _first_failure(futures)
        self.act_seconds += time.monotonic() - started

    def _run_chain(self, chain: Chain) -> None:
        for act, subject in chain:
            act(self.world, subject)

    def run_due(self) -> int:
        """Have every service work what fell due, until nothing is left. Answers how much."""
        started = time.monotonic()
        done = 0
        busy = set(self.settler.services)
        while busy:
            reports = {name: self.pool.submit(self._work_due, name) for name in sorted(busy)}
            _first_failure(list(reports.values()))
            results = {name: future.result() for name, future in reports.items()}
            done += sum(report["done"] for report in results.values())
            busy = {name for name, report in results.items() if _is_left(report)}
            if busy and time.monotonic() - started > _DUE_PATIENCE:
                raise StillDue(", ".join(sorted(busy)))
            if busy and not any(report["done"] for report in results.values()):
                time.sleep(0.1)
        self.due_done += done
        self.due_seconds += time.monotonic() - started
        return done

    def _work_due(self, name: str) -> dict[str, int]:
        token = self.world.token_of("service")
        request = Request(name, "POST", "/internal/due", token, body={})
        report: dict[str, int] = self.world.client.expect(request).json
        return report


class StillDue(Exception):
    """Due work stays undone; the message names the services."""


def _is_left(report: dict[str, int]) -> bool:
    """Whether something due is still to do, now or after a failure that is being retried."""
    return bool(report["remaining"] or report["postponed"])


def _first_failure(futures: list[Future[Any]]) -> None:
    """Wait for all; at the first failure, drop those not started and raise it."""
    _, pending = wait(futures, return_when=FIRST_EXCEPTION)
    for future in pending:
        future.cancel()
    wait(futures)
    for future in futures:
        if not future.cancelled() and (error := future.exception()):
            raise error
