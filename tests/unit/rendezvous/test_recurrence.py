"""Recurrence rules: the subset is checked, and its days are those dateutil finds by itself."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.rendezvous.domain.errors import RuleRefused
from services.rendezvous.recurrence import days_of, last_day_of, read_rule, rest_of

MONDAY = date(2023, 1, 9)
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


@st.composite
def rules(draw):
    """Rules of the subset that find days: dateutil alone looks for them up to year 9999."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    interval = draw(st.integers(1, 4))
    parts = [f"FREQ={frequency}", f"INTERVAL={interval}"]
    monthly = frequency in ("MONTHLY", "YEARLY")
    chosen = False
    if draw(st.booleans()) and not (frequency == "DAILY" and interval > 1):
        ranks = st.sampled_from(["", "", "1", "2", "-1"]) if monthly else st.just("")
        days = draw(st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=3, unique=True))
        parts.append("BYDAY=" + ",".join(draw(ranks) + day for day in days))
        chosen = True
    elif monthly and draw(st.booleans()):
        numbers = st.integers(-31, 31).filter(bool)
        some = draw(st.lists(numbers, min_size=1, max_size=3, unique=True))
        parts.append("BYMONTHDAY=" + ",".join(map(str, some)))
        chosen = True
    if monthly and chosen and draw(st.booleans()):
        parts.append(f"BYSETPOS={draw(st.sampled_from([1, -1]))}")
    end = draw(st.sampled_from(["", "COUNT", "UNTIL"]))
    if end == "COUNT":
        parts.append(f"COUNT={draw(st.integers(1, 40))}")
    elif end == "UNTIL":
        until = MONDAY + timedelta(days=draw(st.integers(0, 700)))
        parts.append(f"UNTIL={until:%Y%m%d}")
    return ";".join(draw(st.permutations(parts)))


first_days = st.dates(date(2022, 12, 1), date(2024, 3, 1))


def oracle(text, first_day, start, end):
    """dateutil's own reading of the text, day by day."""
    begun = rrulestr(text, dtstart=datetime.combine(first_day, datetime.min.time()))
    found = set()
    for moment in begun:
        if moment.date() > end:
            break
        found.add(moment.date())
    return [start + timedelta(days=n) for n in range((end - start).days + 1)
            if start + timedelta(days=n) in found]  # fmt: skip


@settings(max_examples=60)
@given(text=rules(), first_day=first_days, begin=st.integers(-30, 400), length=st.integers(0, 400))
@example(text="FREQ=YEARLY", first_day=date(2024, 2, 29), begin=0, length=400)
@example(text="FREQ=MONTHLY;BYMONTHDAY=31", first_day=date(2023, 1, 31), begin=0, length=400)
def test_the_days_are_those_of_dateutil(text, first_day, begin, length):
    start = first_day + timedelta(days=begin)
    end = start + timedelta(days=length)

    assert days_of(read_rule(text), first_day, start=start, end=end) == oracle(
        text, first_day, start, end
    )


@settings(max_examples=60)
@given(text=rules(), first_day=first_days, place=st.integers(0, 20))
def test_what_goes_on_from_one_of_its_days_has_the_same_days(text, first_day, place):
    rule, end = read_rule(text), first_day + timedelta(days=900)
    every = days_of(rule, first_day, start=first_day, end=end)
    if not every:
        return
    day = every[place % len(every)]

    rest = read_rule(rest_of(rule, first_day, day))

    assert days_of(rest, day, start=day, end=end) == [one for one in every if one >= day]


@settings(max_examples=60)
@given(text=rules(), first_day=first_days)
def test_a_rule_that_ends_tells_its_last_day(text, first_day):
    rule = read_rule(text)
    found = days_of(rule, first_day, start=first_day, end=date(2200, 12, 31)) if rule.count else []
    try:
        last = last_day_of(rule, first_day)
    except RuleRefused:
        assert oracle(text, first_day, first_day, first_day + timedelta(days=900)) == []
        return

    assert last == (max(found) if rule.count else rule.until)


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=HOURLY",
        "FREQ=SECONDLY;INTERVAL=1",
        "INTERVAL=2",
        "FREQ=DAILY;BYHOUR=9",
        "FREQ=DAILY;WKST=SU",
        "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;INTERVAL=2;BYDAY=MO",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=WEEKLY;BYDAY=LU",
        "FREQ=MONTHLY;BYDAY=0MO",
        "FREQ=MONTHLY;BYDAY=54MO",
        "FREQ=WEEKLY;BYMONTHDAY=1",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTHDAY=--1",
        "FREQ=MONTHLY;BYSETPOS=1",
        "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=1",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=1001",
        "FREQ=DAILY;COUNT=2;UNTIL=20230201",
        "FREQ=DAILY;UNTIL=20230230",
        "FREQ=DAILY;UNTIL=20230201T120000Z",
        "²",
        "FREQ=DAILY;COUNT=²",
    ],
)
def test_what_is_not_of_the_subset_is_refused(text):
    with pytest.raises(RuleRefused) as refusal:
        read_rule(text)

    assert text not in refusal.value.detail
    assert refusal.value.errors[0]["pointer"] == "/rule"


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    ("text", "first_day"),
    [
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=30", date(2023, 2, 1)),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6", MONDAY),
        ("FREQ=YEARLY;BYDAY=MO;BYSETPOS=60", MONDAY),
        ("FREQ=DAILY;UNTIL=20230108", MONDAY),
    ],
)
def test_a_rule_without_a_day_is_refused_and_soon(text, first_day):
    with pytest.raises(RuleRefused):
        last_day_of(read_rule(text), first_day)
