"""The relay process: a publishing thread, a consuming thread, probes, and a clean stop."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import prometheus_client
import psycopg2

from chassis import logs
from chassis.broker import BrokerUnavailable, Names, TopologyRefused
from chassis.catalogue import load, service_names, side_task_of, subscriptions_of
from chassis.logs import get_logger
from chassis.relay.consumer import Consumer
from chassis.relay.local import InboxConnection, LocalInboxes
from chassis.relay.outbox import BATCH, BREATH_SECONDS, FactsRefused, Outbox, Pump
from chassis.relay.publisher import Publisher
from chassis.relay.turns import BROKER, DATABASE, Turn, Turns
from chassis.settings import Settings, SettingsError

log = get_logger(__name__)


def serve(settings: Settings) -> int:
    """Relay one service over the broker until a signal."""
    if settings.amqp_uri is None:
        raise SettingsError(
            "configuration refusée : AMQP_URI manque ; sans broker, lancez « local-relay »"
        )
    logs.configure(service=settings.service, process="relay", environment=settings.environment)
    stop, turns, names = _stop_on_signal(), Turns(), Names(settings.bus_prefix)
    publisher = Publisher(settings.service, settings.amqp_uri, names)
    outbox = Outbox(settings.service, settings.database.app_url)
    consumer = Consumer(
        subscriptions=subscriptions_of(settings.service),
        uri=settings.amqp_uri,
        names=names,
        database_url=settings.database.app_url,
        keyring=settings.keyring,
    )
    publishing, consuming = Turn(turns, "publisher"), Turn(turns, "consumer")
    consuming.lack(BROKER)
    tasks: dict[str, Callable[[], None]] = {
        "publisher": lambda: _publish(outbox, publisher, stop, publishing),
        "consumer": lambda: consumer.run(stop, consuming),
    }
    tasks |= _side_task(settings, stop, turns)
    return _run(tasks, settings.host, settings.relay_port, stop, turns)


def serve_locally(settings: Mapping[str, Settings], port: int) -> int:
    """Embedded mode: one process relays between all services."""
    first = next(iter(settings.values()))
    logs.configure(service="plateforme", process="local-relay", environment=first.environment)
    stop, turns = _stop_on_signal(), Turns()
    subscribers = {
        name: (subscriptions_of(name), InboxConnection(settings[name].database.app_url))
        for name in service_names()
    }
    pumps = [
        (outbox, Pump(outbox, LocalInboxes(name, subscribers)))
        for name in service_names()
        for outbox in [Outbox(name, settings[name].database.app_url)]
    ]
    for name in service_names():
        turns.lack(name, DATABASE)
    tasks: dict[str, Callable[[], None]] = {
        "relay": lambda: _relay_locally(pumps, stop, turns),
    }
    return _run(tasks, first.host, port, stop, turns)


def _publish(outbox: Outbox, publisher: Publisher, stop: Event, turn: Turn) -> None:
    pump = Pump(outbox, publisher)
    while not stop.is_set():
        turn.mark()
        try:
            if not outbox.lead():
                turn.lack(None)
                stop.wait(1.0)
                continue
            carried = pump.turn()
            pump.succeeded()
            turn.lack(None)
            if carried:
                stop.wait(BREATH_SECONDS)
            if carried < BATCH:
                publisher.beat()
                outbox.wait()
        except TopologyRefused:
            raise
        except (BrokerUnavailable, FactsRefused, psycopg2.Error, OSError) as error:
            turn.lack(_missing(error))
            _interrupted(error, outbox, pump, stop)
    publisher.close()
    outbox.close()


def _relay_locally(pumps: list[tuple[Outbox, Pump]], stop: Event, turns: Turns) -> None:
    while not stop.is_set():
        turns.mark("relay")
        carried = 0
        for outbox, pump in pumps:
            try:
                if outbox.lead() and outbox.is_due():
                    carried += pump.turn()
                    pump.succeeded()
                turns.lack(outbox.service, None)
            except (psycopg2.Error, OSError) as error:
                turns.lack(outbox.service, DATABASE)
                _interrupted(error, outbox, pump, stop)
        leading = [outbox for outbox, _ in pumps if outbox.is_leader]
        if carried:
            stop.wait(BREATH_SECONDS)
        elif leading:
            select.select(leading, [], [], 1.0)
        else:
            stop.wait(1.0)


def _interrupted(error: Exception, outbox: Outbox, pump: Pump, stop: Event) -> None:
    log.warning("relay_interrupted", error_class=type(error).__name__, reason=_reason(error))
    if isinstance(error, psycopg2.Error | OSError):
        outbox.close()
    stop.wait(pump.failed())


def _missing(error: Exception) -> str | None:
    """Nothing, when both answered: a refused fact is counted and logged."""
    if isinstance(error, FactsRefused):
        return None
    return BROKER if isinstance(error, BrokerUnavailable) else DATABASE


def _reason(error: Exception) -> str:
    """Only our own errors say more than their class: a driver's text may hold a URL."""
    return str(error) if isinstance(error, BrokerUnavailable | FactsRefused) else ""


