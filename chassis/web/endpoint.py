"""A route as data: who may call it, what goes in and out. Read by the handler and by OpenAPI."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.errors import DomainError, Invalid
from chassis.web.pages import PageAsked
from chassis.web.problems import BadRequest
from chassis.web.schemas import Schema, load

_PARAMETER = re.compile(r"{(\w+)}")


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One route of a service."""

    method: str
    path: str
    #: Roles that may call it; None for the probes and documents that need no token.
    allow: frozenset[str] | None
    summary: str
    tag: str = "Service"
    description: str = ""
    body: type[Schema] | None = None
    query: type[Schema] | None = None
    #: Headers of its own that the handler reads off `Call.headers`; told by OpenAPI.
    headers: type[Schema] | None = None
    #: The texts of the address; what is called `…_id` is an id and needs no schema.
    texts: type[Schema] | None = None
    reply: type[Schema] | None = None
    #: The media type of a reply that is no JSON: the handler answers a `Document`.
    media: str | None = None
    #: The member of the reply that holds the items of a paginated list.
    many: str | None = None
    status: int = 200
    etag: bool = False
    if_match: bool = False
    idempotent: bool = False
    problems: tuple[type[DomainError], ...] = ()
    #: Answers a whole response by itself, outside any transaction (probes, pages).
    raw: bool = False
    body_schema: Schema | None = field(init=False, default=None)
    query_schema: Schema | None = field(init=False, default=None)
    reply_schema: Schema | None = field(init=False, default=None)
    texts_schema: Schema | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        for part in ("body", "query", "reply", "texts"):
            kind = getattr(self, part)
            object.__setattr__(self, f"{part}_schema", kind() if kind else None)
        described = set(self.texts_schema.fields) if self.texts_schema else set()
        if described != {name for name in self.parameters if not _is_id(name)}:
            raise ValueError(f"{self.path}: `texts` must describe the texts of the address")

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the path parameters."""
        return tuple(_PARAMETER.findall(self.path))

    @property
    def rule(self) -> str:
        """The same path in Werkzeug's notation."""
        return _PARAMETER.sub(r"<\1>", self.path)

    @property
    def success_status(self) -> int:
        """The status of a successful answer."""
        says_something = self.reply is not None or self.media is not None or self.raw
        return self.status if says_something or self.status != 200 else 204

    def list_of(self, service: str) -> str:
        """What a cursor of this list is bound to."""
        return f"{service} {self.path}"

    def parse_path(self, values: Mapping[str, str]) -> dict[str, Any]:
        """Path values, ids as UUID. Raises Invalid on a malformed one, BadRequest on a NUL."""
        parsed = {name: _uuid(name, value) for name, value in values.items() if _is_id(name)}
        if self.texts_schema is None:
            return parsed
        texts = {name: value for name, value in values.items() if not _is_id(name)}
        if any("\x00" in text for text in texts.values()):
            raise BadRequest("L’adresse contient un caractère nul.")
        return parsed | load(self.texts_schema, texts)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request, read and checked."""

    caller: Caller
    body: dict[str, Any]
    query: dict[str, Any]
    expected_version: int | None = None
    limit: int = 50
    after: list[Any] | None = None
    headers: Any = None

    @property
    def page(self) -> PageAsked:
        """Which page of a list is asked for."""
        return PageAsked(limit=self.limit, after=self.after)


Handler = Callable[..., Any]


def _is_id(name: str) -> bool:
    return name.endswith("_id")


def _uuid(name: str, value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise Invalid("Identifiant (UUID) attendu dans l’adresse.", field=f"/{name}") from None
