"""What a service says of its routes, and the answers that would belie it."""

import json

import pytest
from openapi_spec_validator import validate
from werkzeug.wrappers import Response

from chassis.conformity import check
from chassis.errors import Forbidden, NotFound
from chassis.web import openapi, reference_page
from chassis.web.endpoint import Endpoint
from chassis.web.problems import problem
from chassis.web.route import endpoints
from tests.chassis.sample.compteur.persistence import LabelTaken
from tests.chassis.sample.compteur.service import CompteurService


class TestOpenApi:
    document = openapi.document(CompteurService)

    def test_the_document_is_valid(self):
        validate(self.document)

    def test_every_route_is_there_with_its_errors(self):
        for _, endpoint in endpoints(CompteurService):
            operation = self.document["paths"][endpoint.path][endpoint.method.lower()]
            if endpoint.allow is not None:
                assert set(operation["responses"]) >= {"401", "403", "503"}
                assert operation["x-roles"] == sorted(endpoint.allow)
                assert set(operation["responses"]) >= {"413", "422", "500"}
            if endpoint.body is not None:
                assert set(operation["responses"]) >= {"400", "415"}
            if endpoint.if_match:
                assert set(operation["responses"]) >= {"412", "428"}

    def test_a_refusal_is_told_with_its_own_members(self):
        answer = self.document["paths"]["/v1/compteurs"]["post"]["responses"]["409"]

        assert "Libellé déjà pris (`libelle-pris`, avec `suggestion`)" in answer["description"]
        content = answer["content"]["application/problem+json"]
        assert content["schema"]["properties"] == {
            "type": {
                "enum": [
                    "urn:departement:probleme:demande-en-cours",
                    "urn:departement:probleme:libelle-pris",
                ]
            },
            "suggestion": {
                "description": "Un libellé libre.",
                "example": "entrées (2)",
                "type": "string",
            },
        }
        shown = self.document["components"]["examples"]["libelle-pris"]["value"]
        assert (shown["status"], shown["suggestion"]) == (409, "entrées (2)")

    def test_headers_are_told(self):
        told = self.document["paths"]["/v1/compteurs/{compteur_id}/increment"]["post"]

        names = {parameter.get("name") for parameter in told["parameters"]}
        assert names >= {"If-Match", "X-Reason"}
        assert {"$ref": "#/components/parameters/traceparent"} in told["parameters"]
        assert set(told["responses"]["200"]["headers"]) == {"ETag", "X-Correlation-Id"}
        away = self.document["components"]["responses"]["indisponible"]
        assert told["responses"]["503"] == {"$ref": "#/components/responses/indisponible"}
        assert set(away["headers"]) == {"X-Correlation-Id", "Retry-After"}

    def test_the_page_shows_every_route_and_escapes_what_it_shows(self):
        document = json.loads(json.dumps(self.document))
        document["info"]["description"] = "<script>alert(1)</script>"

        page = reference_page.render(document)

        assert "<script>" not in page
        assert all(endpoint.path in page for _, endpoint in endpoints(CompteurService))


def test_a_text_of_an_address_that_nothing_describes_stops_the_boot():
    with pytest.raises(ValueError, match="texts"):
        Endpoint(method="GET", path="/v1/labels/{label}", allow=None, summary="x")


class TestAnAnswerThatIsNotTold:
    """The in-process client of every test looks at each of its answers."""

    def endpoint(self, **changes):
        known = dict(endpoints(CompteurService))["read"]
        return Endpoint(
            method=known.method, path=known.path, allow=known.allow, summary="x", **changes
        )

    def reply(self, **changes):
        document = {"id": "01980a3c-5a10-7c43-9c39-0a1b2c3d4e01", "label": "un", "value": 0}
        return Response(json.dumps(document | changes), content_type="application/json")

    @pytest.mark.parametrize(
        "error",
        [LabelTaken(), NotFound(extra={"nom": "x"})],
        ids=["kind", "member"],
    )
    def test_a_refusal(self, error):
        with pytest.raises(AssertionError):
            check(CompteurService, self.endpoint(), problem(error))

    def test_a_status(self):
        with pytest.raises(AssertionError):
            check(CompteurService, self.endpoint(), Response(status=201))

    @pytest.mark.parametrize("changes", [{"value": None}, {"label": 7}])
    def test_a_form(self, changes):
        known = dict(endpoints(CompteurService))["read"]
        with pytest.raises(AssertionError):
            check(CompteurService, known, self.reply(**changes))

    def test_the_rest_passes(self):
        known = dict(endpoints(CompteurService))["read"]
        check(CompteurService, known, self.reply())
        check(CompteurService, known, problem(Forbidden()))
        check(CompteurService, self.endpoint(problems=(LabelTaken,)), problem(LabelTaken()))
        check(CompteurService, self.endpoint(), Response(status=204))
