"""A whole week is taken up at once, by several, by processes that die."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa

from chassis import due
from chassis.testing import published, run_due
from tests.integration.rendezvous.conftest import (
    BUFFERED_OVERLAPS,
    MISMATCHES,
    NINE,
    OVERLAPS,
    WEEK,
)
from tests.integration.rendezvous.reprises import (
    HEAD,
    HOURS,
    SECRETARY,
    away,
    book,
    colleague,
    decision,
    launch,
    read,
    states,
    told,
)


class Killed(BaseException):
    """The process dies: nothing catches it."""


@contextmanager
def dying_at_fact(engine, number):
    """The process dies with all but the facts of its so-many-eth rendezvous written."""
    seen = Counter()

    def execute(_connection, _cursor, statement, *_):
        seen["facts"] += "INSERT INTO outbox" in statement
        if seen["facts"] == number:
            raise Killed

    sa.event.listen(engine, "before_cursor_execute", execute)
    try:
        yield
    finally:
        sa.event.remove(engine, "before_cursor_execute", execute)


def after_the_lease(world):
    """The due work of a worker that died is anybody's again."""
    with world.runtime.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE due SET retry_at = now() - interval '1 s' WHERE done_at IS NULL")
        )


class TestThirtyAtOnce:
    @pytest.fixture
    def thirty(self, world, absent):
        """A full week of an absent agent."""
        starts = [
            datetime.fromisoformat(f"{day}T{hour:02}:00:00+01:00") for day in WEEK for hour in HOURS
        ]
        return [book(world, [absent], changes={"starts_at": at.isoformat()}) for at in starts]

    @pytest.mark.parametrize("dies_at", [1, 12, 30])
    def test_killed_in_the_middle_is_resumed_and_does_nothing_twice(
        self, world, absent, thirty, dies_at
    ):
        crew = [colleague(world), colleague(world), colleague(world, volant=True)]
        absence = away(world, absent)
        reprise = launch(world, absence, auto=True).json["reprise_id"]

        with dying_at_fact(world.runtime.engine, dies_at), pytest.raises(Killed):
            due.run_due(world.runtime)
        assert states(world, reprise) == Counter({"DONE": dies_at - 1, "TODO": 31 - dies_at})
        assert run_due(world.runtime) == 0, "what was lent waits for the lease"
        after_the_lease(world)
        run_due(world.runtime)

        assert states(world, reprise) == {"DONE": 30}
        moved = Counter(e.aggregate_id for e in published(world.runtime) if "moved" in e.name)
        assert Counter(moved.values()) == {1: 30}
        assert world.sql("SELECT count(*) FROM rendezvous WHERE version <> 2") == 0
        assert world.sql("SELECT count(*) FROM due WHERE done_at IS NULL") == 0
        assert [world.sql(check) for check in (OVERLAPS, BUFFERED_OVERLAPS, MISMATCHES)] == [0] * 3
        held = Counter(read(world, one)["agent_ids"][0] for one in thirty)
        assert held == {str(crew[0]): 15, str(crew[1]): 15}

    def test_the_list_has_pages_and_every_one_of_them_once(self, world, absent, thirty):
        absence = away(world, absent)
        seen, cursor = [], ""
        while cursor is not None:
            path = f"/v1/absences/{absence}/affected?limit=13{cursor}"
            answer = world.client.get(path, **SECRETARY).json
            seen += [one["rendezvous"]["rendezvous_id"] for one in answer["affected"]]
            cursor = f"&cursor={answer['next']}" if answer.get("next") else None

        assert seen == thirty

    def test_two_workers_share_the_lines(self, world, absent, thirty):
        colleague(world)
        reprise = launch(world, away(world, absent), auto=True).json["reprise_id"]
        with world.runtime.engine.begin() as connection:
            connection.execute(sa.text("UPDATE due SET retry_at = now() - interval '1 s'"))

        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda _: due.run_due(world.runtime, limit=10), range(3)))
        run_due(world.runtime)

        assert states(world, reprise) == {"DONE": 30}
        assert world.sql("SELECT count(*) FROM rendezvous WHERE version <> 2") == 0


class TestTwoAtOnce:
    def test_two_who_launch_have_one_reprise(self, world, absent):
        for hour in range(3):
            at = (NINE + timedelta(hours=hour)).isoformat()
            book(world, [absent], changes={"starts_at": at})
        absence = away(world, absent)
        together = Barrier(8)

        def one(place):
            together.wait()
            return launch(world, absence, auto=True, **HEAD | {"subject": f"responsable-{place}"})

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(one, range(8)))

        assert {answer.status for answer in answers} == {201}
        assert len({answer.json["reprise_id"] for answer in answers}) == 1
        assert world.sql("SELECT count(*) FROM reprise") == 1
        assert world.sql("SELECT count(*) FROM reprise_line") == 3

    def test_a_volant_is_never_given_to_two_at_the_same_hour(self, world):
        volant = colleague(world, volant=True)
        absences = []
        for _ in range(4):
            agent = colleague(world)
            for hour in range(3):
                at = (NINE + timedelta(hours=hour)).isoformat()
                book(world, [agent], changes={"starts_at": at})
            absences.append(agent)
        absences = [away(world, agent) for agent in absences]
        reprises = [launch(world, one, auto=True).json["reprise_id"] for one in absences]

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: due.run_due(world.runtime, limit=3), range(4)))
        run_due(world.runtime)

        assert sum((states(world, one) for one in reprises), Counter()) == {"DONE": 12}
        assert [world.sql(check) for check in (OVERLAPS, BUFFERED_OVERLAPS, MISMATCHES)] == [0] * 3
        kept = "SELECT count(*) FROM rendezvous WHERE agent_ids = ARRAY[:volant]::uuid[]"
        at_the_hour = f"{kept} AND starts_at IN (:a, :b, :c) AND status = 'BOOKED'"
        hours = {name: NINE + timedelta(hours=h) for h, name in enumerate("abc")}
        assert world.sql(at_the_hour, volant=volant, **hours) == 3

    def test_the_same_substitute_named_by_two_goes_to_one(self, world):
        volant = colleague(world, volant=True)
        agents = [colleague(world), colleague(world)]
        booked = [book(world, [agent]) for agent in agents]
        reprises = [
            launch(world, away(world, agent), decision(one, "REASSIGN", agent_id=volant)).json[
                "reprise_id"
            ]
            for agent, one in zip(agents, booked, strict=True)
        ]

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _: due.run_due(world.runtime, limit=1), range(2)))
        run_due(world.runtime)

        assert sum((states(world, one) for one in reprises), Counter()) == {
            "DONE": 1,
            "REFUSED": 1,
        }
        assert world.sql(BUFFERED_OVERLAPS) == 0

    def test_a_binome_whose_two_agents_are_absent_is_given_up_once(self, world):
        both = [colleague(world), colleague(world)]
        colleague(world)
        booked = book(world, both)
        absences = [away(world, agent) for agent in both]
        reprises = [launch(world, one, auto=True).json["reprise_id"] for one in absences]

        run_due(world.runtime)

        assert [states(world, one) for one in reprises] == [{"DONE": 1}, {"REFUSED": 1}]
        assert [fact for fact, _ in told(world, booked)] == ["rendezvous_cancelled"]
        assert world.sql(MISMATCHES) == 0
