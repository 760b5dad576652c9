"""Children are kept alive, patiently, and none outlives the supervisor's stop."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import psutil
import pytest

from chassis import supervisor
from chassis.supervisor import Child, Supervisor
from tests.chassis.processes import ROOT, eventually, free_port

DIES = "raise SystemExit(1)"
#: Tells its id in one write, which others cannot cut in two.
LIVES = "import os, time; os.write(1, b'%d\\n' % os.getpid()); time.sleep(60)"
#: Ignores the polite signal, then says that it is ready.
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {LIVES}"
#: Drains for a while at the first signal and gives its code; gives up at the second, as ours do.
DRAINS = """
import os, signal, time
seen = []
def handle(*_):
    if seen:
        os._exit(9)
    seen.append(1)
signal.signal(signal.SIGINT, handle)
signal.signal(signal.SIGTERM, handle)
os.write(1, b'%d\\n' % os.getpid())
while not seen:
    time.sleep(0.05)
time.sleep(0.5)
os.write(1, b'drained\\n')
raise SystemExit({code})
"""


@pytest.fixture
def child(tmp_path):
    """Make children that write to a log of their own; all are gone after the test."""
    made = []

    def make(code):
        log = tmp_path / f"{len(made)}.log"
        made.append(
            Child(name=str(len(made)), command=[sys.executable, "-c", code], env={}, log=log)
        )
        return made[-1]

    yield make
    for one in made:
        one.signal(signal.SIGKILL)
        one.wait(5)


@pytest.fixture
def clock(monkeypatch):
    """The supervisor's own clock, moved by hand."""
    made = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(supervisor, "time", SimpleNamespace(monotonic=lambda: made.now))
    return made


def is_ready(one):
    return one.log.exists() and one.log.read_text().strip()


def is_gone(pid):
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def seconds_before_restart(one, clock):
    """How long it stays down once it has died."""
    assert one.wait(10)
    died_at = clock.now
    while not one.revive():
        clock.now += 0.1
    return round(clock.now - died_at, 1)


class TestRevive:
    def test_a_killed_child_is_started_again(self, child):
        one = child(LIVES)
        keeper = Supervisor([one])
        keeper.start()
        first = one.pid
        os.kill(first, signal.SIGKILL)

        revived = eventually(keeper.revive)

        assert revived == [one.name]
        assert one.pid not in (None, first)
        assert one.restarts == 1

    def test_who_lives_is_left_alone(self, child):
        one, other = child(LIVES), child(DIES)
        keeper = Supervisor([one, other])
        keeper.start()
        pid = one.pid

        assert eventually(keeper.revive) == [other.name]
        assert one.pid == pid
        assert one.restarts == 0

    def test_one_not_started_yet_is_not_restarted(self, child):
        one = child(LIVES)

        assert not one.revive()
        assert one.pid is None

    def test_waits_grow_up_to_ten_seconds(self, child, clock):
        one = child(DIES)
        one.start()

        waits = [seconds_before_restart(one, clock) for _ in range(8)]

        assert waits == sorted(waits)
        assert waits[0] < 1
        assert waits[2] > 2 * waits[0]
        assert waits[-1] == pytest.approx(10, abs=0.2)
        assert one.restarts == 8

    def test_one_that_lived_long_enough_starts_again_at_once(self, child, clock):
        one = child(DIES)
        one.start()
        for _ in range(5):
            seconds_before_restart(one, clock)

        clock.now += 11

        assert seconds_before_restart(one, clock) < 0.5

    def test_its_log_is_kept_over_restarts(self, child):
        one = child("print('vivant')")
        one.start()
        one.wait(5)
        eventually(one.revive)
        one.wait(5)

        assert one.log.read_text().split() == ["vivant", "vivant"]


