"""A page of a list: one row more than is shown tells that another follows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from chassis.clock import end_of_day, instant_of
from chassis.web.pages import PageAsked

ONE = UUID("01850000-0000-7000-8000-000000000001")


@pytest.mark.parametrize(
    ("found", "items", "following"),
    [([], [], None), ([1, 2], [1, 2], None), ([1, 2, 3], [1, 2], (2,))],
)
def test_a_page_ends_where_the_next_begins(found, items, following):
    page = PageAsked(limit=2).of(found[: PageAsked(limit=2).sought], lambda row: (row,))

    assert (page.items, page.next) == (items, following)


def test_the_place_of_a_list_by_id_is_its_last_id():
    assert PageAsked(limit=2, after=[str(ONE)]).after_id == ONE
    assert PageAsked(limit=2).after_id is None


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2023, 1, 9), 24), (date(2023, 3, 26), 23), (date(2023, 10, 29), 25)]
)
def test_a_paris_day_lasts_what_the_clock_change_leaves_it(day, hours):
    assert (end_of_day(day) - instant_of(day)).total_seconds() == hours * 3600
    assert instant_of(date(2023, 1, 9)) == datetime(2023, 1, 8, 23, 0, tzinfo=UTC)
