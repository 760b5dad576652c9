"""One plan of the published year, drawn once for every test here."""

from __future__ import annotations

from fractions import Fraction

import pytest

from demo.figures import Figures, load
from demo.plan.year import Plan, make_plan


@pytest.fixture(scope="session")
def figures() -> Figures:
    """The published year."""
    return load()


@pytest.fixture(scope="session")
def plan(figures: Figures) -> Plan:
    """The whole year."""
    return make_plan(figures, seed=2023)


@pytest.fixture(scope="session")
def small_plan(figures: Figures) -> Plan:
    """A fiftieth of it."""
    return make_plan(figures.at_scale(Fraction("0.02")), seed=2023)
