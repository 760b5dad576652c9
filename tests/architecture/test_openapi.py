"""What a service says of itself: valid, whole, with examples that fit, and in French."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from chassis.catalogue import load, service_names
from chassis.errors import DomainError
from chassis.web import openapi, refusals
from chassis.web.route import endpoints

ROOT = Path(__file__).parents[2]
CODE = sorted((ROOT / "services").rglob("*.py"))
SCALARS = {"string", "integer", "number", "boolean"}
#: Little words that English cannot do without, and French does not have.
ENGLISH = set(
    "the of and with without for is are was were be been it its this that these those from to"
    " what which who whose when where how why not only their there into by at if has have"
    " does can may must should will".split()
)


@pytest.fixture(params=service_names())
def service(request) -> type[Any]:
    return load(request.param).api_class


@pytest.fixture
def document(service) -> dict[str, Any]:
    return openapi.document(service)


def test_the_document_is_valid(document):
    validate(document)


def test_every_answer_of_every_route_is_told(service, document):
    for _, endpoint in endpoints(service):
        told = document["paths"][endpoint.path][endpoint.method.lower()]["responses"]
        expected = {str(refusals.status_of(kind)) for kind in refusals.refusals(endpoint)}
        expected |= {str(endpoint.success_status)} | ({"304"} if endpoint.media else set())
        assert set(told) - {"503"} == expected - {"503"}
        if endpoint.allow is not None and not endpoint.raw:
            assert {"401", "403", "413", "422", "500", "503"} <= set(told), endpoint.path


def test_every_refusal_is_a_problem_document_with_an_example_that_fits(document):
    for where, answer in refused(document):
        (media_type,) = answer["content"]
        content = answer["content"][media_type]
        assert media_type == "application/problem+json"
        assert content["examples"], where
        for reference in content["examples"].values():
            shown = resolved(document, reference)["value"]
            assert problems_of(document, content["schema"], shown) == [], where
            assert shown["status"] == int(where[2])


def test_members_beyond_those_of_every_problem_are_told_where_they_come(service, document):
    common = set(document["components"]["schemas"]["Probleme"]["properties"])
    for _, endpoint in endpoints(service):
        answers = document["paths"][endpoint.path][endpoint.method.lower()]["responses"]
        for kind in refusals.refusals(endpoint):
            content = resolved(document, answers[str(refusals.status_of(kind))])["content"]
            schema = content["application/problem+json"]["schema"]
            assert set(kind.members) <= set(schema["properties"]), endpoint.path
            assert not set(kind.members) & common


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_refusal_adds_no_member_but_those_it_tells(path):
    for name in service_names():
        assert load(name).api_class
    told = {kind.__name__: set(kind.members) for kind in kinds_under(DomainError)}
    for kind, members in added(ast.parse(path.read_text())):
        assert members <= told[kind], f"{kind}: {members - told[kind]}"


def test_the_members_a_refusal_adds_are_found():
    code = 'raise Full("x", extra={"rooms": [1]})\nraise errors.Full(extra={"a": 1, "b": 2})'

    assert list(added(ast.parse(code))) == [("Full", {"rooms"}), ("Full", {"a", "b"})]


def added(tree: ast.Module) -> Iterator[tuple[str, set[str]]]:
    """(class, members) of every refusal built with literal members."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            for keyword in node.keywords:
                if keyword.arg == "extra" and isinstance(keyword.value, ast.Dict):
                    kind = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                    yield kind, {key.value for key in keyword.value.keys}


def kinds_under(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for one in kind.__subclasses__():
        yield one
        yield from kinds_under(one)


def test_a_code_names_one_problem(service):
    kinds = {kind for _, endpoint in endpoints(service) for kind in refusals.refusals(endpoint)}
    codes = [kind.code for kind in kinds]

    assert sorted(codes) == sorted(set(codes))


def test_every_field_and_parameter_is_described_with_an_example_that_fits(document):
    for where, schema in described(document):
        if "$ref" in schema or "/problem+json/schema/properties/" in where:
            continue
        assert schema.get("description"), where
        if {*as_list(schema.get("type"))} & SCALARS:
            assert "example" in schema, where
        if "example" in schema:
            assert problems_of(document, schema, schema["example"]) == [], where


def test_the_document_speaks_french(document):
    for where, text in texts(document):
        assert english(text) == set(), f"{where}: {text}"


@pytest.mark.parametrize(
    "text",
    ["The single social case file.", "Financial aid for the year.", "Where it is held.", "Not it."],
)
def test_an_english_text_is_told_from_a_french_one(text):
    assert english(text)


@pytest.mark.parametrize("text", ["Dossier social unique.", "Reçoit `from` et « the end »."])
def test_a_french_text_is_told_from_an_english_one(text):
    assert not english(text)


def english(text: str) -> set[str]:
    """English words of a text, what it quotes left out."""
    own = re.sub(r"`[^`]*`|«[^»]*»|\([^)]*:[^)]*\)", " ", text)
    words = re.findall(r"[\w’'-]+", own)
    return {word.lower() for word in words if not word.isupper()} & ENGLISH


def texts(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What a person reads: summaries, descriptions, titles and tags."""
    for where, node in nodes(document):
        told = [node.get(name) for name in ("summary", "description", "title")]
        for text in [*told, *as_list(node.get("tags"))]:
            if isinstance(text, str):
                yield where, text


def described(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property of every object, and every parameter as its schema."""
    for where, node in nodes(document):
        properties = node.get("properties")
        for name, schema in properties.items() if isinstance(properties, dict) else ():
            if set(schema) != {"enum"}:
                yield f"{where}.{name}", schema
    for where, operation in operations(document):
        for parameter in operation["parameters"]:
            one = resolved(document, parameter)
            shown = {key: one[key] for key in ("description", "example") if key in one}
            yield f"{where} {one['name']}", one["schema"] | shown


def nodes(node: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of the document, examples left out."""
    if isinstance(node, dict):
        yield where, node
        for name, value in node.items():
            if name not in {"example", "value"}:
                yield from nodes(value, f"{where}/{name}")
    elif isinstance(node, list):
        for rank, value in enumerate(node):
            yield from nodes(value, f"{where}/{rank}")


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def refused(document: dict[str, Any]) -> Iterator[tuple[tuple[str, str, str], dict[str, Any]]]:
    for where, operation in operations(document):
        for status, answer in operation["responses"].items():
            if int(status) >= 400 and operation["operationId"] not in {"readyz", "livez"}:
                yield (where, operation["operationId"], status), resolved(document, answer)


def resolved(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    found: Any = document
    if "$ref" not in node:
        return node
    for step in node["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def problems_of(document: dict[str, Any], schema: dict[str, Any], value: Any) -> list[str]:
    """What of a value does not fit a schema of the document."""
    validator = Draft202012Validator({"components": document["components"]} | schema)
    return [error.message for error in validator.iter_errors(value)]


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
