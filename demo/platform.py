"""The platform as a demonstration runs it: the processes of production, on this machine.

PostgreSQL is embedded unless DATABASE_URL is set; without AMQP_URI one local relay carries the
facts. A supervisor brings back whatever dies, PostgreSQL included.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import psutil
import urllib3

from chassis.clock import ClockDriver
from chassis.settings import database_settings
from chassis.supervisor import Child, Supervisor, launcher
from demo import environment as env
from demo.meter import Meter
from demo.postgres import EmbeddedPostgres
from services import SERVICES

_READY_SECONDS = 60.0
_WATCH_SECONDS = 0.1
#: PSS of all processes is not free to ask.
_SAMPLE_SECONDS = 10.0
Tell = Callable[[str], None]


class PlatformError(Exception):
    """The platform cannot start. One French line."""


@dataclass
class Platform:
    """Start, watch and stop the six services and what they need."""

    folder: Path
    #: Trade time at the very first start; later the clock's own file says.
    starts_at: datetime
    fixed_ports: bool = False
    tell: Tell = field(default=lambda _: None, repr=False)
    meter: Meter = field(default_factory=Meter)
    postgres: EmbeddedPostgres | None = field(default=None, init=False)
    _supervisor: Supervisor = field(default_factory=lambda: Supervisor(()), init=False, repr=False)
    _watching: threading.Event = field(default_factory=threading.Event, repr=False)
    _watcher: threading.Thread | None = field(default=None, init=False, repr=False)

    def start(self) -> None:
        """Leave with every service ready. Raises PlatformError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        _end_survivors(self._pids_file)
        self.addresses = env.Addresses.draw(is_fixed=self.fixed_ports)
        self._secrets = env.Secrets.of(self.folder)
        url = os.environ.get("DATABASE_URL")
        if not url:
            self.tell("PostgreSQL embarqué")
            self.postgres = EmbeddedPostgres(self.folder)
            url = self.postgres.uri
        self._shared = env.common(self.folder, self.addresses, url, self._secrets)
        self._shared |= _outside_world(self.addresses)
        ClockDriver(env.clock_file(self.folder), self.starts_at)
        self.tell("bases, rôles et schémas")
        self._provision()
        self.tell("processus")
        self._supervisor = Supervisor(self._children())
        self._supervisor.start()
        self._keep_pids()
        self._watcher = threading.Thread(target=self._watch, name="supervision", daemon=True)
        self._watcher.start()
        self._wait_ready()

    @property
    def restarts(self) -> dict[str, int]:
        """Processes brought back, by name."""
        return {each.name: each.restarts for each in self._supervisor.children if each.restarts}

    @property
    def is_embedded(self) -> bool:
        """Whether facts travel without a broker."""
        return "AMQP_URI" not in self._shared

    @property
    def environment(self) -> dict[str, str]:
        """What every process was told."""
        return dict(self._shared)

    @property
    def processes(self) -> dict[str, list[int]]:
        """Process ids by role, the driver's own among them."""
        found = {each.name: [each.pid] for each in self._supervisor.children if each.pid}
        found["pilote"] = [os.getpid()]
        if self.postgres:
            found["postgresql"] = self.postgres.pids
        return found

    def stop(self) -> bool:
        """Stop everything, even if interrupted. True when each process ended well by itself."""
        self._watching.set()
        try:
            if self._watcher is not None:
                self._watcher.join(timeout=10)
                self.meter.sample(self.processes)
        finally:
            is_clean = self._supervisor.stop()
            if self._supervisor.children:
                self._pids_file.unlink(missing_ok=True)
        return is_clean

    def stop_postgres(self) -> None:
        """Stop the embedded server, once nothing needs its data."""
        if self.postgres:
            self.postgres.stop()

    def erase(self) -> None:
        """Remove this replay's databases, roles, queues and exchanges."""
        from chassis.broker import Names, remove_all  # noqa: PLC0415 - only this end needs it
        from chassis.provision import drop  # noqa: PLC0415 - only this end needs it

        if self.postgres is None:
            for name in SERVICES:
                drop(database_settings(name, self._shared))
        if not self.is_embedded:
            remove_all(self._shared["AMQP_URI"], Names(self._shared["BUS_PREFIX"]))

    @property
    def _pids_file(self) -> Path:
        return self.folder / "processus.json"

    def _provision(self) -> None:
        def provision(name: str) -> None:
            done = subprocess.run(  # noqa: S603 - our own interpreter and module
                launcher(name, "provision"), env=self._shared, capture_output=True, check=False
            )
            if done.returncode:
                lines = done.stderr.decode(errors="replace").strip().splitlines()
                raise PlatformError(f"{name} : {lines[-1] if lines else 'provision impossible'}")

        # Roles are shared by the whole server: one first, so that catalogues never collide.
        provision(SERVICES[0])
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(provision, SERVICES[1:]))

    def _children(self) -> list[Child]:
        logs = self.folder / "journaux"
        logs.mkdir(exist_ok=True)
        children = [
            Child("monde-exterieur", _outbox_command(self.folder, self.addresses), self._shared,
                  log=logs / "monde-exterieur.log")
        ]  # fmt: skip
        kinds = ("api",) if self.is_embedded else ("api", "relay")
        for name in SERVICES:
            own = env.of_service(self._shared, self.folder, name, self.addresses)
            for kind in kinds:
                label = f"{name}-{kind}"
                children.append(Child(label, launcher(name, kind), own, log=logs / f"{label}.log"))
        if self.is_embedded:
            own = {**self._shared, "RELAY_PORT": str(self.addresses.local_relay)}
            children.append(
                Child("relais-local", launcher("local-relay"), own, log=logs / "relais-local.log")
            )
        return children

    def _watch(self) -> None:
        sampled_at = 0.0
        while not self._watching.wait(_WATCH_SECONDS):
            if self.postgres:
                self.postgres.revive()
            if self._supervisor.revive():
                self._keep_pids()
            if time.monotonic() - sampled_at > _SAMPLE_SECONDS:
                self.meter.sample(self.processes)
                sampled_at = time.monotonic()

    def _keep_pids(self) -> None:
        alive = [each.pid for each in self._supervisor.children if each.pid]
        born = {
            str(pid): psutil.Process(pid).create_time() for pid in alive if psutil.pid_exists(pid)
        }
        fresh = self._pids_file.with_suffix(".new")
        fresh.write_text(json.dumps(born))
        fresh.replace(self._pids_file)

    def _wait_ready(self) -> None:
        pool = urllib3.PoolManager(timeout=2.0, retries=False)
        deadline = time.monotonic() + _READY_SECONDS
        for name, url in self.addresses.urls.items():
            while not _is_ready(pool, f"{url}/readyz"):
                if time.monotonic() > deadline:
                    log = self.folder / "journaux" / f"{name}-api.log"
                    raise PlatformError(f"{name} n’est pas prêt après une minute ; voir {log}")
                time.sleep(0.1)


