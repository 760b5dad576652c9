"""Rates and delays: rounded like the published tables, silent about a few."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rendezvous.domain.statistics import FEWEST, Outcomes


def outcomes(**changes):
    values = {"mds": "MDS-MONTAUBAN", "motif": "ACCOMPAGNEMENT", "profession": "ASS"}
    counts = ["booked", "held", "missed_excused", "missed_unexcused", "cancelled_by_personne"]
    counts += ["cancelled_by_agent", "cancelled_by_systeme", "late"]
    delays = {"median": 12, "p90": 27}
    return Outcomes(**values | dict.fromkeys(counts, 0) | delays | changes)


@pytest.mark.parametrize(
    ("held", "excused", "unexcused", "percent"),
    [
        (4, 0, 0, None),
        (0, 0, FEWEST, 100),
        (FEWEST, 0, 0, 0),
        (7, 0, 1, 13),
        (95, 0, 5, 5),
        (0, 8, 2, 20),
    ],
)
def test_the_rate_is_of_those_who_did_not_come_nor_say_so(held, excused, unexcused, percent):
    row = outcomes(held=held, missed_excused=excused, missed_unexcused=unexcused)

    assert row.no_show_percent == percent


@given(st.integers(0, 400), st.integers(0, 400), st.integers(0, 400))
def test_the_rate_is_rounded_to_the_nearest_halves_up(held, excused, unexcused):
    percent = outcomes(
        held=held, missed_excused=excused, missed_unexcused=unexcused
    ).no_show_percent
    expected = held + excused + unexcused

    if expected < FEWEST:
        assert percent is None
    else:
        exact = Fraction(100 * unexcused, expected)
        assert exact - Fraction(1, 2) < percent <= exact + Fraction(1, 2)


@pytest.mark.parametrize(("held", "shown"), [(FEWEST - 1, (None, None)), (FEWEST, (12, 27))])
def test_a_delay_of_a_few_is_not_told(held, shown):
    row = outcomes(held=held)

    assert (row.delay_days_median, row.delay_days_p90) == shown
