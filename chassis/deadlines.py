"""Work that falls due: reminders, holds, deadlines are rows with a trade-time `due_at`.

Nothing waits by sleeping. `run_due` claims what is due (`FOR UPDATE SKIP LOCKED`, so that two
replicas share the work), runs it in batches of one kind, and keeps what fails for later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Due:
    """One piece of work that fell due."""

    id: UUID
    kind: str
    subject: str
    due_at: datetime
    payload: Mapping[str, Any]
    correlation_id: UUID


Worker = Callable[[Any, Sequence[Due]], None]
OutsideWorker = Callable[[Any, Sequence[Due]], None]


@dataclass
class Deadlines:
    """The kinds of due work one service knows, and who does them."""

    _workers: dict[str, Worker] = field(default_factory=dict)
    _outside: dict[str, OutsideWorker] = field(default_factory=dict)

    def due(self, kind: str) -> Callable[[Worker], Worker]:
        """Do this kind of work inside one transaction: `worker(uow, items)`."""

        def register(worker: Worker) -> Worker:
            self._workers[kind] = worker
            return worker

        return register

    def outside(self, kind: str) -> Callable[[OutsideWorker], OutsideWorker]:
        """Do work with effects outside the database: `worker(runtime, items)`.

        It opens its own transactions and is given work under a lease: after a crash the items
        come back, so the effect must carry an idempotency key.
        """

        def register(worker: OutsideWorker) -> OutsideWorker:
            self._outside[kind] = worker
            return worker

        return register

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every kind with a worker."""
        return tuple(sorted({*self._workers, *self._outside}))

    def worker(self, kind: str) -> Worker | None:
        """The worker of a kind that runs inside one transaction."""
        return self._workers.get(kind)

    def outside_worker(self, kind: str) -> OutsideWorker | None:
        """The worker of a kind that reaches outside the database."""
        return self._outside.get(kind)
