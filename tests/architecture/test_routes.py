"""Every route has a rule, a reader, and a way to be retried."""

from __future__ import annotations

import pytest

from chassis.catalogue import load, service_names
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
