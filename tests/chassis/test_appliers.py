"""Several processes apply one inbox: order is kept, and none holds up another."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from random import Random
from threading import Barrier
from uuid import uuid4

import sqlalchemy as sa

from chassis.errors import Retryable
from chassis.inbox import apply_waiting
from chassis.testing import inbox_states
from tests.chassis.processes import eventually
from tests.chassis.sample.miroir.persistence import effect
from tests.chassis.sample.miroir.subscriptions import FAILING
from tests.chassis.test_inbox import books, increment, values


def effects(runtime):
    """{counter: values in the order they were applied}"""
    found: dict = {}
    with runtime.engine.connect() as connection:
        for row in connection.execute(sa.select(effect).order_by(effect.c.seq)):
            found.setdefault(row.compteur_id, []).append(row.value)
    return found


@contextmanager
def early_event_held(runtime):
    """Version 2 waits, held by another connection; version 1 is ready to be applied."""
    counter = uuid4()
    increment(runtime, counter, 2)
    increment(runtime, counter, 1, apply=False)
    inbox = runtime.tables.inbox
    with runtime.engine.connect() as other:
        other.execute(sa.select(inbox).where(inbox.c.aggregate_version == 2).with_for_update())
        yield


@contextmanager
def listening(runtime, name, hear):
    """Hear one kind of event of the runtime's engine."""
    sa.event.listen(runtime.engine, name, hear)
    try:
        yield
    finally:
        sa.event.remove(runtime.engine, name, hear)


def short_lock_timeout(runtime):
    """Every transaction waits a tenth of a second for a lock, instead of four."""
    return listening(
        runtime,
        "begin",
        lambda connection: connection.exec_driver_sql("SET LOCAL lock_timeout = '100ms'"),
    )


@contextmanager
def statements(runtime):
    """What is sent to the database meanwhile."""
    sent = []
    with listening(
        runtime, "before_cursor_execute", lambda _c, _cursor, statement, *_: sent.append(statement)
    ):
        yield sent


def test_order_is_kept_and_each_event_counts_once(miroir):
    counters, random = [uuid4() for _ in range(12)], Random(7)
    events = [(c, v) for c in counters for v in range(1, 16)]
    random.shuffle(events)
    ids = {event: uuid4() for event in events}
    for counter, version in [*events, *events[:40]]:
        increment(miroir, counter, version, event_id=ids[counter, version], apply=False)

    def work():
        while inbox_states(miroir).get("waiting"):
            apply_waiting(miroir, limit=10)

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(work) for _ in range(3)]:
            done.result(30)

    assert effects(miroir) == {counter: list(range(1, 16)) for counter in counters}
    assert books(miroir)["applied"] == {"compteur/compteur": 180}
    assert books(miroir)["duplicates"] == 40
    assert books(miroir)["retried"] == 0


def test_two_of_them_really_work_at_once(miroir, monkeypatch):
    both_inside = Barrier(2)
    monkeypatch.setattr(
        type(miroir.service.subscriptions),
        "apply",
        lambda self, uow, event: both_inside.wait(5),
    )
    for _ in range(2):
        increment(miroir, uuid4(), 1, apply=False)

    with ThreadPoolExecutor(2) as pool:
        taken = list(pool.map(lambda _: apply_waiting(miroir, limit=1), range(2)))

    assert taken == [1, 1]


def test_a_follower_another_applier_holds_does_not_hold_the_predecessor(miroir):
    with ThreadPoolExecutor(1) as pool, early_event_held(miroir):
        first = pool.submit(apply_waiting, miroir)

        eventually(lambda: values(miroir) == [1], seconds=1)

    assert first.result(5) == 1


def test_a_follower_its_waker_could_not_lock_is_ready_once_the_other_lets_go(miroir):
    """A third applier locked the row without taking it: nothing but the waker knows."""
    with ThreadPoolExecutor(1) as pool, early_event_held(miroir):
        first = pool.submit(apply_waiting, miroir)
        eventually(lambda: values(miroir) == [1])

    assert first.result(5) == 1
    assert apply_waiting(miroir) == 1
    assert values(miroir) == [1, 2]


def test_the_same_when_the_predecessor_had_to_be_applied_alone(miroir, monkeypatch):
    monkeypatch.setitem(FAILING, 9, Retryable)
    with ThreadPoolExecutor(1) as pool, early_event_held(miroir):
        increment(miroir, uuid4(), 1, value=9, apply=False)
        first = pool.submit(apply_waiting, miroir)
        eventually(lambda: values(miroir) == [1])

    assert first.result(5) == 2
    assert apply_waiting(miroir) == 1
    assert values(miroir) == [1, 2]


def test_a_follower_that_is_never_let_go_costs_a_bounded_wait_and_nothing_else(miroir, monkeypatch):
    with early_event_held(miroir), short_lock_timeout(miroir):
        assert apply_waiting(miroir) == 1

    assert values(miroir) == [1]
    assert inbox_states(miroir) == {"applied": 1, "waiting": 1}
    assert books(miroir)["retried"] == 0


def test_a_batch_costs_three_exchanges_when_nothing_early_is_held(miroir):
    counter = uuid4()
    increment(miroir, counter, 2)
    increment(miroir, counter, 1, apply=False)

    with statements(miroir) as sent:
        assert apply_waiting(miroir) == 1

    assert len([one for one in sent if "inbox" in one or "applied_head" in one]) == 3