def _is_ready(pool: urllib3.PoolManager, url: str) -> bool:
    try:
        return pool.request("GET", url).status == 200
    except (urllib3.exceptions.HTTPError, OSError):
        return False


def _end_survivors(pids_file: Path) -> None:
    """End the processes a killed driver left behind, recognised by id and time of birth."""
    try:
        born = json.loads(pids_file.read_text())
    except (OSError, ValueError):
        return
    survivors = []
    for pid, created in born.items():
        try:
            process = psutil.Process(int(pid))
            if abs(process.create_time() - created) < 0.01:
                process.terminate()
                survivors.append(process)
        except psutil.Error:
            continue
    _, late = psutil.wait_procs(survivors, timeout=20)
    for process in late:
        process.kill()
    pids_file.unlink(missing_ok=True)


def _outside_world(addresses: env.Addresses) -> dict[str, str]:
    """A mail server and an SMS provider of our own, so that no real message ever leaves."""
    return {
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(addresses.smtp),
        "SMTP_STARTTLS": "false",
        "SENDER_ADDRESS": "ne-pas-repondre@example.org",
        "SMS_URL": f"http://127.0.0.1:{addresses.sms}/v1/sms",
        "SMS_TOKEN": "jeton-de-demonstration",
    }


def _outbox_command(folder: Path, addresses: env.Addresses) -> list[str]:
    ports = ["--smtp-port", str(addresses.smtp), "--http-port", str(addresses.sms)]
    box = ["--file", str(folder / "boite.jsonl")]
    return [sys.executable, "-m", "demo.outbox_sink", *ports, *box]
