"""Cursor pagination: an opaque, signed place in a stable order."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from chassis.crypto import Keyring
from chassis.errors import Invalid

MAX_LIMIT = 200
_SIGNATURE_BYTES = 16
T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page. `next` holds the sort values of the last item, or None at the end."""

    items: Sequence[T]
    next: Sequence[Any] | None = None


@dataclass(frozen=True, kw_only=True)
class PageAsked:
    """How many rows of a list, after which place."""

    limit: int
    #: The sort values of the last row of the page before.
    after: Sequence[Any] | None = None

    @property
    def sought(self) -> int:
        """One row more than is shown: it tells that another page follows."""
        return self.limit + 1

    @property
    def after_id(self) -> UUID | None:
        """The place, in a list sorted by id alone."""
        return UUID(self.after[0]) if self.after else None

    def of(self, found: Sequence[T], place: Callable[[T], Sequence[Any]]) -> Page[T]:
        """The page, cut from the rows sought; `place` gives the sort values of a row."""
        shown = found[: self.limit]
        return Page(shown, place(shown[-1]) if len(found) > self.limit else None)


def encode_cursor(values: Sequence[Any], keyring: Keyring, *, of: str) -> str:
    """Values (JSON scalars, or anything with a `str`) as an opaque cursor of one list."""
    body = json.dumps(list(values), default=str, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_sign(body, keyring, of) + body).decode().rstrip("=")


def decode_cursor(cursor: str, keyring: Keyring, *, of: str) -> list[Any]:
    """The values of a cursor of this very list. Raises Invalid for anything else."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        signature, body = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, _sign(body, keyring, of)):
            raise ValueError
        values: list[Any] = json.loads(body)
    except ValueError:
        detail = "Curseur non reconnu : reprenez la liste au début."
        raise Invalid(detail, field="/cursor") from None
    return values


def _sign(body: bytes, keyring: Keyring, of: str) -> bytes:
    """The services share a key: without its list, a cursor would be good for any other."""
    message = f"cursor\0{of}\0".encode() + body
    digest = hmac.new(keyring.keys[keyring.current], message, hashlib.sha256)
    return digest.digest()[:_SIGNATURE_BYTES]
