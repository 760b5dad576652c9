"""Events are applied once, in order per aggregate, and none is ever dropped."""

from datetime import timedelta
from select import select
from uuid import uuid4

import sqlalchemy as sa

from chassis import metrics
from chassis.correlation import current
from chassis.errors import Retryable
from chassis.events import Correlation, Event
from chassis.inbox import BACKOFF, apply_waiting
from chassis.inbox_store import park, store
from chassis.testing import START, deliver, inbox_states
from chassis.traffic import report
from tests.chassis.sample.miroir.persistence import effect
from tests.chassis.sample.miroir.subscriptions import FAILING


def values(runtime) -> list[int]:
    with runtime.engine.connect() as connection:
        return list(connection.scalars(sa.select(effect.c.value).order_by(effect.c.seq)))


def an_event(counter, version=1):
    return Event(
        id=uuid4(),
        source="compteur",
        name="incremented",
        version=1,
        aggregate_type="compteur",
        aggregate_id=counter,
        aggregate_version=version,
        time=START,
        correlation=Correlation(correlation_id=uuid4()),
        data={"compteur_id": str(counter), "value": version},
    )


def increment(runtime, counter, version, value=None, **options):
    return deliver(
        runtime,
        "compteur",
        "incremented.v1",
        aggregate=("compteur", counter),
        version=version,
        data={"compteur_id": counter, "value": version if value is None else value},
        **options,
    )


def test_an_event_is_applied_once_however_often_it_comes(miroir):
    counter = uuid4()

    event_id = increment(miroir, counter, 1)
    increment(miroir, counter, 1, event_id=event_id)

    assert values(miroir) == [1]
    assert inbox_states(miroir) == {"applied": 1}


def test_a_number_used_twice_is_parked_not_dropped(miroir):
    """A producer restored to an earlier point gives new facts old numbers."""
    counter = uuid4()

    increment(miroir, counter, 1)
    increment(miroir, counter, 1, value=7)

    assert values(miroir) == [1]
    assert inbox_states(miroir) == {"applied": 1, "parked": 1}


def test_an_old_number_whose_bearer_was_purged_counts_as_a_repeat(miroir):
    counter = uuid4()
    increment(miroir, counter, 1)
    with miroir.engine.begin() as connection:
        connection.execute(sa.delete(miroir.tables.inbox))

    increment(miroir, counter, 1)

    assert values(miroir) == [1]
    assert inbox_states(miroir) == {"applied": 1}


def test_events_out_of_order_wait_for_the_missing_one(miroir):
    counter = uuid4()

    increment(miroir, counter, 3)
    increment(miroir, counter, 2)
    assert values(miroir) == []

    increment(miroir, counter, 1)
    assert values(miroir) == [1, 2, 3]


def test_an_event_that_is_woken_tells_the_appliers(miroir):
    """They look again when told, not after every batch."""
    counter = uuid4()
    increment(miroir, counter, 2)
    increment(miroir, counter, 1, apply=False)
    with miroir.engine.connect() as connection:
        listener = connection.connection.driver_connection
        listener.cursor().execute("LISTEN inbox")
        listener.commit()

        apply_waiting(miroir)

        select([listener], [], [], 5)
        listener.poll()
        told = len(listener.notifies)
        connection.invalidate()
    assert told == 1


def test_a_failing_event_holds_its_aggregate_and_no_other(miroir):
    held, free = uuid4(), uuid4()

    increment(miroir, held, 1, value=-2, apply=False)
    increment(miroir, held, 2, apply=False)
    increment(miroir, free, 1, apply=False)
    while apply_waiting(miroir):
        pass

    assert values(miroir) == [1]
    assert inbox_states(miroir) == {"waiting": 2, "applied": 1}


def test_what_can_never_be_applied_is_parked_and_holds_its_followers(miroir):
    counter = uuid4()

    increment(miroir, counter, 1, value=-1)
    increment(miroir, counter, 2)

    assert values(miroir) == []
    assert inbox_states(miroir) == {"parked": 1, "waiting": 1}


def books(runtime):
    with runtime.unit_of_work() as uow:
        return report(runtime, uow)


def hurry(runtime):
    """Make every waiting event due now."""
    inbox = runtime.tables.inbox
    with runtime.engine.begin() as connection:
        connection.execute(
            sa.update(inbox).where(inbox.c.state == "waiting").values(next_attempt_at=sa.func.now())
        )


def rows(runtime):
    """{aggregate version: inbox row} of a test with one aggregate."""
    with runtime.engine.connect() as connection:
        found = connection.execute(sa.select(runtime.tables.inbox)).mappings()
        return {row["aggregate_version"]: row for row in found}


