"""Slot arithmetic against a brute-force oracle that looks at every minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.rendezvous.agenda import AgentTime, free_starts, on_grid
from services.rendezvous.domain.motif import Shape
from services.rendezvous.domain.occupation import Interval, merged
from services.rendezvous.domain.planning import paris_instant

MINUTE = timedelta(minutes=1)
NORMAL, SPRING, AUTUMN = date(2023, 1, 9), date(2023, 3, 26), date(2023, 10, 29)


def oracle(agents, shape, avoid, window, step):
    """Every grid minute of the window, checked minute by minute against the definition."""
    found = []
    moment = window.start
    while moment < window.end:
        on_step = (moment.minute % (step // MINUTE)) == 0
        if on_step and all(_free(agent, shape, avoid, moment) for agent in agents) and agents:
            found.append(moment)
        moment += MINUTE
    return found


def _free(agent, shape, avoid, start):
    core = _minutes(start, start + shape.duration)
    whole = _minutes(start - shape.before, start + shape.duration + shape.after)
    return (
        all(any(o.start <= m < o.end for o in agent.openings) for m in core)
        and not any(b.start <= m < b.end for m in whole for b in agent.busy)
        and not any(a.start <= m < a.end for m in core for a in avoid)
    )


def _minutes(start, end):
    return [start + MINUTE * n for n in range((end - start) // MINUTE)]


@st.composite
def intervals(draw, day, most=4):
    """Whole-minute times around a Paris day, in any order, empty or overlapping ones too."""
    midnight = datetime.combine(day, time(0), tzinfo=UTC) - timedelta(hours=2)
    result = []
    for _ in range(draw(st.integers(0, most))):
        first = draw(st.integers(0, 27 * 12)) * 5
        length = draw(st.integers(0, 60)) * 5
        start = midnight + MINUTE * first
        result.append(Interval(start, start + MINUTE * length))
    return result


@st.composite
def problems(draw):
    day = draw(st.sampled_from([NORMAL, SPRING, AUTUMN]))
    agents = [
        AgentTime(openings=draw(intervals(day)), busy=draw(intervals(day)))
        for _ in range(draw(st.integers(0, 3)))
    ]
    shape = Shape(
        duration=MINUTE * draw(st.sampled_from([5, 20, 45, 60])),
        before=MINUTE * draw(st.sampled_from([0, 10, 30])),
        after=MINUTE * draw(st.sampled_from([0, 5, 20])),
    )
    start = datetime.combine(day, time(3, 7), tzinfo=UTC)
    window = Interval(start, start + timedelta(hours=draw(st.integers(0, 16))))
    step = MINUTE * draw(st.sampled_from([5, 15, 30, 60]))
    return agents, shape, draw(intervals(day, most=2)), window, step


@given(problems())
@settings(max_examples=150, deadline=None)
def test_slots_are_those_of_the_oracle(problem):
    agents, shape, avoid, window, step = problem

    found = list(on_grid(free_starts(agents, shape, avoid=avoid), window=window, step=step))

    assert found == oracle(agents, shape, avoid, window, step)


@given(intervals(NORMAL, most=6))
@settings(max_examples=100, deadline=None)
@example([])
def test_merging_keeps_every_minute_and_no_other(given_intervals):
    result = merged(given_intervals)

    covered = {m for i in given_intervals for m in _minutes(*i)}
    assert {m for i in result for m in _minutes(*i)} == covered
    assert all(a.end < b.start for a, b in pairwise(result))


def _wall_starts(day, opens, closes):
    opening = Interval(
        paris_instant(day, opens, field="/from"), paris_instant(day, closes, field="/to")
    )
    shape = Shape(duration=timedelta(hours=1))
    agent = AgentTime(openings=[opening], busy=[])
    return list(on_grid(free_starts([agent], shape), window=opening, step=timedelta(hours=1)))


def test_a_night_opening_loses_an_hour_in_spring_and_gains_one_in_autumn():
    assert len(_wall_starts(NORMAL, time(1), time(5))) == 4
    assert len(_wall_starts(SPRING, time(1), time(5))) == 3
    assert len(_wall_starts(AUTUMN, time(1), time(5))) == 5


def test_nine_in_paris_is_nine_on_both_sides_of_a_clock_change():
    before = _wall_starts(date(2023, 3, 25), time(9), time(12))
    after = _wall_starts(date(2023, 3, 27), time(9), time(12))

    assert before[0] == datetime(2023, 3, 25, 8, tzinfo=UTC)
    assert after[0] == datetime(2023, 3, 27, 7, tzinfo=UTC)


def test_a_slot_may_touch_busy_times_on_both_sides():
    nine = datetime(2023, 1, 9, 9, tzinfo=UTC)
    hour = timedelta(hours=1)
    agent = AgentTime(
        openings=[Interval(nine - hour, nine + 2 * hour)],
        busy=[Interval(nine - hour, nine), Interval(nine + hour, nine + 2 * hour)],
    )

    starts = free_starts([agent], Shape(duration=hour))

    assert [(s.first, s.last) for s in starts] == [(nine, nine)]


def test_nobody_is_never_free():
    assert free_starts([], Shape(duration=MINUTE)) == []
