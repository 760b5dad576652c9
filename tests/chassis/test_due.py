"""Work that falls due is done once, at trade time, and one bad item holds no other."""

from collections.abc import Sequence
from datetime import timedelta
from threading import Event, Thread, Timer
from types import SimpleNamespace
from uuid import uuid4

import pytest
import sqlalchemy as sa

from chassis import due
from chassis.correlation import current
from chassis.deadlines import Deadlines
from chassis.ids import new_id
from chassis.testing import START, published, run_due
from tests.chassis.sample.compteur.persistence import Compteur


@pytest.fixture
def runtime(service_runtime):
    return service_runtime("compteur")


@pytest.fixture
def with_deadlines(runtime, monkeypatch):
    """Replace the service's workers for one test."""

    def replace(deadlines: Deadlines):
        service = SimpleNamespace(**vars(runtime.service) | {"deadlines": deadlines})
        monkeypatch.setattr(runtime, "service", service)
        return runtime

    return replace


def plan(runtime, subject=None, *, kind="increment", after=timedelta(0), payload=None):
    subject = subject or str(uuid4())
    runtime.transaction(lambda uow: uow.schedule(kind, subject, START + after, payload))
    return subject


def counter(runtime, label=None):
    made = Compteur(id=new_id(), label=label or str(new_id()))
    runtime.transaction(lambda uow: uow.session.add(made))
    return made.id


def rows(runtime):
    """{subject: row of due work}"""
    with runtime.engine.connect() as connection:
        found = connection.execute(sa.select(runtime.tables.due)).mappings()
        return {row["subject"]: row for row in found}


def test_work_waits_for_trade_time_not_for_real_time(runtime):
    key = counter(runtime)
    plan(runtime, str(key), after=timedelta(hours=2))

    assert run_due(runtime) == 0
    runtime.clock.set(START + timedelta(hours=2))
    assert run_due(runtime) == 1
    assert run_due(runtime) == 0

    assert rows(runtime)[str(key)]["done_at"] == START + timedelta(hours=2)
    assert [event.data["value"] for event in published(runtime)] == [1]


def test_a_batch_larger_than_one_round_is_done_in_rounds(runtime):
    for _ in range(12):
        plan(runtime, str(counter(runtime)))

    assert due.run_due(runtime, limit=5) == due.Round(done=5, remaining=7, postponed=0)
    assert run_due(runtime) == 7


def test_one_bad_item_is_postponed_and_the_others_are_done(runtime):
    good = [counter(runtime) for _ in range(3)]
    bad = counter(runtime, label="boom")
    for key in (good[0], bad, *good[1:]):
        plan(runtime, str(key))

    assert run_due(runtime) == 3

    found = rows(runtime)
    assert all(found[str(key)]["done_at"] for key in good)
    assert found[str(bad)]["done_at"] is None
    assert found[str(bad)]["attempts"] == 1
    assert found[str(bad)]["error_class"] == "RuntimeError"
    assert run_due(runtime) == 0, "it waits for its back-off"


def test_a_postponed_item_is_tried_again_with_a_growing_wait(runtime):
    bad = counter(runtime, label="boom")
    plan(runtime, str(bad))
    waits = []

    for _ in range(3):
        run_due(runtime)
        row = rows(runtime)[str(bad)]
        with runtime.engine.begin() as connection:
            now = connection.scalar(sa.select(sa.func.now()))
            waits.append(round((row["retry_at"] - now).total_seconds()))
            connection.execute(sa.update(runtime.tables.due).values(retry_at=sa.func.now()))

    assert waits == [5, 10, 20]


def test_two_workers_share_the_work_and_nothing_is_done_twice(with_deadlines):
    deadlines, seen, first_in, go = Deadlines(), [], Event(), Event()

    @deadlines.due("share")
    def work(uow, items: Sequence):
        seen.extend(item.subject for item in items)
        first_in.set()
        go.wait(5)

    runtime = with_deadlines(deadlines)
    for _ in range(6):
        plan(runtime, kind="share")

    slow = Thread(target=lambda: due.run_due(runtime, limit=3))
    slow.start()
    first_in.wait(5)
    go.set()
    due.run_due(runtime, limit=3)
    slow.join()

    assert len(seen) == len(set(seen)) == 6