def _side_task(settings: Settings, stop: Event, turns: Turns) -> dict[str, Callable[[], None]]:
    """A service's own publishing loop, e.g. the partner feed."""
    task = side_task_of(settings.service)
    if task is None:
        return {}

    def run() -> None:
        from chassis.runtime import assemble  # noqa: PLC0415 - only a side task needs a runtime

        task(assemble(load(settings.service), settings), stop, turns)

    return {"feed": run}


def _run(
    tasks: Mapping[str, Callable[[], None]], host: str, port: int, stop: Event, turns: Turns
) -> int:
    server = _probe_server(host, port, turns)
    Thread(target=server.serve_forever, name="probes", daemon=True).start()
    threads = [
        Thread(target=_guarded, args=(task,), name=name, daemon=True)
        for name, task in tasks.items()
    ]
    for thread in threads:
        thread.start()
    log.info("started", port=server.server_port)
    while not stop.is_set() and all(thread.is_alive() for thread in threads):
        stop.wait(0.5)
    crashed = not stop.is_set()
    stop.set()
    for thread in threads:
        thread.join(timeout=15)
    server.shutdown()
    code = 1 if crashed or any(thread.is_alive() for thread in threads) else 0
    log.info("stopped", exit_code=code)
    return code


def _probe_server(host: str, port: int, turns: Turns) -> ThreadingHTTPServer:
    try:
        return ThreadingHTTPServer((host, port), _probe_handler(turns))
    except OSError:
        raise SettingsError(
            f"configuration refusée : RELAY_PORT : le port {port} ne peut pas servir"
        ) from None


def _guarded(task: Callable[[], None]) -> None:
    """Tell why a task ends the process, without a word of what others wrote."""
    try:
        task()
    except TopologyRefused as error:
        log.error("topology_refused", reason=str(error))
    except Exception as error:  # noqa: BLE001 - a bug: the process ends, a supervisor restarts it
        log.error("task_died", error_class=type(error).__name__)


def _stop_on_signal() -> Event:
    stop = Event()

    def handle(number: int, _: Any) -> None:
        if stop.is_set():
            os._exit(128 + number)
        stop.set()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)
    return stop


def _probe_handler(turns: Turns) -> type[BaseHTTPRequestHandler]:
    class Probes(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/metrics":
                self._send(200, prometheus_client.generate_latest())
            elif self.path in ("/livez", "/readyz"):
                wrong = turns.stuck()
                if self.path == "/readyz":
                    wrong += turns.lacking()
                self._send(503 if wrong else 200, (", ".join(wrong) or "ok").encode())
            else:
                self._send(404, b"")

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", prometheus_client.CONTENT_TYPE_LATEST)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Silent: probes are called every few seconds."""

    return Probes
