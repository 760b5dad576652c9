"""Patience: what is sent again, what is not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from demo import client as module
from demo.client import Client, Refused, Request, ServiceDown


class _Scripted(BaseHTTPRequestHandler):
    """Answers the statuses of a list, one per request; the last one for ever."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.keys.append(self.headers.get("Idempotency-Key"))
        statuses = self.server.statuses
        status, kind = statuses.pop(0) if len(statuses) > 1 else statuses[0]
        body = b'{"type":"urn:departement:probleme:%s","title":"Titre"}' % kind.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"1"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    statuses: list[tuple[int, str]]
    keys: list[str | None]


@pytest.fixture
def server() -> Iterator[_Server]:
    server = _Server(("127.0.0.1", 0), _Scripted)
    server.keys = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def _client(server: _Server) -> Client:
    return Client({"dsu": f"http://127.0.0.1:{server.server_port}"}, 2)


REQUEST = Request("dsu", "POST", "/v1/dossiers", "jeton", {"a": 1}, key="cle-du-rejeu")


def test_an_unavailable_service_is_asked_again_with_the_same_key(server: _Server) -> None:
    server.statuses = [(503, "indisponible"), (409, "demande-en-cours"), (201, "")]

    answer = _client(server).expect(REQUEST)

    assert answer.status == 201
    assert answer.etag == '"1"'
    assert server.keys == ["cle-du-rejeu"] * 3


def test_a_refusal_is_not_asked_again(server: _Server) -> None:
    server.statuses = [(409, "creneau-pris")]

    with pytest.raises(Refused, match="dsu a répondu 409 à POST /v1/dossiers : Titre"):
        _client(server).expect(REQUEST)

    assert len(server.keys) == 1


def test_an_expected_refusal_is_an_answer(server: _Server) -> None:
    server.statuses = [(409, "creneau-pris")]

    answer = _client(server).expect(REQUEST, 201, 409)

    assert answer.problem == "creneau-pris"


def test_errors_of_a_dying_process_are_forgiven_a_few_times_only(server: _Server) -> None:
    server.statuses = [(500, "erreur-interne")]

    with pytest.raises(Refused, match="500"):
        _client(server).expect(REQUEST)

    assert len(server.keys) == 5


def test_silence_ends_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.2)
    client = Client({"dsu": "http://127.0.0.1:9"}, 1)

    with pytest.raises(ServiceDown, match="dsu ne répond plus"):
        client.send(REQUEST)
