"""Marks in every part of a request that is refused: the problem and the logs repeat none."""

from __future__ import annotations

from typing import Any

import prometheus_client
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from chassis import logs
from chassis.catalogue import service_names
from chassis.testing import Client
from tests.fuzz import marks
from tests.fuzz.callers import credentials

#: Kinds of things people and programs put where they do not belong.
CANARIES = (marks.NAME, marks.PHONE, marks.NIR)
CASES = 2
#: What asks for nothing that could be refused.
_OPEN = ("/livez", "/readyz", "/metrics", "/docs")
UNREFUSED = dict.fromkeys(service_names(), _OPEN) | {
    "notifications": (*_OPEN, "/v1/inbox"),
    # No role opens it: a secret in the address does (tests/architecture/test_routes.py).
    "rendezvous": (*_OPEN, "/v1/calendars/{secret}"),
}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("service", service_names())
def test_no_refusal_repeats_a_mark(service, service_runtime, capsys):
    logs.configure(service=service, process="test", environment="test")
    schema = schemathesis.openapi.from_wsgi("/openapi.json", Client(service_runtime(service)))
    silent = set()
    for result in schema.get_all_operations():
        operation = result.ok()
        allowed = operation.definition.raw.get("x-roles", [])
        refused = [text for role in allowed for text in refusals(operation, role)]
        assert [text for text in refused if marks.leaks(text)] == []
        if not refused:
            silent.add(operation.path)

    assert silent == set(UNREFUSED[service])
    written = capsys.readouterr().out
    assert '"status": 422' in written
    assert marks.leaks(written) == []
    assert marks.leaks(prometheus_client.generate_latest().decode()) == []


def refusals(operation: Any, role: str) -> list[str]:
    """What refused requests were answered, marked in their values, then in their names too."""
    answers = []

    @settings(
        max_examples=CASES,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def attempt(case):
        body, headers = case.body, dict(case.headers or {}) | credentials(role)
        for canary in CANARIES:
            for everywhere in (False, True):
                response = send(case, body, headers, canary, everywhere=everywhere)
                if response.status_code >= 400:
                    answers.append(response.text + str(response.headers))

    attempt()
    return answers


def send(case: Any, body: Any, headers: dict[str, str], canary: str, *, everywhere: bool) -> Any:
    """The case, marked; `everywhere`: in its names, its query and its headers too."""
    case.headers = dict(headers)
    if isinstance(body, dict | list):
        case.body = marked(body, canary, everywhere=everywhere)
    if "Idempotency-Key" in headers:
        case.headers["Idempotency-Key"] = f"{canary}-{id(case):x}-{everywhere}"
    if everywhere:
        case.query = {**dict(case.query or {}), "nom": canary}
        case.headers |= {"X-Correlation-Id": canary, "traceparent": canary, "User-Agent": canary}
    return case.call()


def marked(value: Any, canary: str, *, everywhere: bool) -> Any:
    """The same body with the canary in its strings; `everywhere`: in its keys too."""
    if isinstance(value, dict):
        changed = {key: marked(item, canary, everywhere=everywhere) for key, item in value.items()}
        return changed | ({canary: canary} if everywhere else {})
    if isinstance(value, list):
        return [marked(item, canary, everywhere=everywhere) for item in value]
    return canary if isinstance(value, str) else value
