"""From a request to its answer: token, schema, idempotency, transaction, problem.

Knows nothing of nameko: the host gives it a Werkzeug request and sends what it answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from time import perf_counter
from typing import Any

from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.wrappers import Request, Response

from chassis.caller import Caller
from chassis.correlation import correlated, from_headers
from chassis.errors import DomainError, Forbidden
from chassis.logs import get_logger, told
from chassis.metrics import HTTP_SECONDS
from chassis.runtime import Runtime
from chassis.web import documents, idempotency
from chassis.web.endpoint import Call, Endpoint, Handler
from chassis.web.pages import Page, decode_cursor, encode_cursor
from chassis.web.problems import (
    BadRequest,
    BodyTooLarge,
    PreconditionRequired,
    Unauthenticated,
    WrongMediaType,
    problem,
    unexpected,
)
from chassis.web.schemas import PageQuery, Refused, load
from chassis.web.tokens import TokenVerifier

MAX_BODY_BYTES = 256 * 1024
#: A refused body larger than this is not read to its end: the connection is closed instead.
MAX_SWALLOWED_BYTES = 8 * 1024 * 1024
_ETAG = re.compile(r'"([0-9]{1,9})"')
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_ANONYMOUS = Caller(subject="", roles=frozenset())
_PAGE_QUERY = PageQuery()
log = get_logger(__name__)


def handle(
    runtime: Runtime,
    verifier: TokenVerifier,
    endpoint: Endpoint,
    handler: Handler,
    request: Request,
) -> Response:
    """Answer one request. Never raises: a bug becomes a 500 that says nothing of itself."""
    started = perf_counter()
    correlation = from_headers(
        request.headers.get("X-Correlation-Id"), request.headers.get("traceparent")
    )
    with correlated(correlation):
        trouble: dict[str, str] = {}
        try:
            response = _answer(runtime, verifier, endpoint, handler, request)
        except DomainError as error:
            response, trouble = problem(error), {"error_class": type(error).__name__}
        except OverflowError as error:
            refusal = Refused({"_schema": ["Valeur hors limites."]})
            response, trouble = problem(refusal), told(error)
        except Exception as error:  # noqa: BLE001 - the rim of the process
            response, trouble = unexpected(), told(error)
        response.headers["X-Correlation-Id"] = str(correlation.correlation_id)
        response.headers.setdefault("Cache-Control", "no-store")
        _observe(endpoint, response, perf_counter() - started, trouble)
    return response


def _observe(
    endpoint: Endpoint, response: Response, seconds: float, trouble: Mapping[str, str]
) -> None:
    HTTP_SECONDS.labels(endpoint.method, endpoint.path, response.status_code).observe(seconds)
    report = log.error if response.status_code >= 500 else log.info
    if endpoint.allow is None and response.status_code < 500:
        return
    report(
        "request",
        method=endpoint.method,
        route=endpoint.path,
        status=response.status_code,
        duration_ms=round(seconds * 1000, 1),
        **trouble,
    )


def _answer(
    runtime: Runtime,
    verifier: TokenVerifier,
    endpoint: Endpoint,
    handler: Handler,
    request: Request,
) -> Response:
    caller = _authorise(verifier, endpoint, request)
    path = endpoint.parse_path(getattr(request, "path_values", {}))
    if endpoint.raw:
        answer: Response = handler(request, **path)
        return answer
    raw_body = _read_body(endpoint, request)
    call = _call(runtime, endpoint, request, raw_body, caller)
    act = partial(_act, endpoint, handler, call=call, path=path)
    if not endpoint.idempotent:
        return runtime.transaction(act)
    once = {
        "caller": caller.subject,
        "key": idempotency.check_key(request.headers.get("Idempotency-Key")),
        "mark": idempotency.fingerprint(
            request.method, request.path, call.expected_version, raw_body
        ),
    }
    return runtime.transaction(partial(_act_once, act, once))


def _authorise(verifier: TokenVerifier, endpoint: Endpoint, request: Request) -> Caller:
    if endpoint.allow is None:
        return _ANONYMOUS
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("Présentez un jeton (Authorization: Bearer …).")
    caller = verifier.verify(token.strip())
    if caller.roles.isdisjoint(endpoint.allow):
        raise Forbidden("Votre rôle ne permet pas cette action.")
    return caller


def _read_body(endpoint: Endpoint, request: Request) -> bytes:
    if (request.content_length or 0) > MAX_BODY_BYTES:
        _swallow(request)
        raise BodyTooLarge("Le corps dépasse 256 Kio.")
    if endpoint.body is None:
        return b""
    try:
        body: bytes = request.stream.read(MAX_BODY_BYTES + 1)
    except (ClientDisconnected, RequestEntityTooLarge, OSError, ValueError):
        raise BadRequest("Le corps de la requête est incomplet.") from None
    if len(body) > MAX_BODY_BYTES:
        _swallow(request)
        raise BodyTooLarge("Le corps dépasse 256 Kio.")
    if request.mimetype != "application/json":
        raise WrongMediaType("Envoyez du JSON (Content-Type: application/json).")
    return body


def _swallow(request: Request) -> None:
    """Read what a refused body still brings: closing on it would reset our answer away."""
    if (request.content_length or 0) > MAX_SWALLOWED_BYTES:
        return
    left = MAX_SWALLOWED_BYTES
    with suppress(ClientDisconnected, RequestEntityTooLarge, OSError, ValueError):
        while left > 0 and (chunk := request.stream.read(64 * 1024)):
            left -= len(chunk)


def _call(
    runtime: Runtime, endpoint: Endpoint, request: Request, raw_body: bytes, caller: Caller
) -> Call:
    query = request.args.to_dict(flat=False)
    page = _page(endpoint, query)
    cursor = page.get("cursor")
    return Call(
        caller=caller,
        body=_load_body(endpoint, raw_body),
        query=_load_query(endpoint, query),
        expected_version=_expected_version(endpoint, request),
        limit=page.get("limit", 50),
        after=_place(runtime, endpoint, cursor) if cursor else None,
        headers=request.headers,
    )


def _place(runtime: Runtime, endpoint: Endpoint, cursor: str) -> list[Any]:
    return decode_cursor(cursor, runtime.keyring, of=endpoint.list_of(runtime.service.name))


def _load_body(endpoint: Endpoint, raw_body: bytes) -> dict[str, Any]:
    if endpoint.body_schema is None:
        return {}
    try:
        document = json.loads(raw_body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise BadRequest("Le corps n’est pas du JSON valide.") from None
    if _holds_nul(raw_body) or _holds_lone_surrogate(raw_body, document):
        raise BadRequest("Le corps contient un caractère qu’aucun texte ne peut porter.")
    return load(endpoint.body_schema, document)


def _holds_nul(raw_body: bytes) -> bool:
    """PostgreSQL stores no NUL in a text; JSON can only write it escaped."""
    return b"\\u0000" in raw_body or b"\x00" in raw_body


def _holds_lone_surrogate(raw_body: bytes, document: Any) -> bool:
    """Half an escaped pair is JSON, but no text: the driver would fail on it (RFC 8259 §8.2)."""
    if not _SURROGATE.search(raw_body):
        return False
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def _page(endpoint: Endpoint, query: dict[str, list[str]]) -> dict[str, Any]:
    if endpoint.many is None:
        return {}
    wanted = {name: query.pop(name)[0] for name in ("limit", "cursor") if name in query}
    return load(_PAGE_QUERY, wanted)


def _load_query(endpoint: Endpoint, query: dict[str, list[str]]) -> dict[str, Any]:
    if endpoint.query_schema is None:
        if query:
            raise Refused({name: ["Paramètre inconnu."] for name in query}, document=query)
        return {}
    if any("\x00" in value for values in query.values() for value in values):
        raise BadRequest("L’adresse contient un caractère nul.")
    lists = {
        (field.data_key or name)
        for name, field in endpoint.query_schema.fields.items()
        if field.__class__.__name__ == "List"
    }
    flat = {name: values if name in lists else values[0] for name, values in query.items()}
    return load(endpoint.query_schema, flat)


def _expected_version(endpoint: Endpoint, request: Request) -> int | None:
    if not endpoint.if_match:
        return None
    header = request.headers.get("If-Match")
    if header is None:
        raise PreconditionRequired("Lisez la fiche et renvoyez son ETag dans If-Match.")
    match = _ETAG.fullmatch(header)
    if match is None:
        raise BadRequest("If-Match attend l’ETag reçu, entre guillemets.")
    return int(match.group(1))


def _act(
    endpoint: Endpoint, handler: Handler, uow: Any, *, call: Call, path: Mapping[str, Any]
) -> Response:
    result = handler(uow, call, **path)
    uow.session.flush()
    if endpoint.media is not None:
        return documents.answer(endpoint.media, result, call.headers.get("If-None-Match"))
    return render(endpoint, result, uow)


def _act_once(act: Any, once: dict[str, str], uow: Any) -> Response:
    given = idempotency.replay(uow, **once)
    if given is not None:
        return given
    response: Response = act(uow)
    idempotency.remember(uow, response, **once)
    return response


def render(endpoint: Endpoint, result: Any, uow: Any) -> Response:
    """What a handler answered, through the reply schema."""
    if endpoint.reply_schema is None:
        return Response(status=endpoint.success_status)
    if endpoint.many is not None:
        document = _page_document(endpoint, result, uow)
    else:
        document = endpoint.reply_schema.dump(result)
    response = Response(
        json.dumps(document, ensure_ascii=False, separators=(",", ":")),
        status=endpoint.success_status,
        content_type="application/json",
    )
    if endpoint.etag:
        version = result["version"] if isinstance(result, Mapping) else result.version
        response.headers["ETag"] = f'"{version}"'
    return response


def _page_document(endpoint: Endpoint, page: Page[Any], uow: Any) -> dict[str, Any]:
    schema: Any = endpoint.reply_schema
    following = None
    if page.next is not None:
        following = encode_cursor(page.next, uow.keyring, of=endpoint.list_of(uow.service))
    return {str(endpoint.many): schema.dump(page.items, many=True), "next": following}


def _refuse_constant(_: str) -> Any:
    raise ValueError
