"""Wall hours on every day of the year, and what single days of a series have of their own."""

from __future__ import annotations

from datetime import date, time, timedelta
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chassis.clock import PARIS, end_of_day, instant_of
from services.rendezvous.domain.errors import OccurrenceUnknown, SerieEnded
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.domain.planning import wall_span
from services.rendezvous.domain.serie import Edit, EditKind, Serie, SerieKind, occurrences

MONDAY, SPRING, AUTUMN = date(2023, 1, 9), date(2023, 3, 26), date(2023, 10, 29)
MINUTE = timedelta(minutes=1)


def by_minutes(day, start, end):
    """From the first to the last minute of a Paris day that the clock tells as inside the span."""
    moment, found = instant_of(day), []
    while moment < end_of_day(day):
        wall = moment.astimezone(PARIS).time()
        if start <= wall and (end is None or wall < end):
            found.append(moment)
        moment += MINUTE
    return Interval(found[0], found[-1] + MINUTE) if found else None


minutes = st.integers(0, 24 * 60 - 1).map(lambda m: time(m // 60, m % 60))


@settings(max_examples=40)
@given(
    day=st.sampled_from([MONDAY, SPRING, AUTUMN, date(2024, 3, 31), date(2024, 10, 27)]),
    start=minutes,
    end=st.none() | minutes,
)
@example(day=SPRING, start=time(2, 30), end=time(4, 0))
@example(day=SPRING, start=time(2, 15), end=time(2, 45))
@example(day=SPRING, start=time(1, 0), end=time(2, 30))
@example(day=AUTUMN, start=time(2, 15), end=time(2, 45))
@example(day=AUTUMN, start=time(1, 0), end=time(2, 30))
def test_a_wall_span_is_what_the_clock_tells_minute_by_minute(day, start, end):
    if end is not None and end <= start:
        start, end = end, start
    if start == end:
        return

    assert wall_span(day, start, end) == by_minutes(day, start, end)


def serie(**changes):
    values = {
        "id": UUID(int=1),
        "agent_id": UUID(int=2),
        "kind": SerieKind.OPENING,
        "rule": "FREQ=DAILY",
        "first_day": MONDAY,
        "last_day": None,
        "from_time": time(2, 30),
        "to_time": time(4, 0),
        "site": "MONTAUBAN-CENTRE",
        "mds": "MDS-MONTAUBAN",
        "filled_to": date(2024, 2, 9),
    }
    return Serie(**values | changes)


def test_half_past_two_on_every_day_of_the_year_breaks_no_other_day():
    year = [date(2023, 1, 1) + timedelta(days=n) for n in range(365)]

    made = {one.day: one.during for one in occurrences(serie(), year, {})}

    assert set(made) == set(year)
    lengths = {day: during.end - during.start for day, during in made.items()}
    assert lengths.pop(SPRING) == timedelta(hours=1)
    assert lengths.pop(AUTUMN) == timedelta(hours=2, minutes=30)
    assert set(lengths.values()) == {timedelta(hours=1, minutes=30)}
    walls = {during.start.astimezone(PARIS).time() for during in made.values()}
    assert walls == {time(2, 30), time(3, 0)}


def test_the_hour_that_does_not_exist_has_no_occurrence():
    made = occurrences(serie(to_time=time(3, 0)), [SPRING, SPRING + timedelta(days=1)], {})

    assert [one.day for one in made] == [SPRING + timedelta(days=1)]


days = st.integers(0, 30).map(lambda n: MONDAY + timedelta(days=n))
edits = st.builds(
    Edit,
    day=days,
    kind=st.sampled_from(EditKind),
    from_time=st.none() | st.just(time(8, 0)),
    to_time=st.none() | st.just(time(9, 0)),
    site=st.none() | st.just("CAUSSADE"),
    mds=st.just("MDS-CAUSSADE"),
)


@given(some=st.lists(days, unique=True), own=st.lists(edits, unique_by=lambda edit: edit.day))
def test_each_day_is_as_its_edit_says_or_as_the_series_does(some, own):
    by_day = {edit.day: edit for edit in own}
    made = {one.day: one for one in occurrences(serie(), some, by_day)}

    for day in some:
        edit = by_day.get(day)
        if edit and edit.kind is not EditKind.CHANGED:
            assert day not in made
            continue
        hours = (time(2, 30), time(4, 0))
        if edit and edit.from_time:
            hours = (edit.from_time, edit.to_time)
        assert made[day].during == wall_span(day, *hours)
        assert made[day].site == ((edit and edit.site) or "MONTAUBAN-CENTRE")
        assert made[day].edited == (edit is not None)
    assert set(made) <= set(some)


def test_the_past_and_what_follows_the_end_are_not_changed():
    ended = serie(last_day=date(2023, 2, 1))

    for day in (date(2023, 1, 8), date(2023, 1, 10), date(2023, 2, 2)):
        with pytest.raises(OccurrenceUnknown):
            ended.check_day(day, today=date(2023, 1, 11))
    ended.check_day(date(2023, 2, 1), today=date(2023, 1, 11))


def test_an_end_is_only_brought_forward():
    ended = serie(last_day=date(2023, 2, 1))

    with pytest.raises(SerieEnded):
        ended.end(date(2023, 2, 2))
    ended.end(date(2022, 12, 1))

    assert ended.last_day == date(2023, 1, 8)
    assert ended.version == 2
