"""`@route`: declares an endpoint on a nameko service class."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from werkzeug.wrappers import Request, Response

from chassis.host.http import HttpRoute
from chassis.web.endpoint import Call, Endpoint
from chassis.web.handling import handle

__all__ = ["Call", "route"]


def route(method: str, path: str, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Serve `method path` with the decorated method: `(self, uow, call, **path values)`.

    Options are those of `Endpoint`. `allow` is mandatory: a route without a rule is refused.
    """
    endpoint = Endpoint(method=method, path=path, **options)

    def decorate(handler: Callable[..., Any]) -> Any:
        @wraps(handler)
        def serve(self: Any, request: Request) -> Response:
            return handle(
                self.host.runtime,
                self.host.verifier,
                endpoint,
                handler.__get__(self),
                request,
            )

        serve.endpoint = endpoint  # type: ignore[attr-defined]  # read by openapi and the tests
        return HttpRoute.decorator(endpoint)(serve)

    return decorate


def endpoints(service_class: type[Any]) -> list[tuple[str, Endpoint]]:
    """(method name, endpoint) of every route of a service class, in a stable order."""
    found = [
        (name, member.endpoint)
        for name in dir(service_class)
        if hasattr(member := getattr(service_class, name), "endpoint")
    ]
    return sorted(found, key=lambda pair: (pair[1].path, pair[1].method))
