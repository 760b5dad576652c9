"""Trade time is injected: no service reads a clock of its own, in Python or in SQL."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "services").rglob("*.py"))
#: `now` as a function, in Python or inside SQL text.
SQL_CLOCKS = re.compile(
    r"\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|localtime\w*)\s*\(\s*\)"
    r"|\bcurrent_(timestamp|date|time)\b",
    re.IGNORECASE,
)
PYTHON_CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("date", "today"),
    ("datetime", "today"),
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_service_reads_a_clock(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            assert (node.value.id, node.attr) not in PYTHON_CLOCKS, node.lineno
            assert (node.value.id, node.attr) != ("func", "now"), node.lineno
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and is_sql(node.value):
            assert not SQL_CLOCKS.search(node.value), node.lineno


def is_sql(text: str) -> bool:
    return bool(re.search(r"\b(SELECT|INSERT|UPDATE|DELETE|DEFAULT|WHERE)\b", text))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_waits_by_sleeping(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            assert (node.value.id, node.attr) != ("time", "sleep"), node.lineno