def test_only_the_item_that_failed_is_postponed_when_others_look_too(with_deadlines):
    deadlines = Deadlines()
    runtime = with_deadlines(deadlines)
    bad = plan(runtime, "bad", kind="x")
    innocent = plan(runtime, "innocent", kind="x", after=timedelta(seconds=1))
    runtime.clock.set(START + timedelta(minutes=1))
    table, failures = runtime.tables.due, []
    rival = runtime.engine.connect()

    @deadlines.due("x")
    def work(uow, items: Sequence):
        if items[0].subject != bad:
            return
        failures.append(bad)
        if len(failures) == 2:  # alone this time: a rival takes it as soon as it is let go
            uow.session.rollback()
            rival.execute(sa.select(table).where(table.c.subject == bad).with_for_update())
            Timer(0.3, rival.rollback).start()
        raise RuntimeError

    due.run_due(runtime)
    rival.close()

    assert rows(runtime)[innocent]["attempts"] == 0
    assert rows(runtime)[bad]["attempts"] == 1


def test_work_that_plans_itself_again_is_still_to_do(with_deadlines):
    deadlines = Deadlines()

    @deadlines.due("daily")
    def work(uow, items: Sequence):
        for item in items:
            uow.schedule("daily", item.subject, item.due_at + timedelta(days=1))

    runtime = with_deadlines(deadlines)
    plan(runtime, "s", kind="daily")

    assert run_due(runtime) == 1

    assert rows(runtime)["s"]["due_at"] == START + timedelta(days=1)
    assert rows(runtime)["s"]["done_at"] is None


def test_a_worker_knows_what_set_its_work_in_motion(with_deadlines):
    deadlines, seen = Deadlines(), []

    @deadlines.due("who")
    def work(uow, items: Sequence):
        seen.extend((item.correlation_id, item.payload) for item in items)

    runtime = with_deadlines(deadlines)
    plan(runtime, "s", kind="who", payload={"n": 1})
    run_due(runtime)

    assert seen == [(rows(runtime)["s"]["correlation_id"], {"n": 1})]


class TestOutside:
    """Work with effects outside the database is lent, so that a crash brings it back."""

    @pytest.fixture
    def lent(self, with_deadlines):
        deadlines = Deadlines()
        calls: list[list[str]] = []
        behaviour = SimpleNamespace(run=lambda runtime, items: None)

        @deadlines.outside("send")
        def send(runtime, items):
            calls.append([item.subject for item in items])
            behaviour.run(runtime, items)

        return SimpleNamespace(runtime=with_deadlines(deadlines), calls=calls, behaviour=behaviour)

    @staticmethod
    def finish(runtime, items):
        with runtime.unit_of_work() as uow:
            due.finish(uow, [item.id for item in items])
            uow.commit()

    def test_finished_work_never_comes_back(self, lent):
        lent.behaviour.run = self.finish
        plan(lent.runtime, "s", kind="send")

        assert due.run_due(lent.runtime).done == 1
        assert due.run_due(lent.runtime) == due.Round(done=0, remaining=0, postponed=0)

    def test_after_a_crash_it_comes_back_when_the_lease_ends(self, lent, monkeypatch):
        def crash(runtime, items):
            raise RuntimeError

        lent.behaviour.run = crash
        monkeypatch.setattr(due, "LEASE", timedelta(seconds=0.3))
        plan(lent.runtime, "s", kind="send")

        due.run_due(lent.runtime)
        due.run_due(lent.runtime)
        assert lent.calls == [["s"]], "lent: nobody else takes it"
        Event().wait(0.35)
        lent.behaviour.run = self.finish
        due.run_due(lent.runtime)

        assert lent.calls == [["s"], ["s"]]
        assert rows(lent.runtime)["s"]["done_at"] == START

    def test_a_plan_replaced_while_it_was_lent_is_still_to_do(self, lent):
        def replaced_meanwhile(runtime, items):
            plan(runtime, "s", kind="send", after=timedelta(hours=1))
            self.finish(runtime, items)

        lent.behaviour.run = replaced_meanwhile
        plan(lent.runtime, "s", kind="send")
        due.run_due(lent.runtime)

        lent.runtime.clock.set(START + timedelta(hours=1))
        lent.behaviour.run = self.finish
        assert due.run_due(lent.runtime).done == 1

    def test_an_item_handed_back_waits_its_delay(self, lent):
        def hand_back(runtime, items):
            with runtime.unit_of_work() as uow:
                due.postpone(uow, items[0].id, timedelta(minutes=5), "Busy")
                uow.commit()

        lent.behaviour.run = hand_back
        plan(lent.runtime, "s", kind="send")

        due.run_due(lent.runtime)

        row = rows(lent.runtime)["s"]
        assert (row["attempts"], row["error_class"]) == (1, "Busy")
        assert due.run_due(lent.runtime) == due.Round(done=0, remaining=0, postponed=1)


