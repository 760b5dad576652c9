"""A task of the relay that hangs shows in /livez, whichever it is."""

import sys
from threading import Event, Thread
from types import SimpleNamespace

import pytest
import urllib3

from chassis.relay import process, turns
from chassis.relay.turns import Turns


@pytest.fixture
def clock(monkeypatch):
    """The clock of the turns, moved by hand."""
    made = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(turns, "time", SimpleNamespace(monotonic=lambda: made.now))
    return made


def test_a_thread_that_no_longer_turns_is_stuck_until_it_turns_again(clock):
    marked = Turns()
    marked.mark("publisher")
    marked.mark("consumer")
    clock.now += 61
    marked.mark("consumer")

    assert marked.stuck() == ["publisher"]
    marked.mark("publisher")
    assert marked.stuck() == []


def test_a_thread_that_ended_is_not_stuck(clock):
    marked = Turns()
    marked.mark("feed caf")
    marked.end("feed caf")
    marked.end("feed caf")
    clock.now += 61

    assert marked.stuck() == []


@pytest.fixture
def restless():
    """Threads take turns every microsecond."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("restless")
def test_threads_that_come_and_go_do_not_disturb_the_probe():
    marked, stop = Turns(), Event()

    def come_and_go():
        while not stop.is_set():
            for number in range(100):
                marked.mark(str(number))
            for number in range(100):
                marked.end(str(number))

    other = Thread(target=come_and_go)
    other.start()
    try:
        assert all(marked.stuck() == [] for _ in range(2000))
    finally:
        stop.set()
        other.join()


def test_a_side_task_that_hangs_shows_in_livez(compteur, monkeypatch, clock):
    """The side task marks a first turn, then nothing more."""
    started, hanging = Event(), Event()

    def feed(runtime, stop, marked):
        marked.mark("feed")
        started.set()
        hanging.wait(10)

    monkeypatch.setattr(process, "side_task_of", lambda service: feed)
    marked, stop = Turns(), Event()
    (task,) = process._side_task(compteur.settings, stop, marked).values()
    thread = Thread(target=task)
    thread.start()
    server = process._probe_server("127.0.0.1", 0, marked)
    Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/livez"
    try:
        assert started.wait(5)
        assert urllib3.request("GET", url).status == 200
        clock.now += 61
        answer = urllib3.request("GET", url)
    finally:
        hanging.set()
        thread.join()
        server.shutdown()
        server.server_close()

    assert (answer.status, answer.data) == (503, b"feed")
