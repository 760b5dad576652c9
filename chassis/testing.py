"""What tests stand on: a runtime with a settable clock, an in-process client, events by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from chassis import conformity, due
from chassis.caller import Caller
from chassis.errors import NotFound as Missing
from chassis.errors import Unavailable
from chassis.events import Correlation, Event
from chassis.ids import new_id
from chassis.inbox import apply_waiting
from chassis.inbox_store import store
from chassis.runtime import Runtime
from chassis.web import problems
from chassis.web.handling import handle
from chassis.web.route import endpoints

#: A Monday morning of the replayed year.
START = datetime(2023, 1, 9, 8, 0, tzinfo=UTC)


@dataclass
class SettableClock:
    """Trade time a test moves as it likes."""

    moment: datetime = START

    def __call__(self) -> datetime:
        return self.moment

    def set(self, moment: datetime) -> None:
        self.moment = moment


@dataclass
class FakeNeighbours:
    """Answers given beforehand, by (service, path). `down` services are unavailable."""

    answers: dict[tuple[str, str], Any] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)

    def get(self, service: str, path: str) -> Any:
        return self._answer(service, path, None)

    def post(self, service: str, path: str, body: Mapping[str, Any]) -> Any:
        return self._answer(service, path, body)

    def _answer(self, service: str, path: str, body: Any) -> Any:
        self.asked.append((service, path, body))
        if service in self.down:
            raise Unavailable()
        answer = self.answers.get((service, path))
        if answer is None:
            raise Missing()
        return answer(body) if callable(answer) else answer


class TrustingVerifier:
    """Reads the caller from the test's own header instead of a signature."""

    def verify(self, token: str) -> Caller:
        claims = json.loads(token)
        return Caller(
            subject=claims["subject"],
            roles=frozenset(claims["roles"]),
            agent_id=UUID(claims["agent_id"]) if claims["agent_id"] else None,
            personne_id=UUID(claims["personne_id"]) if claims["personne_id"] else None,
            partenaire=claims["partenaire"],
            mds=tuple(claims["mds"]),
        )


