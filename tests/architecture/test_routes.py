"""Every route has a rule, a reader, and a way to be retried."""

from __future__ import annotations

import pytest

from chassis.catalogue import load, service_names
from chassis.web import fields
from chassis.web.endpoint import Endpoint
from chassis.web.route import endpoints
from chassis.web.schemas import Schema
from services import roles
from tests.architecture.personal import personal_words

ROUTES = [
    pytest.param(name, endpoint, id=f"{name} {endpoint.method} {endpoint.path}")
    for name in service_names()
    for _, endpoint in endpoints(load(name).api_class)
]
#: What answers without a token: probes, measures, and what the API says of itself.
OPEN = {"/livez", "/readyz", "/metrics", "/openapi.json", "/docs"}
#: What a secret in the address opens, and why no token can.
SECRET = {
    "/v1/calendars/{secret}": "a calendar program sends no token; 256 bits were drawn for it alone"
}


@pytest.mark.parametrize(("service", "endpoint"), ROUTES)
class TestEveryRoute:
    def test_has_a_rule(self, service, endpoint):
        if endpoint.path in OPEN:
            assert endpoint.allow is None
        elif endpoint.path in SECRET:
            assert endpoint.allow is None
            assert endpoint.method == "GET"
            assert endpoint.media
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
        assert identity_in_the_address_of(endpoint) == set()

    def test_what_changes_an_existing_thing_names_its_version_or_its_key(self, service, endpoint):
        if endpoint.method == "PATCH":
            assert endpoint.if_match or endpoint.idempotent


class Asked(Schema):
    """What an address could carry."""

    born_on = fields.day("Naissance.", data_key="ne_le")
    family_names = fields.texts("Noms.")
    status = fields.text("État.")


def test_an_identity_in_an_address_is_found_in_its_path_and_in_its_query():
    endpoint = Endpoint(
        method="GET", path="/v1/personnes/{personne_id}", allow=None, summary="x", query=Asked
    )

    assert identity_in_the_address_of(endpoint) == {"born_on", "family_names"}


def identity_in_the_address_of(endpoint):
    """Names of the query and of the path that are those of a person's data."""
    named = set(endpoint.parameters)
    if endpoint.query_schema is not None:
        for name, field in endpoint.query_schema.fields.items():
            named |= {name, field.data_key or name}
    return {name for name in named if personal_words(name)}
