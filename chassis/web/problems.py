"""Problem documents (RFC 9457), in French, with a stable `type` and no personal data."""

from __future__ import annotations

import json
from typing import Any

from werkzeug.wrappers import Response

from chassis.correlation import peek
from chassis.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    Unavailable,
    VersionMismatch,
)

CONTENT_TYPE = "application/problem+json"
#: `type` is a URN rather than a URL: it stays true wherever the documentation is hosted.
TYPE_PREFIX = "urn:departement:probleme:"
_STATUSES: tuple[tuple[type[DomainError], int], ...] = (
    (NotFound, 404),
    (Forbidden, 403),
    (Conflict, 409),
    (VersionMismatch, 412),
    (Invalid, 422),
    (Unavailable, 503),
    (DomainError, 400),
)


class Unauthenticated(DomainError):
    """No valid bearer token (401)."""

    code = "non-authentifie"
    title = "Jeton absent ou refusé"


class BadRequest(DomainError):
    """The request cannot be read (400)."""

    code = "requete-illisible"
    title = "Requête illisible"


class UnknownRoute(NotFound):
    """No route at this address (404)."""

    code = "route-inconnue"
    title = "Adresse inconnue"


class MethodNotAllowed(DomainError):
    """The address exists, not with this method (405)."""

    code = "methode-refusee"
    title = "Méthode non admise à cette adresse"


class BodyTooLarge(DomainError):
    """More than 256 KiB (413)."""

    code = "corps-trop-grand"
    title = "Corps de requête trop grand"


class WrongMediaType(DomainError):
    """Not JSON (415)."""

    code = "type-de-contenu"
    title = "Type de contenu non admis"


class PreconditionRequired(DomainError):
    """If-Match is missing (428, RFC 6585 §3)."""

    code = "version-requise"
    title = "En-tête If-Match requis"


class KeyReused(DomainError):
    """The idempotency key was used for another request (422)."""

    code = "cle-reutilisee"
    title = "Clé d’idempotence déjà utilisée pour une autre demande"


class StillRunning(Conflict):
    """The first request with this key has not finished (409)."""

    code = "demande-en-cours"
    title = "La même demande est en cours de traitement"


class Unexpected(DomainError):
    """A bug, from outside: nothing of the exception, an id to look it up (500)."""

    code = "erreur-interne"
    title = "Erreur interne"


_SPECIAL: dict[type[DomainError], int] = {
    Unauthenticated: 401,
    BadRequest: 400,
    MethodNotAllowed: 405,
    BodyTooLarge: 413,
    WrongMediaType: 415,
    PreconditionRequired: 428,
    KeyReused: 422,
    Unexpected: 500,
}
_HEADERS = {
    401: {"WWW-Authenticate": 'Bearer realm="plateforme-sociale"'},
    503: {"Retry-After": "2"},
}


def status_of(error: type[DomainError]) -> int:
    """The HTTP status of a kind of error."""
    if error in _SPECIAL:
        return _SPECIAL[error]
    return next(status for kind, status in _STATUSES if issubclass(error, kind))


def problem(error: DomainError) -> Response:
    """The answer that tells this refusal, its members in a fixed order."""
    status = status_of(type(error))
    document: dict[str, Any] = {
        "type": TYPE_PREFIX + error.code,
        "title": error.title,
        "status": status,
        "detail": error.detail,
    }
    if (correlation := peek()) is not None:
        document["correlation_id"] = str(correlation.correlation_id)
    if listed := list(getattr(error, "errors", ())):
        document["errors"] = listed
    document |= error.extra
    body = json.dumps(document, ensure_ascii=False, default=str)
    headers = _HEADERS.get(status, {})
    return Response(body, status=status, content_type=CONTENT_TYPE, headers=headers)


def unexpected() -> Response:
    """What a bug looks like from outside."""
    return problem(
        Unexpected(
            "La demande n’a pas été exécutée. Transmettez le numéro de corrélation au support."
        )
    )
