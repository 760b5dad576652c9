"""Splitting whole numbers so that the parts add up exactly (largest remainders, Hamilton)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

Key = TypeVar("Key")
Number = int | float | Fraction


def largest_remainder(total: int, weights: Sequence[Number]) -> list[int]:
    """Split `total` in proportion to `weights`; ties go to the earliest part.

    Raises ValueError when something must be split over weights that are all zero.
    """
    exact = [Fraction(weight) for weight in weights]
    whole = sum(exact, Fraction(0))
    if whole == 0:
        if total == 0:
            return [0] * len(exact)
        raise ValueError("rien à quoi proportionner la répartition")
    quotas = [total * weight / whole for weight in exact]
    parts = [int(quota) for quota in quotas]
    missing = total - sum(parts)
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - quotas[i], i))
    for index in by_remainder[:missing]:
        parts[index] += 1
    return parts


def split(total: int, weights: Mapping[Key, Number]) -> dict[Key, int]:
    """`largest_remainder` over named parts."""
    return dict(zip(weights, largest_remainder(total, list(weights.values())), strict=True))


def scaled(parts: Mapping[Key, int], scale: Fraction) -> dict[Key, int]:
    """The same parts at another scale: the total is rounded once, then split by remainders."""
    total = sum(parts.values())
    return split(round(total * scale), parts) if total else dict(parts)


def matrix(rows: Mapping[Key, int], columns: Mapping[str, int]) -> dict[Key, dict[str, int]]:
    """A whole-number table with these row and column sums, as near proportional as can be.

    Raises ValueError when the two margins do not have the same sum.
    """
    if sum(rows.values()) != sum(columns.values()):
        raise ValueError("les marges n’ont pas la même somme")
    left = dict(columns)
    table: dict[Key, dict[str, int]] = {}
    for row, total in rows.items():
        table[row] = split(total, left) if total else dict.fromkeys(left, 0)
        left = {column: left[column] - table[row][column] for column in left}
    return table
