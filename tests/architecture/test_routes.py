"""Every route has a rule, a reader, and a way to be retried."""

from __future__ import annotations

import pytest
from openapi_spec_validator import validate

from chassis.catalogue import load, service_names
from chassis.web import openapi
from chassis.web.route import endpoints
from services import roles

ROUTES = [
    pytest.param(name, endpoint, id=f"{name} {endpoint.method} {endpoint.path}")
    for name in service_names()
    for _, endpoint in endpoints(load(name).api_class)
]
#: What answers without a token: probes, measures, and what the API says of itself.
OPEN = {"/livez", "/readyz", "/metrics", "/openapi.json", "/docs"}


@pytest.mark.parametrize(("service", "endpoint"), ROUTES)
class TestEveryRoute:
    def test_has_a_rule(self, service, endpoint):
        if endpoint.path in OPEN:
            assert endpoint.allow is None
        else:
            assert endpoint.allow
            assert endpoint.allow <= roles.ALL

    def test_internal_routes_are_for_services_alone(self, service, endpoint):
        if endpoint.path.startswith("/internal/"):
            assert endpoint.allow == {roles.SERVICE}
        elif endpoint.allow is not None:
            assert endpoint.path.startswith("/v1/")
            assert roles.SERVICE not in endpoint.allow

    def test_no_identity_in_the_address(self, service, endpoint):
        personal = {"name", "nom", "prenom", "phone", "telephone", "email", "nir", "born_on"}
        fields = set(endpoint.query_schema.fields) if endpoint.query_schema else set()
        assert not personal & (fields | set(endpoint.parameters))

    def test_what_changes_an_existing_thing_names_its_version_or_its_key(self, service, endpoint):
        if endpoint.method == "PATCH":
            assert endpoint.if_match or endpoint.idempotent

    def test_speaks_french(self, service, endpoint):
        assert endpoint.summary
        assert endpoint.tag


@pytest.mark.parametrize("service", service_names())
class TestOpenApi:
    def test_is_valid(self, service):
        validate(openapi.document(load(service).api_class))

    def test_documents_the_errors_of_every_guarded_route(self, service):
        document = openapi.document(load(service).api_class)
        for path, operations in document["paths"].items():
            for operation in operations.values():
                if path not in OPEN:
                    assert {"401", "403", "503"} <= set(operation["responses"]), path

    def test_every_field_of_a_request_is_described(self, service):
        document = openapi.document(load(service).api_class)
        for path, operations in document["paths"].items():
            for operation in operations.values():
                body = operation.get("requestBody")
                if body is None:
                    continue
                name = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
                for field, schema in document["components"]["schemas"][name]["properties"].items():
                    assert schema.get("description") or schema.get("$ref") or schema.get("allOf"), (
                        f"{path}: {name}.{field}"
                    )
