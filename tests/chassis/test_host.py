"""The api process for what it is: a real one, that drains, stays green and says nothing of bugs."""

import json
import re
import signal
import socket
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from unittest.mock import Mock
from uuid import uuid4

import eventlet
import psutil
import pytest
from eventlet.event import Event as EventletEvent

from chassis.host.process import _stop_when_dead
from tests.chassis.processes import eventually, free_port


@pytest.fixture(scope="module")
def api(_platform):
    """One process for the tests that leave it as it was."""
    return _platform.start("compteur", "api")


@pytest.fixture
def own_api(platform):
    """A process to stop or kill."""
    return platform.start("compteur", "api")


@pytest.fixture(scope="module")
def agent(_platform):
    return _platform.bearer("agent")


def raw(port, request: bytes, *, seconds=10) -> bytes:
    """Send bytes, read until the server closes or falls silent."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as link:
        link.sendall(request)
        received = b""
        try:
            while chunk := link.recv(65536):
                received += chunk
        except TimeoutError:
            pass
        return received


def create(api, agent, *, key=None):
    """A new counter; with a key, its label is the key."""
    key = key or str(uuid4())
    return api.request(
        "POST",
        "/v1/compteurs",
        headers=agent | {"Idempotency-Key": key, "Content-Type": "application/json"},
        body=json.dumps({"label": key}),
    )


class TestGreen:
    def test_five_sleeping_queries_take_the_time_of_one(self, api, agent):
        api.get("/v1/sleep?seconds=0", **agent)
        started = time.monotonic()

        with ThreadPoolExecutor(5) as pool:
            answers = list(pool.map(lambda _: api.get("/v1/sleep?seconds=1", **agent), range(5)))

        assert [answer.status for answer in answers] == [200] * 5
        assert time.monotonic() - started < 2

    def test_a_stalled_loop_shows_in_the_metrics(self, api, agent):
        assert api.get("/v1/stall", **agent).status == 200

        def stall():
            text = api.get("/metrics").body.decode()
            return float(re.search(r"^hub_stall_seconds (\S+)", text, re.M)[1])

        assert eventually(lambda: stall() > 0.3)

    def test_probes_answer_while_every_worker_is_busy(self, platform, agent):
        api = platform.start("compteur", "api", WORKERS="1")

        with ThreadPoolExecutor(2) as pool:
            busy = [pool.submit(api.get, "/v1/sleep?seconds=2", **agent) for _ in range(2)]
            time.sleep(0.3)
            started = time.monotonic()
            assert api.get("/livez").status == 200
            assert api.get("/readyz").status == 200
            assert time.monotonic() - started < 1
            assert [one.result().status for one in busy] == [200, 200]

    def test_metrics_are_exposed(self, api, agent):
        def created(text):
            counted = r'http_request_seconds_count{.*route="/v1/compteurs",status="201"} (\S+)'
            found = re.search(counted, text)
            return float(found.group(1)) if found else 0.0

        before = created(api.get("/metrics").body.decode())
        create(api, agent)

        text = api.get("/metrics").body.decode()

        for name in ("database_pool_size", "inbox_waiting", "parked", "due_oldest_late_seconds"):
            assert f"\n{name} " in text
        assert created(text) == before + 1


class TestDrain:
    def test_a_request_in_flight_is_answered_then_the_process_ends_cleanly(self, own_api, agent):
        with ThreadPoolExecutor(1) as pool:
            slow = pool.submit(own_api.get, "/v1/sleep?seconds=2", **agent)
            time.sleep(0.5)
            assert own_api.terminate() == 0
            answer = slow.result()

        assert answer.status == 200
        assert answer.headers["Connection"] == "close"
        assert json.loads(own_api.output.splitlines()[-1])["exit_code"] == 0

    def test_a_second_signal_ends_it_at_once(self, own_api, agent):
        with ThreadPoolExecutor(1) as pool:
            slow = pool.submit(own_api.get, "/v1/sleep?seconds=4", **agent)
            time.sleep(0.5)
            own_api.popen.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            started = time.monotonic()
            assert own_api.terminate() == 128 + signal.SIGTERM
            assert time.monotonic() - started < 1
            assert isinstance(slow.exception(), Exception)

    def test_an_idle_kept_connection_does_not_hold_the_stop(self, own_api):
        with socket.create_connection(("127.0.0.1", own_api.port)) as link:
            link.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b"200" in link.recv(100)
            started = time.monotonic()
            assert own_api.terminate() == 0
        assert time.monotonic() - started < 4

    def test_a_handler_that_runs_finishes_and_does_nothing_twice(self, platform):
        with platform.database("miroir") as cursor:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN PERFORM pg_sleep(1); RETURN NEW; END $$;"
                "CREATE TRIGGER slow BEFORE INSERT ON effect"
                " FOR EACH ROW EXECUTE FUNCTION slow()"
            )
        try:
            self.check_stop_during_handler(platform)
        finally:
            with platform.database("miroir") as cursor:
                cursor.execute("DROP TRIGGER slow ON effect")

    def check_stop_during_handler(self, platform):
        compteur = platform.start("compteur", "api")
        create(compteur, platform.bearer("agent"))
        platform.spawn("local-relay", RELAY_PORT=str(free_port()))
        mirror = platform.start("miroir", "api")
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
        eventually(lambda: platform.scalar("miroir", waiting))

        assert mirror.terminate() == 0

        assert platform.column("miroir", "SELECT value FROM effect") == [0]
        again = platform.start("miroir", "api")
        time.sleep(0.5)
        assert again.terminate() == 0
        assert platform.column("miroir", "SELECT state FROM inbox") == ["applied"]
        assert platform.column("miroir", "SELECT value FROM effect") == [0]

    def test_out_of_file_descriptors_it_waits_and_serves_again(self, platform):
        api = platform.start("compteur", "api")
        process = psutil.Process(api.popen.pid)
        process.rlimit(psutil.RLIMIT_NOFILE, (process.num_fds() + 5, 4096))

        links = [socket.create_connection(("127.0.0.1", api.port)) for _ in range(20)]
        time.sleep(0.5)
        for link in links:
            link.close()

        assert eventually(api.is_up)
        assert api.terminate() == 0

    def test_a_process_whose_container_died_ends(self):
        container, stop = SimpleNamespace(wait=Mock(side_effect=OSError)), EventletEvent()

        eventlet.spawn(_stop_when_dead, container, stop)

        with eventlet.Timeout(2):
            stop.wait()


class TestRoughClients:
    def test_clients_that_reset_do_not_hurt_the_process(self, api, agent):
        token = agent["Authorization"].encode()
        for _ in range(10):
            link = socket.create_connection(("127.0.0.1", api.port))
            link.sendall(
                b"GET /v1/sleep?seconds=0.2 HTTP/1.1\r\nHost: x\r\nAuthorization: "
                + token
                + b"\r\n\r\n"
            )
            time.sleep(0.02)
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            link.close()
        half = socket.create_connection(("127.0.0.1", api.port))
        half.sendall(b"POST /v1/comp")
        half.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        half.close()
        time.sleep(0.5)

        assert api.get("/livez").status == 200

    def test_a_chunked_body_over_the_limit_is_refused(self, api, agent):
        head = (
            "POST /v1/compteurs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            f"Authorization: {agent['Authorization']}\r\nIdempotency-Key: {uuid4()}\r\n"
            "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        ).encode()
        chunk = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"

        answer = raw(api.port, head + chunk * 20 + b"0\r\n\r\n")

        assert b"413" in answer.split(b"\r\n")[0]
        assert b"corps-trop-grand" in answer

    def test_a_chunked_body_is_read_like_any_other(self, api, agent):
        body = b'{"label": "par morceaux"}'
        head = (
            "POST /v1/compteurs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            f"Authorization: {agent['Authorization']}\r\nIdempotency-Key: {uuid4()}\r\n"
            "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        ).encode()

        answer = raw(api.port, head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))

        assert b"201" in answer.split(b"\r\n")[0]

    def test_a_huge_declared_body_is_refused_without_being_waited_for(self, api, agent):
        started = time.monotonic()

        answer = raw(
            api.port,
            (
                "POST /v1/compteurs HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n"
                f"Authorization: {agent['Authorization']}\r\n\r\n"
            ).encode(),
            seconds=2,
        )

        assert b"413" in answer.split(b"\r\n")[0]
        assert time.monotonic() - started < 1.5


class TestErrors:
    def test_a_bug_says_nothing_of_itself(self, api, agent):
        answer = api.get("/v1/bug", **agent, **{"X-Correlation-Id": "not-one"})

        assert answer.status == 500
        assert answer.json["type"] == "urn:departement:probleme:erreur-interne"
        assert answer.json["correlation_id"] == answer.headers["X-Correlation-Id"]
        assert b"185057" not in answer.body
        eventually(lambda: "RuntimeError" in api.output)
        assert "185057" not in api.output
        assert "Durand" not in api.output
        assert answer.json["correlation_id"] in api.output

    def test_unknown_addresses_and_methods_are_problems_in_french(self, api):
        missing, refused = api.get("/v1/rien"), api.request("DELETE", "/v1/compteurs")

        assert (missing.status, missing.json["type"]) == (
            404,
            "urn:departement:probleme:route-inconnue",
        )
        assert (refused.status, refused.json["type"]) == (
            405,
            "urn:departement:probleme:methode-refusee",
        )
        assert set(refused.headers["Allow"].split(", ")) >= {"GET", "POST"}
        assert missing.headers["Content-Type"] == "application/problem+json"

    def test_the_log_holds_no_query_string_and_no_token(self, api, agent):
        api.get("/v1/sleep?seconds=0", **agent)

        eventually(lambda: "/v1/sleep" in api.output)
        assert "seconds=0" not in api.output
        assert agent["Authorization"][7:40] not in api.output


class TestTwice:
    def test_killed_after_the_commit_the_same_key_gets_the_same_answer(self, platform, agent):
        first = platform.start("compteur", "api")
        before = create(first, agent, key="cle-de-test")
        first.kill()
        second = platform.start("compteur", "api")

        again = create(second, agent, key="cle-de-test")

        assert (again.status, again.body) == (before.status, before.body)
        assert again.headers["ETag"] == before.headers["ETag"]
        assert platform.scalar("compteur", "SELECT count(*) FROM outbox") == 1

    def test_two_processes_of_one_service_serve_side_by_side(self, api, own_api, agent):
        one, other = own_api, api

        created = create(one, agent).json

        assert other.get(f"/v1/compteurs/{created['id']}", **agent).json == created
        assert one.terminate() == 0
        assert other.get("/readyz").status == 200
