"""Our routes on nameko's HTTP server: problems instead of HTML, and a drain that loses nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any

import eventlet
from eventlet import wsgi
from eventlet.event import Event
from nameko.extensions import DependencyProvider
from nameko.web.handlers import HttpRequestHandler
from nameko.web.server import HttpOnlyProtocol, WebServer
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response
from werkzeug.wsgi import ClosingIterator

from chassis.logs import get_logger, told
from chassis.metrics import HTTP_IN_FLIGHT
from chassis.web import problems
from chassis.web.endpoint import Endpoint
from chassis.web.handling import MAX_SWALLOWED_BYTES

log = get_logger(__name__)
#: Idle seconds before a kept connection is closed.
_KEEPALIVE_SECONDS = 75


class Host:
    """What every route finds under `self.host`: the runtime and the token verifier."""

    def __init__(self, runtime: Any, verifier: Any) -> None:
        self.runtime = runtime
        self.verifier = verifier


class HostProvider(DependencyProvider):
    """Injects the `Host` the launcher put in the container's configuration."""

    def get_dependency(self, worker_ctx: Any) -> Host:
        host: Host = self.container.config["host"]
        return host


class ProblemServer(WebServer):
    """nameko's server, with our errors, no access log (it writes query strings) and a drain."""

    def __init__(self) -> None:
        super().__init__()
        self.in_flight = 0
        self.draining = False

    def run(self) -> None:
        """Accept for ever: out of file descriptors, wait for some rather than die."""
        while self._is_accepting:
            try:
                link, address = self._sock.accept()
            except OSError:
                eventlet.sleep(0.1)
                continue
            link.settimeout(self._serv.socket_timeout)
            self.container.spawn_managed_thread(partial(self.process_request, link, address))

    def process_request(self, link: Any, address: Any) -> None:
        """Serve one connection. What a rough client does to its socket is not our failure."""
        with suppress(OSError):
            self._serv.process_request([address, link, wsgi.STATE_IDLE])

    def get_wsgi_app(self) -> Any:
        return _Application(self)

    def get_wsgi_server(
        self, sock: Any, wsgi_app: Any, protocol: Any = HttpOnlyProtocol, debug: bool = False
    ) -> Any:
        return wsgi.Server(
            sock,
            sock.getsockname(),
            wsgi_app,
            protocol=protocol,
            debug=debug,
            log=logging.getLogger(__name__),
            log_output=False,
            socket_timeout=_KEEPALIVE_SECONDS,
            url_length_limit=8192,
        )

    def drain(self, seconds: float) -> bool:
        """Accept nothing new, wait for what runs to be answered. False when time ran out."""
        self.draining = True
        self._is_accepting = False
        self._gt.kill()
        self._sock.close()
        with eventlet.Timeout(seconds, False):
            while self.in_flight:
                eventlet.sleep(0.01)
            return True
        return False

    def stop(self) -> None:
        if not self.draining:
            self.drain(0.01)


class HttpRoute(HttpRequestHandler):
    """An entrypoint for one `Endpoint`."""

    server = ProblemServer()

    def __init__(self, endpoint: Endpoint, **kwargs: Any) -> None:
        super().__init__(endpoint.method, endpoint.rule, **kwargs)
        self._endpoint = endpoint

    def get_url_rule(self) -> Rule:
        return Rule(self.url, methods=[self.method])

    def handle_request(self, request: Request) -> Response:
        """Run the method in a nameko worker and wait for its answer.

        A probe waits for no worker: a busy process is not a dead one.
        """
        request.shallow = False
        if self._endpoint.raw:
            service = self.container.service_cls()
            service.host = self.container.config["host"]
            probed: Response = getattr(service, self.method_name)(request)
            return probed
        done = Event()
        self.container.spawn_worker(
            self, (request,), {}, handle_result=partial(self.handle_result, done)
        )
        response: Response = done.wait()
        return response


def _leave_unread() -> None:
    """Makes eventlet close the connection rather than read an endless body to its end."""
    raise OSError


class _Application:
    """WSGI: find the route, count what is in flight until its last byte is written."""

    def __init__(self, server: ProblemServer) -> None:
        self._server = server
        self._map: Map = server.make_url_map()

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
            # eventlet ends the stream itself; without this Werkzeug takes the body for empty.
            environ["wsgi.input_terminated"] = True
        if int(environ.get("CONTENT_LENGTH") or 0) > MAX_SWALLOWED_BYTES:
            environ["eventlet.input"].discard = _leave_unread
        self._server.in_flight += 1
        HTTP_IN_FLIGHT.set(self._server.in_flight)
        response = self._respond(environ)
        if self._server.draining:
            response.headers["Connection"] = "close"
        return ClosingIterator(response(environ, start_response), self._done)

    def _done(self) -> None:
        self._server.in_flight -= 1
        HTTP_IN_FLIGHT.set(self._server.in_flight)

    def _respond(self, environ: dict[str, Any]) -> Response:
        request = Request(environ)
        try:
            entrypoint, values = self._map.bind_to_environ(environ).match()
            request.path_values = values  # type: ignore[attr-defined]  # nameko's own convention
            response: Response = entrypoint.handle_request(request)
        except NotFound:
            return problems.problem(
                problems.UnknownRoute("Vérifiez l’adresse et la version (/v1).")
            )
        except MethodNotAllowed as error:
            refusal = problems.problem(problems.MethodNotAllowed())
            refusal.headers["Allow"] = ", ".join(error.valid_methods or ())
            return refusal
        except HTTPException:
            return problems.problem(problems.BadRequest("L’adresse ne peut pas être lue."))
        except Exception as error:  # noqa: BLE001 - the last rim: nothing of it reaches the caller
            log.error("request_failed", **told(error))
            return problems.unexpected()
        return response
