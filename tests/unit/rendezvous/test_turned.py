"""What a new reading of an agent's own calendar changes: the times that differ, nothing else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from chassis.clock import instant_of
from chassis.ids import new_id
from services.rendezvous.domain.calendar import BUSY_AHEAD, Turn, turned, window_of
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.domain.planning import Absence, AbsenceKind

TODAY = date(2023, 1, 9)
HOUR = timedelta(hours=1)
WINDOW = window_of(TODAY)
NOTHING = Turn(over=[], gone=[], come=[], grown=[])
YESTERDAY = window_of(TODAY - timedelta(days=1))


def at(day, hour=0):
    return instant_of(TODAY + timedelta(days=day)) + hour * HOUR


def known(start, end):
    return Absence(
        id=new_id(), agent_id=new_id(), kind=AbsenceKind.EXTERNAL, starts_at=start, ends_at=end
    )


def turn(times, *spans, reached=YESTERDAY.end):
    return turned(times, spans, since=WINDOW.start, reached=reached)


def test_what_is_read_again_changes_nothing():
    times = [known(at(1, 9), at(1, 10)), known(at(2, 9), at(2, 10))]

    found = turn(times, *(one.during for one in times))

    assert found == NOTHING


def test_what_differs_goes_and_comes():
    kept, gone = known(at(1, 9), at(1, 10)), known(at(2, 9), at(2, 10))
    longer = Interval(at(2, 9), at(2, 11))

    found = turn([kept, gone], kept.during, longer)

    assert (found.gone, found.come) == ([gone], [longer])


@pytest.mark.parametrize(("end", "is_over"), [(at(0), True), (at(0) + HOUR, False)])
def test_what_ended_before_today_is_over(end, is_over):
    one = known(at(-1, 9), end)

    found = turn([one])

    assert (found.over, found.gone) == (([one], []) if is_over else ([], [one]))


def test_what_began_before_today_is_read_from_midnight_on_and_stays():
    one = known(at(-3, 9), at(4))

    found = turn([one], Interval(at(0), at(4)))

    assert found == NOTHING


def test_read_yesterday_and_kept_today_it_stays_as_well():
    one = known(at(-3, 9), at(4))

    found = turn([one], Interval(at(-1), at(4)), Interval(at(-1), at(0)))

    assert (found.gone, found.come) == ([], [])


def test_what_was_cut_where_the_reading_stopped_grows():
    one = known(at(100), YESTERDAY.end)

    found = turn([one], Interval(at(100), WINDOW.end))

    assert [(grown.id, grown.ends_at) for grown in found.grown] == [(one.id, WINDOW.end)]
    assert (found.gone, found.come) == ([], [])


@pytest.mark.parametrize("reached", [None, YESTERDAY.end])
def test_what_was_not_cut_there_and_lasts_longer_is_another(reached):
    one = known(at(100), at(101))
    longer = Interval(at(100), at(102))

    found = turn([one], longer, reached=reached)

    assert (found.gone, found.come, found.grown) == ([one], [longer], [])


def test_what_was_cut_and_is_shorter_is_another():
    one = known(at(100), YESTERDAY.end)
    shorter = Interval(at(100), YESTERDAY.end - HOUR)

    assert turn([one], shorter).come == [shorter]


def test_the_window_is_twenty_six_weeks_from_midnight():
    window = window_of(TODAY)

    assert (window.start, window.end - window.start) == (instant_of(TODAY), BUSY_AHEAD)
