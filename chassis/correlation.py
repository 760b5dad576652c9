"""Who caused what, carried through a process by a context variable (one per greenlet or thread)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from chassis.events import Correlation, Event
from chassis.ids import new_id

_current: ContextVar[Correlation | None] = ContextVar("correlation", default=None)
_TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


def current() -> Correlation:
    """The correlation of what runs now; a fresh one where nothing set any."""
    return _current.get() or Correlation(correlation_id=new_id())


def peek() -> Correlation | None:
    """The correlation of what runs now, if any was set."""
    return _current.get()


@contextmanager
def correlated(correlation: Correlation) -> Iterator[Correlation]:
    """Run a block under this correlation."""
    token = _current.set(correlation)
    try:
        yield correlation
    finally:
        _current.reset(token)


def caused_by(event: Event) -> Correlation:
    """The correlation of what an event sets in motion."""
    return Correlation(
        correlation_id=event.correlation.correlation_id,
        causation_id=event.id,
        traceparent=event.correlation.traceparent,
    )


def from_headers(correlation_id: str | None, traceparent: str | None) -> Correlation:
    """Read the caller's headers; what is malformed is replaced, never refused."""
    return Correlation(
        correlation_id=_uuid(correlation_id) or new_id(),
        traceparent=traceparent
        if traceparent and _TRACEPARENT.fullmatch(traceparent)
        else f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01",
    )


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