class TestRetries:
    def test_each_attempt_waits_longer_and_the_last_one_parks(self, miroir):
        increment(miroir, uuid4(), 1, value=-2, apply=False)
        waits = []

        while inbox_states(miroir).get("waiting"):
            hurry(miroir)
            apply_waiting(miroir)
            row = rows(miroir)[1]
            with miroir.engine.connect() as connection:
                wait = row["next_attempt_at"] - connection.scalar(sa.select(sa.func.now()))
            waits.append(round(wait.total_seconds()))

        assert waits[:-1] == [wait.total_seconds() for wait in BACKOFF]
        assert row["state"] == "parked"
        assert row["attempts"] == len(BACKOFF) + 1
        assert row["envelope"] is not None, "a parked event can be replayed"
        assert (books(miroir)["retried"], books(miroir)["parked"]) == (len(BACKOFF), 1)

    def test_backoff_ends_after_about_a_day(self):
        assert timedelta(hours=24) <= sum(BACKOFF, timedelta()) <= timedelta(hours=26)

    def test_what_recovers_is_applied_in_order_with_its_followers(self, miroir, monkeypatch):
        counter = uuid4()
        monkeypatch.setitem(FAILING, 1, Retryable)
        for version in (1, 2, 3):
            increment(miroir, counter, version)
        assert values(miroir) == []

        monkeypatch.delitem(FAILING, 1)
        hurry(miroir)
        while apply_waiting(miroir):
            pass

        assert values(miroir) == [1, 2, 3]
        assert books(miroir)["applied"] == {"compteur/compteur": 3}

    def test_a_bug_is_retried_and_only_its_class_is_kept(self, miroir, monkeypatch, capsys):
        monkeypatch.setitem(FAILING, 1, RuntimeError)

        increment(miroir, uuid4(), 1)

        assert rows(miroir)[1]["error_class"] == "RuntimeError"
        assert "185057512345678" not in str(rows(miroir)) + str(capsys.readouterr())

    def test_a_fact_that_breaks_its_contract_is_parked_at_once(self, miroir):
        deliver(
            miroir,
            "compteur",
            "incremented.v1",
            aggregate=("compteur", uuid4()),
            version=1,
            data={"value": "sept"},
        )

        assert inbox_states(miroir) == {"parked": 1}

    def test_a_stored_envelope_that_was_damaged_is_parked(self, miroir):
        increment(miroir, uuid4(), 1, apply=False)
        with miroir.engine.begin() as connection:
            connection.execute(sa.update(miroir.tables.inbox).values(envelope=b"{"))

        while apply_waiting(miroir):
            pass

        assert inbox_states(miroir) == {"parked": 1}


class TestBatches:
    def test_one_failure_splits_the_batch_and_spares_the_others(self, miroir):
        good = [uuid4() for _ in range(10)]
        for index, counter in enumerate(good):
            increment(miroir, counter, 1, value=index, apply=False)
            increment(miroir, uuid4(), 1, value=-1 - index % 2, apply=False)

        while apply_waiting(miroir):
            pass

        assert sorted(values(miroir)) == list(range(10))
        assert inbox_states(miroir) == {"applied": 10, "parked": 5, "waiting": 5}

    def test_a_batch_takes_no_more_than_its_limit(self, miroir):
        for version in range(1, 6):
            increment(miroir, uuid4(), 1, value=version, apply=False)

        assert [apply_waiting(miroir, limit=2) for _ in range(4)] == [2, 2, 1, 0]

    def test_an_event_behind_a_gap_is_not_tried_again_at_once(self, miroir):
        increment(miroir, uuid4(), 2)

        assert apply_waiting(miroir) == 0
        assert rows(miroir)[2]["attempts"] == 0

    def test_a_number_used_twice_is_parked_in_the_books(self, miroir):
        counter = uuid4()
        increment(miroir, counter, 1)
        increment(miroir, counter, 1)

        assert books(miroir)["applied"] == {"compteur/compteur": 1}
        assert books(miroir)["parked"] == 1

    def test_a_batch_with_one_event_twice_counts_one_duplicate(self, miroir):
        event = an_event(uuid4())
        with miroir.engine.begin() as connection:
            bodies = [event.to_bytes()] * 2
            stored = store(connection.connection, bodies, miroir.service.subscriptions)

        assert (stored.fresh, stored.duplicates) == (1, 1)
        assert books(miroir)["duplicates"] == 1

    def test_an_event_of_a_type_not_followed_is_let_go(self, miroir):
        deliver(miroir, "compteur", "opened.v1", aggregate=("caisse", uuid4()), version=1, data={})

        assert inbox_states(miroir) == {}

    def test_a_fact_without_a_handler_only_advances_its_aggregate(self, miroir):
        counter = uuid4()
        deliver(
            miroir, "compteur", "renamed.v1", aggregate=("compteur", counter), version=1, data={}
        )
        increment(miroir, counter, 2)

        assert values(miroir) == [2]

    def test_applied_events_are_counted_for_the_metrics(self, miroir):
        before = metrics.INBOX_APPLIED._value.get()

        increment(miroir, uuid4(), 1)

        assert metrics.INBOX_APPLIED._value.get() == before + 1


def test_what_a_handler_publishes_names_the_event_as_its_cause(miroir, monkeypatch):
    caught = []
    monkeypatch.setattr(
        type(miroir.service.subscriptions),
        "apply",
        lambda self, uow, event: caught.append((event.id, current())),
    )

    event_id = increment(miroir, uuid4(), 1)

    assert caught[0][0] == caught[0][1].causation_id == event_id


def test_a_message_is_parked_once_under_any_name_its_sender_chose(miroir):
    for _ in range(2):
        with miroir.engine.begin() as connection:
            park(
                connection.connection,
                b"\xff 1850575123456",
                exchange="a\0b",
                routing_key="\ud800" * 300,
                reason="ValueError",
                keyring=miroir.keyring,
            )

    with miroir.engine.connect() as connection:
        (row,) = connection.execute(sa.select(miroir.tables.parked)).mappings()
    assert row["exchange"] == "ab"
    assert b"185057" not in bytes(row["body"])
    assert books(miroir)["inbox_parked"] == 1
