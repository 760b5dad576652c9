"""Whether an answer is one that the OpenAPI document tells. For tests: the real ones trust it."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from werkzeug.wrappers import Response

from chassis.web import openapi, problems, refusals
from chassis.web.endpoint import Endpoint

#: What a probe answers, its body in its own words.
_PROBED = {200, 503}


def check(service_class: Any, endpoint: Endpoint, response: Response) -> None:
    """Raise AssertionError on an answer of another status, problem or form than those told."""
    where = f"{endpoint.method} {endpoint.path} {response.status_code}"
    if response.content_type == problems.CONTENT_TYPE:
        _check_refusal(endpoint, response.status_code, json.loads(response.get_data()), where)
    elif endpoint.raw:
        assert response.status_code in _PROBED, where
    elif endpoint.media is not None:
        _check_document(endpoint, response, where)
    else:
        assert response.status_code == endpoint.success_status, where
        _check_reply(service_class, endpoint, response, where)


def _check_refusal(endpoint: Endpoint, status: int, told: dict[str, Any], where: str) -> None:
    code = told["type"].removeprefix(problems.TYPE_PREFIX)
    kinds = [kind for kind in refusals.refusals(endpoint) if kind.code == code]
    assert status in map(problems.status_of, kinds), f"{where}: {code}"
    members = {*refusals.SCHEMA["properties"], *(name for kind in kinds for name in kind.members)}
    assert set(told) <= members, f"{where}: {set(told) - members}"


def _check_document(endpoint: Endpoint, response: Response, where: str) -> None:
    assert response.headers.get("ETag"), where
    if response.status_code == 304:
        assert not response.get_data(), where
    else:
        assert response.status_code == endpoint.success_status, where
        assert response.mimetype == endpoint.media, where


def _check_reply(service_class: Any, endpoint: Endpoint, response: Response, where: str) -> None:
    if endpoint.reply is None:
        assert not response.get_data(), where
        return
    validator = _validator(service_class, endpoint.path, endpoint.method.lower())
    for error in validator.iter_errors(json.loads(response.get_data())):
        raise AssertionError(f"{where}: {error.json_path}: {error.message}")


@cache
def _validator(service_class: Any, path: str, method: str) -> Draft202012Validator:
    document = openapi.document(service_class)
    answers = document["paths"][path][method]["responses"]
    content = next(answer["content"] for status, answer in answers.items() if status[0] == "2")
    schema = content["application/json"]["schema"]
    return Draft202012Validator({"components": document["components"]} | schema)
