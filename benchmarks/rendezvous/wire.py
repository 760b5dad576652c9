"""A client that costs little: prepared requests over kept connections, one thread."""

from __future__ import annotations

import json
import selectors
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any


@dataclass
class Answers:
    """What came back, in the order it came, and how long all of it took."""

    seconds: float = 0.0
    statuses: list[int] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)

    def expect(self, status: int) -> Answers:
        """Raise RuntimeError unless every answer has this status."""
        for found, body in zip(self.statuses, self.bodies, strict=True):
            if found != status:
                raise RuntimeError(f"réponse {found} au lieu de {status} : {body[:300]!r}")
        return self


def request(
    method: str, path: str, headers: Mapping[str, str], document: Any | None = None
) -> bytes:
    """One request, ready to send."""
    body = b"" if document is None else json.dumps(document).encode()
    told = dict(headers) | {"Host": "127.0.0.1", "Content-Length": str(len(body))}
    if body:
        told["Content-Type"] = "application/json"
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body


class Link:
    """So many connections to one server at a time."""

    def __init__(self, port: int, connections: int = 1) -> None:
        self._port = port
        self._connections = connections

    def send(self, requests: Sequence[bytes]) -> Answers:
        """Send them all, never more than one at a time on a connection."""
        answers, left = Answers(), iter(requests)
        with ExitStack() as open_, selectors.DefaultSelector() as selector:
            # Opened for each series: a server closes what stays idle while the other side runs.
            sockets = [open_.enter_context(_connect(self._port)) for _ in range(self._connections)]
            started = perf_counter()
            # The sockets come first: `zip` looks no further, and draws no request too many.
            for each, wanted in zip(sockets, left, strict=False):
                selector.register(each, selectors.EVENT_READ, _Waiting.after(each, wanted))
            self._turn(selector, left, answers)
            answers.seconds = perf_counter() - started
        return answers

    @staticmethod
    def _turn(selector: selectors.BaseSelector, left: Iterator[bytes], answers: Answers) -> None:
        while selector.get_map():
            for key, _ in selector.select():
                link: Any = key.fileobj
                waiting: _Waiting = key.data
                if not waiting.read(link):
                    continue
                answers.statuses.append(waiting.status)
                answers.bodies.append(waiting.body)
                answers.latencies.append(perf_counter() - waiting.since)
                following = next(left, None)
                if following is None:
                    selector.unregister(link)
                else:
                    selector.modify(link, selectors.EVENT_READ, _Waiting.after(link, following))


@dataclass
class _Waiting:
    """An answer as it arrives."""

    since: float
    received: bytes = b""
    status: int = 0
    body: bytes = b""

    @classmethod
    def after(cls, link: socket.socket, wanted: bytes) -> _Waiting:
        link.sendall(wanted)
        return cls(perf_counter())

    def read(self, link: socket.socket) -> bool:
        """Take what is there; True once the answer is whole."""
        chunk = link.recv(1 << 18)
        if not chunk:
            raise ConnectionError("le serveur a fermé la connexion")
        self.received += chunk
        head, separator, body = self.received.partition(b"\r\n\r\n")
        if not separator or len(body) < _length(head.split(b"\r\n")[1:]):
            return False
        self.status, self.body = int(head[9:12]), body
        return True


def _length(lines: Iterable[bytes]) -> int:
    for line in lines:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise RuntimeError("réponse sans longueur")


def _connect(port: int) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), timeout=60)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made
