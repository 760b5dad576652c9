"""Reads of other services fail closed: no answer, or not what was agreed, is Unavailable."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from uuid import UUID

import pytest
from marshmallow import fields

from chassis.errors import NotFound, Unavailable
from chassis.ids import new_id
from chassis.neighbours import IDS_PER_CALL, AnswerSchema, HttpNeighbours, ask, ask_about, find
from chassis.testing import FakeNeighbours

SECRET = "camille@exemple.fr"


class Answer(AnswerSchema):
    known = fields.Boolean(required=True)
    ids = fields.List(fields.UUID())


READS = Answer()


@pytest.fixture
def server():
    class Neighbour(BaseHTTPRequestHandler):
        def do_GET(self):
            status, body = {
                "/ok": (200, b'{"known": true, "more": 1}'),
                "/none": (404, b"{}"),
                "/broken": (500, b"{}"),
                "/page": (200, b"<html>" + SECRET.encode()),
                "/other": (200, json.dumps({"known": SECRET}).encode()),
            }[self.path]
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Neighbour) as listening:
        thread = Thread(target=listening.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join()


@pytest.fixture
def neighbours(server):
    http = HttpNeighbours(
        urls={"voisin": server, "absent": "http://127.0.0.1:1"}, token=lambda: "t"
    )
    yield http
    http._pool.clear()


def test_what_was_agreed_is_read_and_the_rest_ignored(neighbours):
    assert ask(neighbours, "voisin", "/ok", READS) == {"known": True}


def test_what_a_service_does_not_know_is_found_to_be_nothing(neighbours):
    assert find(neighbours, "voisin", "/none", READS) is None
    with pytest.raises(NotFound):
        ask(neighbours, "voisin", "/none", READS)


@pytest.mark.parametrize(
    ("service", "path"),
    [("voisin", "/broken"), ("voisin", "/page"), ("voisin", "/other"), ("absent", "/ok")],
)
def test_anything_else_is_unavailable_and_never_quoted(neighbours, service, path):
    with pytest.raises(Unavailable) as refusal:
        ask(neighbours, service, path, READS)

    assert SECRET not in f"{refusal.value}{refusal.value.detail}"


def test_many_ids_are_asked_once_each_some_at_a_time():
    fake = FakeNeighbours()
    fake.answers["voisin", "/ids"] = lambda body: {"known": True, "ids": body["ids"]}
    wanted = [new_id() for _ in range(IDS_PER_CALL + 1)]

    answers = list(ask_about(fake, "voisin", "/ids", READS, ids=[*wanted, wanted[0]]))

    assert [len(answer["ids"]) for answer in answers] == [IDS_PER_CALL, 1]
    assert [UUID(one) for _, _, body in fake.asked for one in body["ids"]] == sorted(wanted)
