"""A text that must fit a pattern fits it to its last character."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from chassis.correlation import from_headers

ROOT = Path(__file__).parents[2]
FOLDERS = ("chassis", "services", "demo", "examples", "benchmarks")
FILES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
#: `$` also stands before a last line break: these would let it through. A Form matches fully.
LOOSE = {"compile", "match", "search", "Regexp"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_pattern_lets_a_last_line_break_through(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        pattern = node.args[0]
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in LOOSE and isinstance(pattern, ast.Constant) and isinstance(pattern.value, str):
            assert not pattern.value.endswith("$"), node.lineno


def test_a_traceparent_that_ends_in_a_line_break_is_not_carried_on():
    sent = f"00-{'a' * 32}-{'b' * 16}-01"

    assert from_headers(None, sent).traceparent == sent
    assert from_headers(None, f"{sent}\n").traceparent != f"{sent}\n"
