"""What can be refused, and why: the kinds of error every service raises.

A service subclasses the kind that fits and gives the subclass a `code` (stable, part of the
public contract: it ends the problem's `type`) and a French `title`. The detail says what the
reader can do; it never holds personal data. `chassis.web.problems` turns kinds into statuses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar


class DomainError(Exception):
    """A refusal a person can understand. The base of every kind below."""

    code: ClassVar[str] = "refus"
    title: ClassVar[str] = "Demande refusée"
    #: What `extra` may hold: by name, what it is (in French) and an example.
    members: ClassVar[Mapping[str, tuple[str, Any]]] = {}

    def __init__(self, detail: str = "", *, extra: Mapping[str, Any] | None = None) -> None:
        """`extra` holds machine-readable members added to the problem: those of `members`."""
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.extra: Mapping[str, Any] = extra or {}


class NotFound(DomainError):
    """It does not exist, or the caller may not know that it does (404)."""

    code = "introuvable"
    title = "Introuvable"


class Forbidden(DomainError):
    """The caller is known and may not do this (403)."""

    code = "interdit"
    title = "Action non autorisée"


class Conflict(DomainError):
    """The state of things forbids it now (409)."""

    code = "conflit"
    title = "En conflit avec l’état actuel"


class Invalid(DomainError):
    """The request is well-formed but breaks a rule (422). `field` is a JSON pointer."""

    code = "invalide"
    title = "Donnée refusée"

    def __init__(
        self, detail: str = "", *, field: str | None = None, extra: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(detail, extra=extra)
        self.errors: Sequence[Mapping[str, str]] = (
            [{"pointer": field, "detail": self.detail}] if field else []
        )


class VersionMismatch(DomainError):
    """The caller saw an older version (412, RFC 9110 §13.1.1)."""

    code = "version-depassee"
    title = "La fiche a changé depuis votre lecture"


class Unavailable(DomainError):
    """Something this needs does not answer; try again later (503)."""

    code = "indisponible"
    title = "Service momentanément indisponible"


class Retryable(Exception):
    """An event cannot be applied yet: defer it and try again."""


class Rejected(Exception):
    """An event can never be applied as it is: park it for a person to look at."""
