"""A RabbitMQ of our own: its folder, ports, cookie and port mapper; nothing stays of it."""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import amqp
import psutil
from kombu import Connection

from demo.environment import free_ports

#: Debian puts in the PATH a wrapper that changes user, who could not write in our folder.
_SCRIPTS = Path("/usr/lib/rabbitmq/bin")
_START_SECONDS = 60
_STOP_SECONDS = 10
_TOLD_LINES = 30


class NoBroker(Exception):
    """No RabbitMQ, and none can be started. The text says what to do."""


def answers(uri: str) -> bool:
    """Whether a broker accepts us there."""
    try:
        with Connection(uri, connect_timeout=3) as connection:
            connection.connect()
    except (OSError, amqp.AMQPError):
        return False
    return True


@contextmanager
def private_node(server: Path) -> Iterator[dict[str, str]]:
    """A node that answers: AMQP_URI, and a PATH whose `rabbitmqctl` joins it."""
    port, distribution, mapper = free_ports(3)
    uri = f"amqp://guest:guest@127.0.0.1:{port}//"
    with TemporaryDirectory(prefix="rabbitmq-") as name:
        folder = Path(name)
        settings = _settings(folder, port, distribution, mapper)
        log = folder / "sortie.log"
        with ExitStack() as stack:
            _start(stack, _mapper(server, mapper), settings, log)
            node = _start(stack, [str(server)], settings, log)
            if not _wait(node, lambda: answers(uri)):
                raise NoBroker(f"rabbitmq-server ne démarre pas. Il a dit :\n{_tail(log)}")
            path = _own_ctl(folder, server, settings)
            yield {"AMQP_URI": uri, "PATH": f"{path}{os.pathsep}{os.environ.get('PATH', '')}"}


def find_server() -> Path:
    """The installed server; installed first when root. Raises NoBroker."""
    found = _installed()
    if found:
        return found
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise NoBroker(
            "RabbitMQ introuvable : installez rabbitmq-server, ou donnez AMQP_URI=amqp://…"
        )
    for command in (["update"], ["install", "-y", "--no-install-recommends", "rabbitmq-server"]):
        done = subprocess.run(
            ["apt-get", "-q", *command],
            check=False,
            stdout=subprocess.DEVNULL,
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        )
        if done.returncode:
            raise NoBroker(f"apt-get {command[0]} a échoué : installez rabbitmq-server")
    found = _installed()
    if not found:
        raise NoBroker("rabbitmq-server a été installé mais reste introuvable")
    return found


def _installed() -> Path | None:
    places = f"{_SCRIPTS}:{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    found = shutil.which("rabbitmq-server", path=places)
    return Path(found) if found else None


def _settings(folder: Path, port: int, distribution: int, mapper: int) -> dict[str, str]:
    """Nothing of the machine's own node: neither its files under /etc nor its port mapper."""
    (folder / "rabbitmq.conf").write_text(
        f"listeners.tcp.default = 127.0.0.1:{port}\nlog.console.level = info\n"
    )
    (folder / "advanced.config").write_text("[].\n")
    (folder / "conf.d").mkdir()
    cookie = folder / ".erlang.cookie"
    cookie.touch(mode=0o600)
    cookie.write_text(secrets.token_hex(16))
    return {
        "HOME": str(folder),
        "ERL_EPMD_PORT": str(mapper),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODENAME": f"tests{os.getpid()}@localhost",
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        "RABBITMQ_CONF_ENV_FILE": str(folder / "absent"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_CONFIG_FILES": str(folder / "conf.d"),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_PID_FILE": str(folder / "pid"),
    }


def _mapper(server: Path, port: int) -> list[str]:
    """Erlang's port mapper as our child: the one a node starts by itself outlives it."""
    epmd = shutil.which("epmd")
    if epmd is None:
        raise NoBroker(f"epmd introuvable (livré avec Erlang, comme {server} le demande)")
    return [epmd, "-port", str(port), "-address", "127.0.0.1"]


def _start(
    stack: ExitStack, command: list[str], settings: Mapping[str, str], log: Path
) -> subprocess.Popen[bytes]:
    """In a session of its own: the terminal's Ctrl-C is for the tests, which still need it."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            env=os.environ | settings,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    stack.callback(_stop, process)
    return process


def _stop(process: subprocess.Popen[bytes]) -> None:
    """At once, with all it started: a node that boots is deaf, and its data are worth nothing."""
    family = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
    psutil.wait_procs(family, timeout=_STOP_SECONDS)


def _wait(node: subprocess.Popen[bytes], is_up: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and node.poll() is None:
        if is_up():
            return True
        time.sleep(0.2)
    return False


def _own_ctl(folder: Path, server: Path, settings: Mapping[str, str]) -> Path:
    """A `rabbitmqctl` that joins this node, whatever the machine's own would join."""
    path = folder / "bin"
    path.mkdir()
    script = path / "rabbitmqctl"
    given = " ".join(f"{name}={shlex.quote(value)}" for name, value in settings.items())
    script.write_text(f'#!/bin/sh\n{given} exec {server.parent}/rabbitmqctl "$@"\n')
    script.chmod(0o755)
    return path


def _tail(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    return "\n".join(lines[-_TOLD_LINES:])
