"""The durable event entrypoint: applies stored events in nameko workers, one batch at a time."""

from __future__ import annotations

from functools import partial
from typing import Any

import eventlet
import psycopg2
from eventlet.event import Event
from eventlet.hubs import trampoline
from nameko.extensions import Entrypoint
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

from chassis.database import CONNECT_ARGS
from chassis.inbox import BATCH
from chassis.logs import get_logger

#: A missed notification costs at most this long.
_POLL_SECONDS = 1.0
_PAUSE_SECONDS = 2.0
#: After a batch, let the next one fill: a lone event is applied at once, a stream in batches.
_BREATH_SECONDS = 0.02
log = get_logger(__name__)


class InboxEntrypoint(Entrypoint):
    """Runs the decorated method whenever an event arrived or was woken: both notify.

    A batch that was not full left nothing ready behind, so it is not looked at twice.

    The messages were acknowledged when they were stored, so a crash here costs nothing: the
    rows are still waiting. On stop the running batch finishes first.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._stopping = False
        self._listener: Any = None
        self._loop: Any = None

    def start(self) -> None:
        self._loop = self.container.spawn_managed_thread(self._run)

    def stop(self) -> None:
        """Let the running batch finish."""
        self._stopping = True
        if self._loop is not None:
            self._loop.wait()

    def _run(self) -> None:
        while not self._stopping:
            try:
                self._listen()
                applied = self._apply_batch()
                if applied:
                    eventlet.sleep(_BREATH_SECONDS)
                if applied < BATCH:
                    self._wait()
            except Exception as error:  # noqa: BLE001 - database away: try again, never die
                log.warning("inbox_interrupted", error_class=type(error).__name__)
                self._forget_listener()
                eventlet.sleep(_PAUSE_SECONDS)
        self._forget_listener()

    def _apply_batch(self) -> int:
        done = Event()
        self.container.spawn_worker(self, (), {}, handle_result=partial(self._handle_result, done))
        applied: int = done.wait()
        return applied

    @staticmethod
    def _handle_result(done: Event, _: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        done.send(result, exc_info)
        return result, None

    def _listen(self) -> None:
        if self._listener is None:
            settings = self.container.config["host"].runtime.settings
            self._listener = psycopg2.connect(
                settings.database.app_url, **CONNECT_ARGS, application_name="inbox listener"
            )
            self._listener.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
            with self._listener.cursor() as cursor:
                cursor.execute("LISTEN inbox")

    def _wait(self) -> None:
        if not self._listener.notifies:
            try:
                trampoline(self._listener.fileno(), read=True, timeout=_POLL_SECONDS)
            except eventlet.Timeout:
                return
            except TimeoutError:
                return
        self._listener.poll()
        self._listener.notifies.clear()

    def _forget_listener(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None


inbox_ready = InboxEntrypoint.decorator
