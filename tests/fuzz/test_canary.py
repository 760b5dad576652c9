"""A marked name, phone and NIR-like number, pushed through every field of every route.

They may come back in the answer to who may read them; never in a problem document, a log line,
a metric, a fact, or the listing of parked messages.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import prometheus_client
import pytest
import schemathesis
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chassis import inbox_store, logs
from chassis.catalogue import service_names
from chassis.cli.parked import _parked
from chassis.testing import Client, deliver, published, unsigned_token
from services import roles

NAME = "Zzcanarinette"
PHONE = "0639988877"
NIR = "185057512345678"
CANARIES = (NAME, PHONE, "639988877", NIR, "zzcanarinette")
AGENT = UUID("01850000-0000-7000-8000-000000000001")
#: Roles that reach most routes.
BUSY = (roles.TRAVAILLEUR_SOCIAL, roles.SECRETAIRE, roles.RESPONSABLE, roles.ADMIN, roles.DPO)


@pytest.fixture
def client(service_runtime, request):
    return Client(service_runtime(request.param))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("service", service_names())
def test_no_marked_value_leaks(service, service_runtime, capsys):
    logs.configure(service=service, process="test", environment="test")
    runtime = service_runtime(service)
    client = Client(runtime)
    schema = schemathesis.openapi.from_wsgi("/openapi.json", client)
    for result in schema.get_all_operations():
        push_through(result.ok())

    assert_clean("journal", capsys.readouterr().out)
    assert_clean("mesures", prometheus_client.generate_latest().decode())
    for fact in published(runtime):
        assert_clean(fact.routing_key, fact.to_bytes().decode())


def push_through(operation) -> None:
    @settings(
        max_examples=6,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=operation.as_strategy(),
        role=st.sampled_from(BUSY),
        canary=st.sampled_from([NAME, PHONE, NIR]),
        everywhere=st.booleans(),
    )
    def attempt(case, role, canary, everywhere):
        if isinstance(case.body, dict | list):
            case.body = marked(case.body, canary, everywhere=everywhere)
        token = unsigned_token([role], agent_id=AGENT)
        case.headers = {**dict(case.headers or {}), "Authorization": f"Bearer {token}"}
        if "Idempotency-Key" in case.headers:
            case.headers["Idempotency-Key"] = f"{canary}-{hash(json.dumps(case.body, default=str))}"
        if everywhere:
            case.query = {**dict(case.query or {}), "nom": canary}
            case.headers["X-Correlation-Id"] = canary
            case.headers["traceparent"] = canary
        response = case.call()
        if response.status_code >= 400:
            assert_clean(f"{case.method} {case.path} {response.status_code}", response.text)

    attempt()


def marked(value: Any, canary: str, *, everywhere: bool) -> Any:
    """The same body with the canary in its strings; `everywhere`: in its keys too."""
    if isinstance(value, dict):
        changed = {key: marked(item, canary, everywhere=everywhere) for key, item in value.items()}
        return changed | ({canary: canary} if everywhere else {})
    if isinstance(value, list):
        return [marked(item, canary, everywhere=everywhere) for item in value]
    if isinstance(value, str) and (everywhere or not looks_coded(value)):
        return canary
    return value


def looks_coded(value: str) -> bool:
    """Ids, dates and codes stay, so that some bodies are accepted and reach the use cases."""
    return value.isupper() or value[:4].isdigit() or value.count("-") == 4


@pytest.mark.parametrize("service", service_names())
def test_an_event_that_cannot_be_read_or_applied_tells_nothing(service, service_runtime, capsys):
    logs.configure(service=service, process="test", environment="test")
    runtime = service_runtime(service)
    source = runtime.service.subscriptions.sources[0]
    followed = next((a for s, a in runtime.service.subscriptions.followed if s == source), "x")
    deliver(
        runtime,
        source,
        next((k for s, k in runtime.service.subscriptions.routing_keys if s == source), "x.v1")
        if followed != "*"
        else "personne_registered.v1",
        aggregate=("personne" if followed == "*" else followed, AGENT),
        version=1,
        data={"nom": NAME, "personne_ids": [PHONE], "mds": NIR, "agent_ids": PHONE},
    )
    with runtime.engine.begin() as connection:
        inbox_store.park(
            connection.connection,
            f'{{"nom": "{NAME}", "nir": {NIR}'.encode(),
            exchange=f"{source}.events",
            routing_key="x.v1",
            reason="JSONDecodeError",
            keyring=runtime.keyring,
        )
    with runtime.engine.connect() as connection:
        kept = connection.scalars(sa.select(runtime.tables.parked.c.body)).all()

    assert_clean("journal", capsys.readouterr().out)
    assert_clean("liste", json.dumps(_parked(runtime), default=str))
    assert kept
    assert all(NAME.encode() not in bytes(body) for body in kept)


def assert_clean(where: str, text: str) -> None:
    for canary in CANARIES:
        assert canary not in text, f"{where}: {canary}"
