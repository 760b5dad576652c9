"""Whatever arrives, however often, and whatever fails: the end is the in-order fold."""

from uuid import UUID, uuid4

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from chassis.errors import Retryable
from chassis.inbox import apply_waiting
from tests.chassis.sample.miroir.persistence import effect
from tests.chassis.sample.miroir.subscriptions import FAILING
from tests.chassis.test_inbox import hurry, increment

VERSIONS = range(1, 6)


class Deliveries(RuleBasedStateMachine):
    """Three aggregates of five events each."""

    runtime = None

    def __init__(self) -> None:
        super().__init__()
        self.counters = [uuid4() for _ in range(3)]
        self.ids: dict[tuple[int, int], UUID] = {}

    def value(self, which: int, version: int) -> int:
        return which * 10 + version

    def send(self, which: int, version: int) -> None:
        increment(
            self.runtime,
            self.counters[which],
            version,
            value=self.value(which, version),
            event_id=self.ids.setdefault((which, version), uuid4()),
            apply=False,
        )

    @rule(which=st.integers(0, 2), version=st.sampled_from(VERSIONS))
    def deliver(self, which: int, version: int) -> None:
        self.send(which, version)

    @rule(which=st.integers(0, 2), version=st.sampled_from(VERSIONS), error=st.booleans())
    def break_handler(self, which: int, version: int, error: bool) -> None:
        FAILING[self.value(which, version)] = RuntimeError if error else Retryable

    @rule()
    def mend_handler(self) -> None:
        FAILING.clear()

    @rule(limit=st.integers(1, 5))
    def apply(self, limit: int) -> None:
        apply_waiting(self.runtime, limit=limit)

    @rule()
    def let_time_pass(self) -> None:
        hurry(self.runtime)

    @invariant()
    def each_mirror_is_a_prefix_of_the_fold(self) -> None:
        for which, counter in enumerate(self.counters):
            done = self.done(counter)
            assert done == [self.value(which, v) for v in VERSIONS][: len(done)]

    def teardown(self) -> None:
        FAILING.clear()
        for which in range(3):
            for version in VERSIONS:
                self.send(which, version)
        hurry(self.runtime)
        while apply_waiting(self.runtime):
            pass
        for which, counter in enumerate(self.counters):
            assert self.done(counter) == [self.value(which, v) for v in VERSIONS]

    def done(self, counter: UUID) -> list[int]:
        mine = sa.select(effect.c.value).where(effect.c.compteur_id == counter)
        with self.runtime.engine.connect() as connection:
            return list(connection.scalars(mine.order_by(effect.c.seq)))


def test_any_interleaving_ends_in_the_in_order_fold(service_runtime):
    Deliveries.runtime = service_runtime("miroir")

    run_state_machine_as_test(
        Deliveries,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            suppress_health_check=list(HealthCheck),
        ),
    )
