"""A measure is a ratio: the chassis and a reference, one after the other, several times."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter

#: Does its preparation, and answers what to time.
Side = Callable[[], Callable[[], None]]


@dataclass
class Measure:
    """What was timed, in seconds per operation, pair by pair."""

    title: str
    operations: int
    reference: list[float] = field(default_factory=list)
    chassis: list[float] = field(default_factory=list)

    @property
    def ratios(self) -> tuple[float, float, float]:
        """Lowest, median and highest ratio of the chassis to the reference of its own pair."""
        found = [ours / bare for ours, bare in zip(self.chassis, self.reference, strict=True)]
        return min(found), median(found), max(found)

    @property
    def milliseconds(self) -> tuple[float, float]:
        """Median per operation: of the reference, of the chassis. Of this machine, today."""
        return median(self.reference) * 1000, median(self.chassis) * 1000


def compare(title: str, operations: int, *, reference: Side, chassis: Side, pairs: int) -> Measure:
    """Time both sides `pairs` times, taking turns at going first, after one pair for nothing."""
    measure = Measure(title, operations)
    for number in range(pairs + 1):
        sides = [(reference, measure.reference), (chassis, measure.chassis)]
        for side, kept in sides if number % 2 else reversed(sides):
            seconds = _time(side())
            if number:
                kept.append(seconds / operations)
    return measure


def _time(work: Callable[[], None]) -> float:
    gc.collect()
    started = perf_counter()
    work()
    return perf_counter() - started
