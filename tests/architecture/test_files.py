"""The shape of the project: rooms that can be read in one go, and nothing left behind."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest

from chassis.catalogue import service_names

ROOT = Path(__file__).parents[2]
CODE = sorted(
    path for folder in ("chassis", "services", "demo") for path in (ROOT / folder).rglob("*.py")
)


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_read_in_one_go(path):
    assert len(path.read_text().splitlines()) <= 400


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_function_is_read_in_one_look(path):
    if path.parent.name == "migrations":
        pytest.skip("the columns of a table are one statement")
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 40, node.name


@pytest.mark.parametrize("service", service_names())
class TestEveryServiceIsLaidOutAlike:
    def test_by_layer_and_by_aggregate(self, service):
        home = ROOT / "services" / service
        for module in ("events", "subscriptions", "deadlines"):
            assert (home / f"{module}.py").exists(), module
        for layer in ("domain", "usecases", "persistence", "schemas", "service", "migrations"):
            assert (home / layer).is_dir(), layer
        for layer in ("persistence", "schemas", "service"):
            assert (home / layer / "activity.py").exists(), layer

    def test_its_http_fields_are_those_of_the_chassis(self, service):
        for path in (ROOT / "services" / service / "schemas").rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ImportFrom) and node.module == "marshmallow":
                    assert "fields" not in {alias.name for alias in node.names}, path


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text()))


def test_every_service_has_its_guide():
    for service in (ROOT / "services").iterdir():
        if (service / "events.py").exists():
            assert (ROOT / "docs" / "guides" / f"{service.name}.md").exists(), service.name


def test_links_of_the_documentation_lead_somewhere():
    listed = subprocess.run(
        ["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    for name in listed:
        text = (ROOT / name).read_text()
        for target in _links(text):
            assert ((ROOT / name).parent / target).exists(), f"{name}: {target}"


def _links(text: str) -> list[str]:
    found = []
    for piece in text.split("](")[1:]:
        target = piece.split(")")[0].split("#")[0]
        if target and "://" not in target and not target.startswith("mailto:"):
            found.append(target)
    return found
