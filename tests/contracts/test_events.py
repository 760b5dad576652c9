"""Every fact has a closed schema and an example; producer and consumers are held to both."""

from __future__ import annotations

import json
import types
import typing
from dataclasses import fields
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from chassis.catalogue import load, service_names, subscriptions_of
from chassis.events import Fact

FOLDER = Path(__file__).parent / "events"
FACTS = [(name, fact) for name in service_names() for fact in load(name).facts]
CONSUMED = [
    (consumer, source, key)
    for consumer in service_names()
    for source, key in subscriptions_of(consumer).routing_keys
    if key != "*"
]
#: A code, never a sentence: what a string that is neither an id, a date nor an enumeration may be.
FREE_OF_TEXT = ("enum", "const", "format", "pattern")


def schema_of(service: str, routing_key: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{service}.{routing_key}.json").read_text())


def example_of(service: str, routing_key: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{service}.{routing_key}.example.json").read_text())


def ids(pairs: list[Any]) -> list[str]:
    return [f"{pair[0]}.{pair[1].routing_key()}" for pair in pairs]


@pytest.mark.parametrize(("service", "fact"), FACTS, ids=ids(FACTS))
class TestProducer:
    def test_its_example_fits_its_schema(self, service, fact):
        schema = schema_of(service, fact.routing_key())

        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(schema, format_checker=FormatChecker())
        assert list(validator.iter_errors(example_of(service, fact.routing_key()))) == []

    def test_its_schema_is_closed(self, service, fact):
        assert schema_of(service, fact.routing_key())["additionalProperties"] is False

    def test_the_fact_writes_exactly_its_example(self, service, fact):
        example = example_of(service, fact.routing_key())

        assert build(fact, example).data() == example

    def test_the_schema_names_the_fields_of_the_fact(self, service, fact):
        schema = schema_of(service, fact.routing_key())
        hints = field_types(fact)

        assert set(schema["properties"]) == set(hints)
        optional = {name for name, hint in hints.items() if type(None) in typing.get_args(hint)}
        assert set(schema["required"]) == set(hints) - optional

    def test_no_string_is_free_text(self, service, fact):
        for name, prop in strings(schema_of(service, fact.routing_key())):
            assert any(key in prop for key in FREE_OF_TEXT), name


def test_no_contract_is_left_over():
    known = {f"{service}.{fact.routing_key()}" for service, fact in FACTS}
    files = {p.name.removesuffix(".json").removesuffix(".example") for p in FOLDER.glob("*.json")}

    assert files == known


@pytest.mark.parametrize(("consumer", "source", "key"), CONSUMED)
def test_a_consumer_reads_the_producers_example(consumer, source, key):
    schema = subscriptions_of(consumer).schema_of(source, key)

    assert schema is not None
    assert schema.load(example_of(source, key)) is not None


@pytest.mark.parametrize(("consumer", "source", "key"), CONSUMED)
def test_a_consumer_tolerates_a_field_to_come(consumer, source, key):
    schema = subscriptions_of(consumer).schema_of(source, key)

    assert schema is not None
    assert schema.load(example_of(source, key) | {"a_field_of_tomorrow": 1}) is not None


@pytest.mark.parametrize(("consumer", "source", "key"), CONSUMED)
def test_a_consumer_follows_the_aggregate_it_reads(consumer, source, key):
    fact = next(f for f in load(source).facts if f.routing_key() == key)

    assert subscriptions_of(consumer).follows(source, fact.aggregate)


def field_types(fact: type[Fact]) -> dict[str, Any]:
    hints = typing.get_type_hints(fact)
    return {field.name: hints[field.name] for field in fields(fact)}


def build(fact: type[Fact], example: dict[str, Any]) -> Fact:
    hints = field_types(fact)
    return fact(**{name: coerce(hints[name], value) for name, value in example.items()})


def coerce(hint: Any, value: Any) -> Any:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return coerce(next(arg for arg in args if arg is not type(None)), value)
    if origin is tuple:
        return tuple(coerce(args[0], item) for item in value)
    if hint is UUID:
        return UUID(value)
    if hint is datetime:
        return datetime.fromisoformat(value)
    if hint is date:
        return date.fromisoformat(value)
    return hint(value)


def strings(schema: dict[str, Any], name: str = "") -> list[tuple[str, dict[str, Any]]]:
    kinds = schema.get("type", [])
    found = [(name, schema)] if "string" in ([kinds] if isinstance(kinds, str) else kinds) else []
    for key, prop in schema.get("properties", {}).items():
        found += strings(prop, f"{name}/{key}")
    if "items" in schema:
        found += strings(schema["items"], f"{name}[]")
    return found
