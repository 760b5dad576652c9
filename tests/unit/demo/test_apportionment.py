"""Whole numbers split exactly."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.amounts import draw_amounts
from demo.apportionment import largest_remainder, matrix, scaled, split
from demo.streams import stream

WEIGHTS = st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any)


@given(st.integers(0, 100_000), WEIGHTS)
def test_the_parts_add_up_and_stray_less_than_one_from_their_share(
    total: int, weights: list[int]
) -> None:
    parts = largest_remainder(total, weights)

    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < 1


def test_nothing_can_be_split_over_nothing() -> None:
    assert largest_remainder(0, [0, 0]) == [0, 0]
    with pytest.raises(ValueError, match="répartition"):
        largest_remainder(1, [0, 0])


def test_ties_go_to_the_first() -> None:
    assert split(1, {"a": 1, "b": 1}) == {"a": 1, "b": 0}


def test_a_scale_rounds_the_total_once() -> None:
    assert scaled({"a": 5, "b": 5, "c": 5}, Fraction(1, 10)) == {"a": 1, "b": 1, "c": 0}


@given(st.lists(st.integers(0, 500), min_size=1, max_size=8), st.data())
def test_a_matrix_has_both_margins(rows: list[int], data: st.DataObject) -> None:
    total = sum(rows)
    cuts = sorted(data.draw(st.lists(st.integers(0, total), min_size=2, max_size=2)))
    columns = {"x": cuts[0], "y": cuts[1] - cuts[0], "z": total - cuts[1]}

    table = matrix(dict(enumerate(rows)), columns)

    assert [sum(line.values()) for line in table.values()] == rows
    for name, wanted in columns.items():
        assert sum(line[name] for line in table.values()) == wanted
    assert all(cell >= 0 for line in table.values() for cell in line.values())


def test_margins_that_disagree_are_refused() -> None:
    with pytest.raises(ValueError, match="marges"):
        matrix({"a": 1}, {"x": 2})


@given(st.integers(1, 300), st.integers(0, 50_000_00), st.integers(0, 10))
def test_amounts_add_up_to_the_cent_and_none_is_nothing(count: int, extra: int, seed: int) -> None:
    total = count + extra

    amounts = draw_amounts(count, total, stream(seed, "montants"))

    assert len(amounts) == count
    assert sum(amounts) == total
    assert min(amounts) >= 0 if total < 2 * 100 * count else min(amounts) > 0


def test_too_little_money_is_refused() -> None:
    with pytest.raises(ValueError, match="montant"):
        draw_amounts(3, 2, stream(0, "montants"))
