"""Every operation of every OpenAPI document, with a token of every role: who may not is told so,
who may is never told so, and no answer is a 5xx or one the document does not announce.

The in-process client runs the real routing, validation, transactions and PostgreSQL; only the
socket is missing. It also holds each answer to its schema (see `chassis.conformity`).
"""

from __future__ import annotations

import os
from itertools import product

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from chassis.catalogue import service_names
from chassis.testing import Client
from services import roles
from tests.fuzz.callers import credentials

#: Cases per operation, each sent with every role that is let in.
CASES = int(os.environ.get("FUZZ_EXAMPLES", "6"))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("service", service_names())
def test_every_operation_with_every_role(service, service_runtime):
    client = Client(service_runtime(service))
    schema = schemathesis.openapi.from_wsgi("/openapi.json", client)
    called = set()
    for result in schema.get_all_operations():
        operation = result.ok()
        for role in sorted(roles.ALL):
            check_operation(operation, role)
            called.add(((operation.method, operation.path), role))

    described = schema.raw_schema["paths"].items()
    operations = {(method, path) for path, methods in described for method in methods}
    operations.remove(("get", "/openapi.json"))  # what schemathesis read, and calls no more
    assert called == set(product(operations, roles.ALL))


def check_operation(operation, role: str) -> None:
    allowed = operation.definition.raw.get("x-roles")
    is_refused = allowed is not None and role not in allowed
    documented = set(operation.definition.raw["responses"])

    @settings(
        max_examples=1 if is_refused else CASES,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def attempt(case):
        case.headers = {**dict(case.headers or {}), **credentials(role)}
        if "Idempotency-Key" in case.headers:
            case.headers["Idempotency-Key"] = f"cle-{id(case):x}-{role}"
        response = case.call()
        where = f"{case.method} {case.path} {role}: {response.status_code}"
        assert response.status_code < 500, where
        assert str(response.status_code) in documented, where
        assert is_told_off(response) == is_refused, where

    attempt()


def is_told_off(response) -> bool:
    """403 for the role alone; a rule of the trade has a code of its own."""
    return response.status_code == 403 and response.json()["type"].endswith(":interdit")
