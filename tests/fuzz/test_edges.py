"""Plain input at the edge of what can be held: on every route that takes it, a clear refusal."""

from __future__ import annotations

import marshmallow
import pytest

from chassis.catalogue import load, service_names
from chassis.settings import Settings
from chassis.testing import Client
from chassis.web.pages import encode_cursor
from chassis.web.route import endpoints
from tests.fuzz import marks
from tests.fuzz.callers import credentials

ROUTES = [
    (service, endpoint)
    for service in service_names()
    for _, endpoint in endpoints(load(service).api_class)
    if not endpoint.raw
]
ID = "01850000-0000-7000-8000-000000000003"
DATES = (marshmallow.fields.Date, marshmallow.fields.AwareDateTime)
DAYS = ["0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31"]


def named(cases):
    return [pytest.param(*case, id=f"{case[0]} {case[1].method} {case[1].path}") for case in cases]


def texts_of(endpoint):
    return list(endpoint.texts_schema.fields) if endpoint.texts_schema else []


def days_of(endpoint):
    fields = endpoint.query_schema.fields if endpoint.query_schema else {}
    return [f.data_key or name for name, f in fields.items() if isinstance(f, DATES)]


def examples(schema):
    fields = schema.fields if schema else {}
    return {f.data_key or n: f.metadata["example"] for n, f in fields.items() if f.required}


@pytest.fixture
def client(service_runtime, service):
    return Client(service_runtime(service))


def asked(client, endpoint, query="", body=None, **path):
    ids = dict.fromkeys(endpoint.parameters, ID)
    where = endpoint.path.format(**(ids | examples(endpoint.texts_schema) | path))
    token = credentials(min(endpoint.allow)) if endpoint.allow else {}
    return client.request(
        endpoint.method, where + query, json=body, headers=token, key="cle-de-test", etag='"1"'
    )


@pytest.mark.parametrize(
    ("service", "endpoint"), named(route for route in ROUTES if texts_of(route[1]))
)
@pytest.mark.parametrize("value", ["%00", "a%00b"])
def test_an_address_that_holds_a_nul_cannot_be_read(client, service, endpoint, value):
    for name in texts_of(endpoint):
        answer = asked(client, endpoint, **{name: value})

        assert answer.status == 400
        assert answer.json["type"].endswith(":requete-illisible")


@pytest.mark.parametrize(("service", "endpoint"), named(r for r in ROUTES if r[1].many))
def test_a_cursor_of_another_list_starts_no_list(client, environment, service, endpoint):
    keyring = Settings.from_env(service, environment).keyring
    for values in ([0], [ID], ["x"], ["2023-01-09", ID], []):
        cursor = encode_cursor(values, keyring, of=f"{service} /v1/autre")
        query = "".join(
            f"&{name}={value}" for name, value in examples(endpoint.query_schema).items()
        )
        answer = asked(client, endpoint, f"?cursor={cursor}{query}")

        assert answer.status == 422
        assert answer.json["detail"] == "Curseur non reconnu : reprenez la liste au début."


@pytest.mark.parametrize(("service", "endpoint"), named(r for r in ROUTES if days_of(r[1])))
@pytest.mark.parametrize("day", DAYS)
def test_a_date_out_of_all_reckoning_is_refused(client, service, endpoint, day):
    for name in days_of(endpoint):
        moment = f"{name}={day}"
        for query in (moment, f"{moment}T00:00:00%2B14:00", f"{moment}T23:59:59-14:00"):
            answer = asked(client, endpoint, f"?{query}")

            assert answer.status == 422
            assert f"/{name}" in {error["pointer"] for error in answer.json["errors"]}


@pytest.mark.parametrize(("service", "endpoint"), named(r for r in ROUTES if r[1].body))
def test_a_value_out_of_all_reckoning_in_a_body_is_refused(client, service, endpoint):
    valid = marks.body(endpoint.body_schema, {})
    for name, field in endpoint.body_schema.fields.items():
        key = field.data_key or name
        if isinstance(field, DATES):
            for day in DAYS:
                value = day if isinstance(field, marshmallow.fields.Date) else f"{day}T00:00:00Z"
                answer = asked(client, endpoint, body=valid | {key: value})
                assert f"/{key}" in {error["pointer"] for error in answer.json["errors"]}
        if isinstance(field, marshmallow.fields.Integer):
            for number in (10**30, -(10**30), 2**31, 2**63):
                answer = asked(client, endpoint, body=valid | {key: number})
                assert answer.status < 500
