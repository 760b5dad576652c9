"""The api process: assemble, serve, and on a signal stop without losing or doing anything twice."""

from __future__ import annotations

import gc
import os
import signal
from typing import Any

import eventlet
import eventlet.debug
import psycopg2.extensions
from eventlet.event import Event
from eventlet.patcher import is_monkey_patched
from nameko.containers import ServiceContainer

from chassis import logs, probes
from chassis.catalogue import load
from chassis.host.http import Host, ProblemServer
from chassis.logs import get_logger, told
from chassis.runtime import assemble
from chassis.settings import Settings, SettingsError
from chassis.web.tokens import TokenVerifier

log = get_logger(__name__)


class NotGreen(RuntimeError):
    """The process would block on its sockets or its database."""


def serve(settings: Settings) -> int:
    """Run until a signal. Answers the exit code: 0 when everything was drained in time."""
    _assert_green()
    # The hub prints what a greenlet raised, texts included: our logs tell the class alone.
    eventlet.debug.hub_exceptions(False)
    logs.configure(service=settings.service, process="api", environment=settings.environment)
    service = load(settings.service)
    runtime = assemble(service, settings)
    container = ServiceContainer(
        service.api_class,
        {
            "WEB_SERVER_ADDRESS": f"{settings.host}:{settings.api_port}",
            "max_workers": settings.workers,
            "host": Host(runtime, TokenVerifier.from_settings(settings)),
        },
    )
    stop = _stop_on_signal()
    eventlet.spawn(probes.beat_forever, eventlet.sleep)
    _start(container, settings.api_port)
    eventlet.spawn(_stop_when_dead, container, stop)
    stop.wait()
    drained = _drain(container, settings.grace_seconds)
    log.info("stopped", exit_code=0 if drained else 1)
    return 0 if drained else 1


def _start(container: Any, port: int) -> None:
    try:
        container.start()
    except OSError:
        raise SettingsError(f"configuration refusée : le port {port} ne peut pas servir") from None
    _settle_memory()
    log.info("started", port=port)


def _settle_memory() -> None:
    """What boot loaded stays for good: the collector need not walk it at every pass."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _stop_when_dead(container: Any, stop: Event) -> None:
    """A process whose container died serves nobody: end it, the supervisor starts another."""
    try:
        container.wait()
    except Exception as error:  # noqa: BLE001 - nameko hands back whatever killed it
        log.error("container_died", **told(error))
    _send_once(stop)


def _assert_green() -> None:
    if not is_monkey_patched("socket"):
        raise NotGreen("eventlet.monkey_patch() doit précéder tout import")
    if psycopg2.extensions.get_wait_callback() is None:
        raise NotGreen("psycopg2 attendrait sans rendre la main")


def _stop_on_signal() -> Event:
    stop = Event()
    seen: list[int] = []

    def handle(number: int, _: Any) -> None:
        if seen:
            os._exit(128 + number)
        seen.append(number)
        # A signal handler may run anywhere: only the hub may switch greenlets.
        eventlet.hubs.get_hub().schedule_call_global(0, _send_once, stop)

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)
    return stop


def _send_once(stop: Event) -> None:
    if not stop.ready():
        stop.send(None)


def _drain(container: Any, seconds: float) -> bool:
    """Answer the requests in flight, finish the running batch, then stop nameko."""
    if container._died.ready():
        return False
    with eventlet.Timeout(seconds, False):
        servers = [e for e in container.extensions if isinstance(e, ProblemServer)]
        answered = all(server.drain(seconds) for server in servers)
        container.stop()
        return answered
    return False
