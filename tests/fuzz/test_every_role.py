"""Schemathesis over each OpenAPI document, with a token of each role: no 5xx, no answer
the document does not announce.

The in-process client runs the real routing, validation, transactions and PostgreSQL; only the
socket is missing.
"""

from __future__ import annotations

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error

from chassis.catalogue import service_names
from chassis.testing import Client
from services import roles
from tests.fuzz.callers import credentials

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "12"))
KEYS = st.text("abcdefghij", min_size=8, max_size=12)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("service", service_names())
def test_no_request_breaks_a_service(service, service_runtime):
    runtime = service_runtime(service)
    client = Client(runtime)
    schema = schemathesis.openapi.from_wsgi("/openapi.json", client)
    for result in schema.get_all_operations():
        check_operation(result.ok())


def check_operation(operation) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), role=st.sampled_from(sorted(roles.ALL)), key=KEYS)
    def attempt(case, role, key):
        case.headers = {**dict(case.headers or {}), **credentials(role)}
        if "Idempotency-Key" in case.headers:
            case.headers["Idempotency-Key"] = key
        response = case.call()
        case.validate_response(response, checks=[not_a_server_error])
        assert str(response.status_code) in documented(operation)

    attempt()


def documented(operation) -> set[str]:
    return set(operation.definition.raw["responses"])
