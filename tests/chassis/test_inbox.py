"""Events are applied once, in order per aggregate, and none is ever dropped."""

from uuid import uuid4

import pytest
import sqlalchemy as sa

from chassis.inbox import apply_waiting
from chassis.testing import deliver, inbox_states
from tests.chassis.sample.miroir.persistence import effect


@pytest.fixture
def miroir(service_runtime):
    return service_runtime("miroir")


def values(runtime) -> list[int]:
    with runtime.engine.connect() as connection:
        return list(connection.scalars(sa.select(effect.c.value).order_by(effect.c.seq)))


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
    increment(miroir, counter, 1)  # the same number under another id: a producer's replay

    assert values(miroir) == [1]
    assert inbox_states(miroir) == {"applied": 2}


def test_events_out_of_order_wait_for_the_missing_one(miroir):
    counter = uuid4()

    increment(miroir, counter, 3)
    increment(miroir, counter, 2)
    assert values(miroir) == []

    increment(miroir, counter, 1)
    assert values(miroir) == [1, 2, 3]


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
