"""Reads over `/internal/*` of other services: service token, 2 s, fail closed."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

import urllib3
from marshmallow import EXCLUDE, Schema, ValidationError

from chassis.correlation import current
from chassis.errors import NotFound, Unavailable

TIMEOUT_SECONDS = 2.0
#: A route that answers about several ids takes at most this many.
IDS_PER_CALL = 200


class Neighbours(Protocol):
    """How a use case asks another service; a test passes a small fake."""

    def get(self, service: str, path: str) -> Any:
        """The JSON answer. Raises NotFound on 404, Unavailable on anything else."""
        ...

    def post(self, service: str, path: str, body: Mapping[str, Any]) -> Any:
        """A read too large for a URL, or naming people. Same errors as `get`."""
        ...


class AnswerSchema(Schema):
    """A tolerant reader of an answer: declares the members it needs, ignores the rest."""

    class Meta:
        unknown = EXCLUDE


def ask(
    neighbours: Neighbours,
    service: str,
    path: str,
    reads: AnswerSchema,
    *,
    body: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What a service answers, read. Raises NotFound and Unavailable: nothing is assumed.

    An answer that is not what was agreed is no answer. It is never quoted: it may hold addresses.
    """
    answer = neighbours.get(service, path) if body is None else neighbours.post(service, path, body)
    try:
        return dict(reads.load(answer))
    except ValidationError:
        raise _unreadable(service) from None


def find(
    neighbours: Neighbours, service: str, path: str, reads: AnswerSchema
) -> dict[str, Any] | None:
    """The same, None where the service knows nothing of it."""
    try:
        return ask(neighbours, service, path, reads)
    except NotFound:
        return None


def ask_about(
    neighbours: Neighbours,
    service: str,
    path: str,
    reads: AnswerSchema,
    **ids: Collection[UUID],
) -> Iterator[dict[str, Any]]:
    """What a service answers about many ids, each asked once, some at a time."""
    ((name, wanted),) = ids.items()
    rest = sorted(set(wanted))
    while rest:
        part, rest = rest[:IDS_PER_CALL], rest[IDS_PER_CALL:]
        yield ask(neighbours, service, path, reads, body={name: [str(one) for one in part]})


@dataclass
class HttpNeighbours:
    """The real one, over HTTP/1.1 with kept connections."""

    urls: Mapping[str, str]
    #: Answers a fresh service token at each call, so that it can rotate.
    token: Callable[[], str] = field(repr=False)
    _pool: urllib3.PoolManager = field(
        default_factory=lambda: urllib3.PoolManager(
            maxsize=8, retries=False, timeout=urllib3.Timeout(total=TIMEOUT_SECONDS)
        ),
        repr=False,
    )

    def get(self, service: str, path: str) -> Any:
        return self._ask("GET", service, path, None)

    def post(self, service: str, path: str, body: Mapping[str, Any]) -> Any:
        return self._ask("POST", service, path, json.dumps(body).encode())

    def _ask(self, method: str, service: str, path: str, body: bytes | None) -> Any:
        try:
            answer = self._pool.request(
                method, self.urls[service] + path, body=body, headers=self._headers()
            )
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise Unavailable(
                f"Le service {service} ne répond pas ; réessayez dans un instant."
            ) from error
        if answer.status == 404:
            raise NotFound()
        if answer.status != 200:
            raise Unavailable(f"Le service {service} ne peut pas répondre pour l’instant.")
        try:
            return json.loads(answer.data)
        except ValueError:
            raise _unreadable(service) from None

    def _headers(self) -> dict[str, str]:
        correlation = current()
        headers = {
            "Authorization": f"Bearer {self.token()}",
            "Content-Type": "application/json",
            "X-Correlation-Id": str(correlation.correlation_id),
        }
        if correlation.traceparent:
            headers["traceparent"] = correlation.traceparent
        return headers


def _unreadable(service: str) -> Unavailable:
    return Unavailable(f"Le service {service} a répondu autre chose que ce qui est convenu.")
