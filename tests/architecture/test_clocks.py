"""Trade time is injected: no service reads a clock of its own, in Python or in SQL."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "services").rglob("*.py"))
#: `now` as a function or as a value, wherever SQL may be written.
SQL_CLOCKS = re.compile(
    r"\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\("
    r"|\b(current_(timestamp|date|time)|localtime(stamp)?)\b"
    r"|'(now|today|tomorrow|yesterday)'\s*::",
    re.IGNORECASE,
)
PYTHON_CLOCKS = re.compile(
    r"datetime\.(datetime\.(now|utcnow|today)|date\.today)"
    r"|time\.(time(_ns)?|localtime|gmtime|ctime|strftime)"
    r"|sqlalchemy\.(sql\.)?(functions\.)?func\.(now|sysdate|timeofday|local\w+|current_\w+|\w+_timestamp)",
    re.IGNORECASE,
)
SLEEPS = re.compile(r"(time|eventlet|threading\.Event\(\))\.sleep|eventlet\.greenthread\.sleep")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_service_reads_a_clock(path):
    assert list(readings(path.read_text())) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_waits_by_sleeping(path):
    used = qualified(ast.parse(path.read_text()))

    assert [line for line, name in used if SLEEPS.fullmatch(name)] == []


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\ndatetime.now()",
        "from datetime import UTC, datetime as Moment\nMoment.now(UTC)",
        "import datetime as dt\ndt.datetime.now(dt.UTC)",
        "import datetime\nmoment = datetime.datetime\nmoment.utcnow()",
        "import datetime\nread = datetime.datetime.now\nread()",
        "from datetime import date\ndate.today()",
        "import time\ntime.time()",
        "from time import time as t\nt()",
        "import sqlalchemy as sa\nsa.func.now()",
        "import sqlalchemy\nsqlalchemy.func.current_timestamp()",
        "from sqlalchemy import func\nfunc.localtimestamp()",
        "from sqlalchemy.sql import func as f\nf.clock_timestamp()",
        "import sqlalchemy as sa\nsa.text('now()')",
        "import sqlalchemy as sa\nsa.Column('at', server_default='CURRENT_TIMESTAMP')",
        "query = 'select id from due where due_at < now()'",
        "query = f'update x set at = clock_timestamp() - {delay}'",
        "query = \"SELECT 'now'::timestamptz\"",
    ],
)
def test_a_clock_is_found_however_it_is_read(source):
    assert list(readings(source)) != []


@pytest.mark.parametrize(
    "source",
    [
        '"""What now() tells is not trade time."""',
        "def due(uow):\n    '''Not now().'''\n    return uow.now",
        "import time\ntime.monotonic()",
        "from datetime import datetime\nmoment = datetime(2023, 1, 9)\nmoment.time()",
        "label = 'à rappeler maintenant'",
        "from services.dsu import time\ntime.of(1)",
    ],
)
def test_what_reads_no_clock_is_let_be(source):
    assert list(readings(source)) == []


def test_a_sleep_is_found_under_another_name():
    used = qualified(ast.parse("from time import sleep as pause\npause(1)"))

    assert any(SLEEPS.fullmatch(name) for _, name in used)


def readings(source: str) -> Iterator[tuple[int, str]]:
    """(line, what) of every clock read."""
    tree = ast.parse(source)
    for line, name in qualified(tree):
        if PYTHON_CLOCKS.fullmatch(name):
            yield line, name
    prose = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in prose:
            found = SQL_CLOCKS.search(node.value)
            if found:
                yield node.lineno, found[0]


def qualified(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, full name) of every name used, imports and plain renamings followed."""
    known = renamings(tree)
    for node in ast.walk(tree):
        is_read = isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load)
        if is_read and (full := dotted(node, known)):
            yield node.lineno, full


def renamings(tree: ast.Module) -> dict[str, str]:
    """What each name of a module stands for, in full."""
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.split(".")[0]
                known[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom):
            known |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            known[node.targets[0].id] = dotted(node.value, known) or ""
    return known


def dotted(node: ast.expr, known: dict[str, str]) -> str | None:
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value, known)
        return f"{owner}.{node.attr}" if owner else None
    return None


def docstrings(tree: ast.Module) -> set[ast.expr]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr):
                found.add(first.value)
    return found
