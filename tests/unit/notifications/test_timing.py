"""Quiet hours, reminders and days, on both sides of a clock change (values: *exemple*)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.clock import PARIS
from services.notifications.domain.timing import is_open, next_open, reminder_due
from services.notifications.rules import backoff, is_holiday, rules_at

FIRST = datetime(2022, 1, 1, tzinfo=UTC)
RULES = rules_at(datetime(2023, 1, 9, tzinfo=UTC))


def paris(text: str) -> datetime:
    """An hour of Paris as the instant it is."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2023-01-09T08:00", "2023-01-09T08:00"),
        ("2023-01-09T19:59", "2023-01-09T19:59"),
        ("2023-01-09T20:00", "2023-01-10T08:00"),
        ("2023-01-10T03:00", "2023-01-10T08:00"),
        # Saturday evening waits over Sunday.
        ("2023-01-07T21:00", "2023-01-09T08:00"),
        # Easter Monday, 10 April 2023.
        ("2023-04-08T20:30", "2023-04-11T08:00"),
        # The clocks go forward on Sunday 26 March 2023, back on Sunday 29 October.
        ("2023-03-25T22:00", "2023-03-27T08:00"),
        ("2023-10-28T22:00", "2023-10-30T08:00"),
    ],
)
def test_nothing_leaves_in_quiet_hours(now: str, opens: str) -> None:
    assert next_open(paris(now), RULES, is_holiday) == paris(opens)


def test_eight_in_the_morning_is_eight_on_both_sides_of_the_change() -> None:
    before = next_open(paris("2023-03-24T23:00"), RULES, is_holiday)
    after = next_open(paris("2023-03-26T23:00"), RULES, is_holiday)

    assert (before.hour, after.hour) == (7, 6)


@given(st.integers(0, 6 * 365 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes)))
def test_the_next_opening_is_open_and_never_in_the_past(moment: datetime) -> None:
    opening = next_open(moment, RULES, is_holiday)

    assert is_open(opening, RULES, is_holiday)
    assert moment <= opening <= moment + timedelta(days=5)


class TestReminder:
    def test_it_leaves_two_days_before_at_ten(self) -> None:
        due = reminder_due(paris("2023-01-19T14:00"), paris("2023-01-09T10:00"), RULES, is_holiday)

        assert due == paris("2023-01-17T10:00")

    def test_over_a_clock_change_it_still_leaves_at_ten(self) -> None:
        due = reminder_due(paris("2023-03-28T09:00"), paris("2023-03-20T10:00"), RULES, is_holiday)

        # Two days before is Sunday 26 March, the day of the change: Monday at 8:00 instead.
        assert due == paris("2023-03-27T08:00")

    def test_none_when_the_confirmation_is_as_fresh(self) -> None:
        now = paris("2023-01-16T11:00")

        assert reminder_due(paris("2023-01-19T09:00"), now, RULES, is_holiday) is None

    def test_none_when_a_long_weekend_would_make_it_come_too_late(self) -> None:
        # Two days before Tuesday 15 August is Sunday; Monday is worked: it leaves then.
        due = reminder_due(paris("2023-08-16T08:30"), paris("2023-08-01T10:00"), RULES, is_holiday)
        assert due == paris("2023-08-14T10:00")
        # Before Tuesday 11 April 8:30, Sunday and Easter Monday are silent: none at all.
        assert (
            reminder_due(paris("2023-04-11T08:30"), paris("2023-03-20T10:00"), RULES, is_holiday)
            is None
        )


def test_the_rules_are_dated() -> None:
    with pytest.raises(LookupError):
        rules_at(datetime(2014, 12, 31, tzinfo=UTC))


def test_back_off_grows_and_is_bounded() -> None:
    waits = [backoff(attempt) for attempt in range(1, 12)]

    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=1)
