"""One transaction: the change, the facts that tell it, numbered without holes, or nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from chassis.correlation import correlated
from chassis.errors import Invalid, Unavailable, VersionMismatch
from chassis.events import Correlation, EventTooLarge, Fact
from chassis.ids import new_id
from chassis.testing import START, published
from chassis.unit_of_work import expect_version
from tests.chassis.sample.compteur.events import Incremented
from tests.chassis.sample.compteur.persistence import Compteur, LabelTaken


@dataclass(frozen=True, kw_only=True)
class Verbose(Fact):
    """A fact that carries more than it should."""

    name = "verbose"
    aggregate = "compteur"
    key = "compteur_id"

    compteur_id: UUID
    text: str


@pytest.fixture
def runtime(service_runtime):
    return service_runtime("compteur")


def together(*works: Callable[[], object]) -> list[object]:
    """Run them at once; answers their results or what they raised."""
    barrier = Barrier(len(works))

    def run(work):
        barrier.wait()
        try:
            return work()
        except Exception as error:  # noqa: BLE001 - what it raised is what the test looks at
            return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def counter(runtime, **values):
    made = Compteur(id=new_id(), label=str(new_id()), **values)
    runtime.transaction(lambda uow: uow.session.add(made))
    return made.id


def versions(runtime):
    """{aggregate id: versions in outbox order}."""
    found: dict[UUID, list[int]] = {}
    for event in published(runtime):
        found.setdefault(event.aggregate_id, []).append(event.aggregate_version)
    return found


def test_facts_of_one_change_get_following_numbers_and_trade_time(runtime):
    one, other = uuid4(), uuid4()

    runtime.transaction(
        lambda uow: uow.publish(
            Incremented(compteur_id=one, value=1),
            Incremented(compteur_id=other, value=1),
            Incremented(compteur_id=one, value=2),
        )
    )
    runtime.transaction(lambda uow: uow.publish(Incremented(compteur_id=one, value=3)))

    assert versions(runtime) == {one: [1, 2, 3], other: [1]}
    assert {event.time for event in published(runtime)} == {START}


def test_a_fact_carries_who_caused_it(runtime):
    correlation = Correlation(correlation_id=uuid4(), causation_id=uuid4())

    with correlated(correlation):
        runtime.transaction(lambda uow: uow.publish(Incremented(compteur_id=uuid4(), value=1)))

    assert published(runtime)[0].correlation == correlation


def test_writers_of_one_aggregate_leave_no_hole_and_outbox_order_is_version_order(runtime):
    key = uuid4()

    def write():
        for value in range(15):
            runtime.transaction(lambda uow: uow.publish(Incremented(compteur_id=key, value=value)))  # noqa: B023

    assert together(write, write, write) == [None] * 3

    assert versions(runtime) == {key: list(range(1, 46))}


def test_writers_of_crossing_aggregates_do_not_deadlock(runtime):
    keys = [uuid4() for _ in range(6)]

    def write(order):
        for _ in range(15):
            facts = [Incremented(compteur_id=key, value=0) for key in order]
            runtime.transaction(lambda uow: uow.publish(*facts))  # noqa: B023

    errors = together(lambda: write(keys), lambda: write(keys[::-1]), lambda: write(keys[3:]))

    assert errors == [None] * 3
    assert {len(found) for found in versions(runtime).values()} == {30, 45}
    assert all(found == sorted(found) for found in versions(runtime).values())


def test_a_refused_change_tells_nothing(runtime):
    key = uuid4()

    def refuse(uow):
        uow.publish(Incremented(compteur_id=key, value=1))
        uow.session.add(Compteur(id=key, label="un"))
        uow.session.flush()
        raise Invalid("non")

    with pytest.raises(Invalid):
        runtime.transaction(refuse)

    assert published(runtime) == []
    with runtime.unit_of_work() as uow:
        assert uow.session.get(Compteur, key) is None
    runtime.transaction(lambda uow: uow.publish(Incremented(compteur_id=key, value=1)))
    assert versions(runtime) == {key: [1]}


def test_an_oversized_fact_refuses_the_whole_change(runtime):
    key = uuid4()

    def act(uow):
        uow.session.add(Compteur(id=key, label="un"))
        uow.publish(Verbose(compteur_id=key, text="x" * 70_000))

    with pytest.raises(EventTooLarge):
        runtime.transaction(act)

    with runtime.unit_of_work() as uow:
        assert uow.session.get(Compteur, key) is None
    assert published(runtime) == []


def test_a_rollback_forgets_the_facts(runtime):
    with runtime.unit_of_work() as uow:
        uow.publish(Incremented(compteur_id=uuid4(), value=1))
        uow.rollback()
        uow.commit()

    assert published(runtime) == []


def test_what_was_told_of_is_known_from_the_next_transaction_on(runtime):
    told, untold = new_id(), new_id()

    def tell(uow):
        uow.publish(Incremented(compteur_id=told, value=1))
        return uow.told_of("compteur", [told, untold])

    assert runtime.transaction(tell) == set()
    assert runtime.transaction(lambda uow: uow.told_of("compteur", [told, untold])) == {told}
    assert runtime.transaction(lambda uow: uow.told_of("autre", [told])) == set()
    assert runtime.transaction(lambda uow: uow.told_of("compteur", [])) == set()


def test_a_named_constraint_is_a_domain_error_even_at_commit(runtime):
    runtime.transaction(lambda uow: uow.session.add(Compteur(id=new_id(), label="un")))

    with pytest.raises(LabelTaken):
        runtime.transaction(lambda uow: uow.session.add(Compteur(id=new_id(), label="un")))


def test_two_edits_of_one_version_give_one_success_and_one_refusal(runtime):
    key = counter(runtime)

    def edit(uow):
        found = uow.session.get(Compteur, key)
        expect_version(found.version, 1)
        found.value += 1
        uow.session.execute(sa.text("SELECT pg_sleep(0.1)"))

    outcomes = together(*[lambda: runtime.transaction(edit)] * 2)

    assert sorted(type(outcome) for outcome in outcomes if outcome) == [VersionMismatch]
    with runtime.unit_of_work() as uow:
        assert uow.session.get(Compteur, key).value == 1


def test_two_edits_that_expect_no_version_both_count(runtime):
    key = counter(runtime)

    def edit(uow):
        uow.session.get(Compteur, key).value += 1
        uow.session.execute(sa.text("SELECT pg_sleep(0.1)"))

    assert together(*[lambda: runtime.transaction(edit)] * 2) == [None, None]

    with runtime.unit_of_work() as uow:
        assert uow.session.get(Compteur, key).value == 2


def test_a_value_beyond_its_column_is_the_callers_mistake(runtime):
    key = counter(runtime)

    def overflow(uow):
        uow.session.get(Compteur, key).value = 2**40

    with pytest.raises(Invalid):
        runtime.transaction(overflow)


def test_a_deadlock_is_run_again(runtime):
    one, other = counter(runtime), counter(runtime)

    def edit(first, second):
        def work(uow):
            for key in (first, second):
                found = uow.session.get(Compteur, key, with_for_update=True)
                found.value += 1
                uow.session.flush()
                uow.session.execute(sa.text("SELECT pg_sleep(0.2)"))

        return lambda: runtime.transaction(work)

    assert together(edit(one, other), edit(other, one)) == [None, None]


def test_a_killed_connection_is_unavailable_then_forgotten(runtime):
    def kill_oneself(uow):
        uow.session.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(Unavailable):
        runtime.transaction(kill_oneself)

    runtime.transaction(lambda uow: uow.session.execute(sa.text("SELECT 1")))


class TestScheduling:
    def rows(self, runtime):
        with runtime.engine.connect() as connection:
            return connection.execute(sa.select(runtime.tables.due)).mappings().all()

    def schedule(self, runtime, due_at, payload=None, subject="s"):
        runtime.transaction(lambda uow: uow.schedule("increment", subject, due_at, payload))

    def test_scheduling_again_replaces(self, runtime):
        self.schedule(runtime, START, {"n": 1})
        (before,) = self.rows(runtime)

        with correlated(Correlation(correlation_id=uuid4())) as correlation:
            self.schedule(runtime, START + timedelta(days=1), {"n": 2})

        (after,) = self.rows(runtime)
        assert (after["due_at"], after["payload"]) == (START + timedelta(days=1), {"n": 2})
        assert after["correlation_id"] == correlation.correlation_id
        assert after["id"] != before["id"], "work lent under the old id must not finish the new"

    def test_a_replaced_plan_forgets_the_back_off_of_the_old_one(self, runtime):
        self.schedule(runtime, START)
        due = runtime.tables.due
        with runtime.engine.begin() as connection:
            connection.execute(
                sa.update(due).values(attempts=7, retry_at=sa.func.now() + timedelta(hours=1))
            )

        self.schedule(runtime, START)

        (row,) = self.rows(runtime)
        assert row["attempts"] == 0
        assert row["retry_at"] - row["due_at"] > timedelta()
        with runtime.engine.connect() as connection:
            ready = sa.select(sa.func.count()).where(due.c.retry_at <= sa.func.now())
            assert connection.scalar(ready) == 1

    def test_unscheduling_drops_only_that_one(self, runtime):
        self.schedule(runtime, START, subject="a")
        self.schedule(runtime, START, subject="b")

        runtime.transaction(lambda uow: uow.unschedule("increment", "a"))

        assert [row["subject"] for row in self.rows(runtime)] == ["b"]