class TestStop:
    def test_all_are_told_and_waited_for(self, child):
        children = [child(LIVES), child(LIVES), child(DIES)]
        keeper = Supervisor(children)
        keeper.start()
        eventually(lambda: all(is_ready(one) for one in children[:2]))
        eventually(lambda: children[2].pid is None)

        assert keeper.stop(grace_seconds=10)

        assert [one.pid for one in children] == [None, None, None]

    def test_who_ignores_it_is_killed_after_the_grace_all_share(self, child):
        deaf = [child(DEAF), child(DEAF)]
        keeper = Supervisor([*deaf, child(LIVES)])
        keeper.start()
        eventually(lambda: all(is_ready(one) for one in keeper.children))
        pids = [one.pid for one in deaf]
        started = time.monotonic()

        assert not keeper.stop(grace_seconds=0.5)

        assert 0.5 <= time.monotonic() - started < 4
        assert all(is_gone(pid) for pid in pids)

    def test_who_is_cut_short_in_its_own_way_is_told(self, child):
        keeper = Supervisor([child(LIVES), child(DRAINS.format(code=1))])
        keeper.start()
        eventually(lambda: all(is_ready(one) for one in keeper.children))

        assert not keeper.stop(grace_seconds=10)

    def test_interrupted_in_its_wait_it_leaves_nobody(self, child, monkeypatch):
        keeper = Supervisor([child(DEAF), child(LIVES)])
        keeper.start()
        eventually(lambda: all(is_ready(one) for one in keeper.children))
        pids = [one.pid for one in keeper.children]
        interrupts = iter([KeyboardInterrupt()])
        waiting = Child.wait

        def wait(one, seconds):
            for interrupt in interrupts:
                raise interrupt
            return waiting(one, seconds)

        monkeypatch.setattr(Child, "wait", wait)

        with pytest.raises(KeyboardInterrupt):
            keeper.stop(grace_seconds=10)

        assert all(is_gone(pid) for pid in pids)


class TestSupervise:
    """The whole command, in a process of its own, over tiny children."""

    @pytest.fixture
    def supervising(self):
        started = []

        def start(*codes):
            script = (
                "import sys; from chassis import supervisor\n"
                "supervisor.launcher = lambda code: [sys.executable, '-c', code]\n"
                f"sys.exit(supervisor.supervise([[code] for code in {codes!r}], 35.0))\n"
            )
            popen = subprocess.Popen(
                [sys.executable, "-c", script],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
            started.append(popen)
            return popen, [int(popen.stdout.readline()) for _ in codes]

        yield start
        for popen in started:
            for process in psutil.Process(popen.pid).children() if popen.poll() is None else []:
                process.kill()
            popen.kill()
            popen.wait(5)
            popen.stdout.close()

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_a_signal_stops_it_and_its_children(self, supervising, number):
        popen, pids = supervising(LIVES, LIVES)

        popen.send_signal(number)

        assert popen.wait(10) == 0
        assert all(is_gone(pid) for pid in pids)

    @pytest.mark.parametrize(("given", "expected"), [((0, 0), 0), ((0, 1), 1)])
    def test_ctrl_c_in_a_terminal_lets_its_children_drain(self, supervising, given, expected):
        popen, _ = supervising(*(DRAINS.format(code=code) for code in given))

        os.killpg(popen.pid, signal.SIGINT)

        assert popen.wait(10) == expected
        assert popen.stdout.read().split() == ["drained", "drained"]

    def test_a_terminal_that_closes_stops_it_too(self, supervising):
        popen, pids = supervising(LIVES)

        os.killpg(popen.pid, signal.SIGHUP)

        assert popen.wait(10) == 0
        assert all(is_gone(pid) for pid in pids)

    def test_a_killed_child_comes_back(self, supervising):
        popen, (first,) = supervising(LIVES)

        os.kill(first, signal.SIGKILL)

        second = int(popen.stdout.readline())
        assert second != first
        assert not is_gone(second)

    def test_a_second_signal_kills_the_deaf_at_once(self, supervising):
        popen, pids = supervising(DEAF, DEAF)
        popen.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert popen.poll() is None

        popen.send_signal(signal.SIGTERM)

        assert popen.wait(5) == 128 + signal.SIGTERM
        eventually(lambda: all(is_gone(pid) for pid in pids), seconds=5)


def in_terminal(pid):
    """Whom a terminal's Ctrl-C reaches: this process and its children that stayed in its group."""
    family = [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
    return [one for one in family if os.getpgid(one) == os.getpgid(pid)]


def test_ctrl_c_on_both_processes_of_a_service_answers_what_is_in_flight(bus):
    both = bus.start("compteur", "all", RELAY_PORT=str(free_port()))
    eventually(lambda: both.output.count('"started"') == 2)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(both.get, "/v1/sleep?seconds=2", **bus.bearer("agent"))
        time.sleep(0.5)
        for pid in in_terminal(both.popen.pid):
            os.kill(pid, signal.SIGINT)
        assert both.popen.wait(20) == 0
        answer = slow.result()

    assert answer.status == 200
    ended = [json.loads(line) for line in both.output.splitlines() if "stopped" in line]
    assert {one["process"]: one["exit_code"] for one in ended} == {"api": 0, "relay": 0}