@dataclass(frozen=True)
class Answer:
    """What the client got back."""

    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON; None when there is none."""
        return json.loads(self.body) if self.body else None

    @property
    def etag(self) -> str:
        """The ETag header."""
        return str(self.headers["ETag"])


class Client:
    """Calls a service's routes in process: real routing, validation, transaction, problems."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        service_class = runtime.service.api_class
        self._service = service_class()
        self._service.host = type("Host", (), {"runtime": runtime, "verifier": None})
        self._endpoints = dict(endpoints(service_class))
        self._map = Map(
            [Rule(e.rule, methods=[e.method], endpoint=n) for n, e in self._endpoints.items()]
        )

    def get(self, path: str, **options: Any) -> Answer:
        return self.request("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> Answer:
        return self.request("POST", path, json=json, **options)

    def put(self, path: str, json: Any = None, **options: Any) -> Answer:
        return self.request("PUT", path, json=json, **options)

    def patch(self, path: str, json: Any = None, **options: Any) -> Answer:
        return self.request("PATCH", path, json=json, **options)

    def delete(self, path: str, **options: Any) -> Answer:
        return self.request("DELETE", path, **options)

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        data: bytes | None = None,
        role: str | list[str] | None = None,
        subject: str | None = None,
        agent_id: UUID | str | None = None,
        personne_id: UUID | str | None = None,
        partenaire: str | None = None,
        mds: list[str] | None = None,
        key: str | None = None,
        etag: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request. `key` is the Idempotency-Key, `etag` the If-Match."""
        roles = [role] if isinstance(role, str) else list(role or ())
        sent = dict(headers or {})
        if roles:
            sent["Authorization"] = "Bearer " + unsigned_token(
                roles, subject, agent_id, personne_id, partenaire, mds
            )
        if key is not None:
            sent["Idempotency-Key"] = key
        if etag is not None:
            sent["If-Match"] = etag
        where, _, query = path.partition("?")
        payload: dict[str, Any] = {"json": json} if json is not None else {"data": data}
        builder = EnvironBuilder(
            where, query_string=query, method=method, headers=list(sent.items()), **payload
        )
        return self._respond(builder.get_environ())

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """The same as a WSGI application, for tools that drive one."""
        return self._dispatch(environ)(environ, start_response)

    def _respond(self, environ: dict[str, Any]) -> Answer:
        response = self._dispatch(environ)
        return Answer(response.status_code, response.headers, response.get_data())

    def _dispatch(self, environ: dict[str, Any]) -> Response:
        request = Request(environ)
        try:
            name, values = self._map.bind_to_environ(environ).match()
        except NotFound:
            return problems.problem(problems.UnknownRoute())
        except MethodNotAllowed as error:
            refusal = problems.problem(problems.MethodNotAllowed())
            refusal.headers["Allow"] = ", ".join(error.valid_methods or ())
            return refusal
        request.path_values = values  # type: ignore[attr-defined]  # as the host does
        handler = getattr(type(self._service), name).__wrapped__.__get__(self._service)
        verifier: Any = TrustingVerifier()
        endpoint = self._endpoints[name]
        response = handle(self._runtime, verifier, endpoint, handler, request)
        conformity.check(type(self._service), endpoint, response)
        return response


def unsigned_token(
    roles: list[str],
    subject: str | None = None,
    agent_id: UUID | str | None = None,
    personne_id: UUID | str | None = None,
    partenaire: str | None = None,
    mds: list[str] | None = None,
) -> str:
    """What TrustingVerifier reads: the claims, unsigned."""
    return json.dumps(
        {
            "subject": subject or str(agent_id or personne_id or partenaire or roles[0]),
            "roles": roles,
            "agent_id": str(agent_id) if agent_id else None,
            "personne_id": str(personne_id) if personne_id else None,
            "partenaire": partenaire,
            "mds": mds or [],
        }
    )


def published(runtime: Runtime) -> list[Event]:
    """Every fact in the outbox, oldest first."""
    outbox = runtime.tables.outbox
    with runtime.engine.connect() as connection:
        rows = connection.execute(sa.select(outbox.c.envelope).order_by(outbox.c.seq))
        return [Event.from_bytes(bytes(row.envelope)) for row in rows]


def deliver(
    runtime: Runtime,
    source: str,
    routing_key: str,
    *,
    aggregate: tuple[str, UUID],
    version: int,
    data: Mapping[str, Any],
    time: datetime = START,
    event_id: UUID | None = None,
    apply: bool = True,
) -> UUID:
    """Put one event through the real inbox, and apply what can be. Answers its id."""
    name, _, major = routing_key.rpartition(".v")
    event = Event(
        id=event_id or new_id(),
        source=source,
        name=name,
        version=int(major),
        aggregate_type=aggregate[0],
        aggregate_id=aggregate[1],
        aggregate_version=version,
        time=time,
        correlation=Correlation(correlation_id=new_id()),
        data=json.loads(json.dumps(data, default=str)),
    )
    with runtime.engine.begin() as connection:
        store(connection.connection, [event.to_bytes()], runtime.service.subscriptions)
    while apply and apply_waiting(runtime):
        pass
    return event.id


def inbox_states(runtime: Runtime) -> dict[str, int]:
    """How many received events are in each state."""
    inbox = runtime.tables.inbox
    with runtime.engine.connect() as connection:
        counted = sa.select(inbox.c.state, sa.func.count().label("total"))
        rows = connection.execute(counted.group_by(inbox.c.state))
        return {row.state: row.total for row in rows}


def run_due(runtime: Runtime) -> int:
    """Work all that is due at the runtime's trade time. Answers how many were done."""
    total = 0
    while True:
        turn = due.run_due(runtime)
        total += turn.done
        if not turn.done or not turn.remaining:
            return total