class TestApart:
    """One item, one transaction; what fails is put off and holds up none of the others."""

    @pytest.fixture
    def apart(self, with_deadlines):
        deadlines = Deadlines()
        behaviour = SimpleNamespace(act=lambda uow, item: None, answers=[])

        def one(runtime, item):
            behaviour.answers.append(due.in_one(runtime, item, behaviour.act))

        @deadlines.outside("apart")
        def work(runtime, items):
            due.work_apart(runtime, items, one, again_in=timedelta(minutes=5))

        behaviour.runtime = with_deadlines(deadlines)
        return behaviour

    def test_each_is_done_and_finished_in_a_transaction_of_its_own(self, apart):
        sessions = []
        apart.act = lambda uow, item: sessions.append(uow) or item.subject
        for subject in "abc":
            plan(apart.runtime, subject, kind="apart")

        run_due(apart.runtime)

        assert sorted(apart.answers) == ["a", "b", "c"]
        assert len(set(map(id, sessions))) == 3
        assert all(row["done_at"] for row in rows(apart.runtime).values())

    def test_one_that_fails_leaves_nothing_is_put_off_and_holds_up_no_other(self, apart):
        made = {subject: new_id() for subject in "abc"}

        def act(uow, item):
            uow.session.add(Compteur(id=made[item.subject], label=item.subject))
            uow.session.flush()
            if item.subject == "b":
                raise ValueError("secret")

        apart.act = act
        for place, subject in enumerate("abc"):
            plan(apart.runtime, subject, kind="apart", after=timedelta(seconds=place))
        apart.runtime.clock.set(START + timedelta(minutes=1))

        run_due(apart.runtime)

        found = rows(apart.runtime)
        assert {subject for subject, row in found.items() if row["done_at"]} == {"a", "c"}
        assert (found["b"]["attempts"], found["b"]["error_class"]) == (1, "ValueError")
        with apart.runtime.engine.connect() as connection:
            kept = set(connection.scalars(sa.select(Compteur.id)))
        assert kept == {made["a"], made["c"]}
        assert run_due(apart.runtime) == 0, "it waits its delay"

    def test_each_knows_what_set_it_in_motion(self, apart):
        seen = {}
        apart.act = lambda uow, item: seen.update({item.subject: current().correlation_id})
        for subject in "ab":
            plan(apart.runtime, subject, kind="apart")

        run_due(apart.runtime)

        assert seen == {key: row["correlation_id"] for key, row in rows(apart.runtime).items()}

    def test_a_process_that_dies_leaves_the_rest_lent(self, apart):
        class Killed(BaseException):
            """The process dies: nothing catches it."""

        def act(uow, item):
            if item.subject == "b":
                raise Killed

        apart.act = act
        for place, subject in enumerate("abc"):
            plan(apart.runtime, subject, kind="apart", after=timedelta(seconds=place))
        apart.runtime.clock.set(START + timedelta(minutes=1))

        with pytest.raises(Killed):
            due.run_due(apart.runtime)

        found = rows(apart.runtime)
        assert {subject for subject, row in found.items() if row["done_at"]} == {"a"}
        assert {found[one]["attempts"] for one in "bc"} == {0}

    def test_a_plan_replaced_meanwhile_is_not_put_off(self, apart):
        def act(uow, item):
            plan(apart.runtime, item.subject, kind="apart", after=timedelta(hours=1))
            raise ValueError

        apart.act = act
        plan(apart.runtime, "a", kind="apart")

        run_due(apart.runtime)

        assert rows(apart.runtime)["a"]["attempts"] == 0
