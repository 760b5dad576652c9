"""Stores what arrives, before it is acknowledged: the only thing a consumer does with a message.

Works on a plain psycopg2 connection: no session, no pool, no green host.
What cannot be read is kept encrypted in `parked`; what this service does not follow is let go.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg2.extras import execute_values, register_uuid

from chassis.crypto import Keyring
from chassis.events import Event, Unreadable
from chassis.ids import new_id
from chassis.subscriptions import Subscriptions

PARKED_CONTEXT = "parked.body"
register_uuid()

_INSERT = """
    INSERT INTO inbox (event_id, source, aggregate_type, aggregate_id, aggregate_version,
                       routing_key, envelope, correlation_id)
    VALUES %s ON CONFLICT (event_id) DO NOTHING RETURNING event_id
"""
_COUNT = """
    INSERT INTO traffic (kind, source, aggregate_type, total) VALUES %s
    ON CONFLICT (kind, source, aggregate_type) DO UPDATE SET total = traffic.total + EXCLUDED.total
"""
_PARK = """
    INSERT INTO parked (id, body, body_sha256, exchange, routing_key, reason)
    VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (body_sha256) DO NOTHING
"""


@dataclass(frozen=True)
class Stored:
    """What a batch brought."""

    fresh: int
    duplicates: int


def store(connection: Any, bodies: Sequence[bytes], subscriptions: Subscriptions) -> Stored:
    """Insert a batch of readable envelopes. Raises Unreadable: park those apart first."""
    events = [(Event.from_bytes(body), body) for body in bodies]
    return store_events(connection, events, subscriptions)


def store_events(
    connection: Any, events: Iterable[tuple[Event, bytes]], subscriptions: Subscriptions
) -> Stored:
    """Insert events this service follows; those already there are counted as duplicates."""
    followed = [
        (event, body)
        for event, body in events
        if subscriptions.follows(event.source, event.aggregate_type)
    ]
    if not followed:
        return Stored(0, 0)
    rows = [_row(event, body) for event, body in followed]
    with connection.cursor() as cursor:
        inserted = execute_values(cursor, _INSERT, rows, page_size=len(rows), fetch=True)
        fresh = {row[0] for row in inserted}
        again = Counter((e.source, e.aggregate_type) for e, _ in followed)
        again -= Counter((e.source, e.aggregate_type) for e in _once(followed) if e.id in fresh)
        if again:
            totals = [("duplicate", *key, total) for key, total in sorted(again.items())]
            execute_values(cursor, _COUNT, totals)
    return Stored(len(fresh), len(followed) - len(fresh))


def _once(events: Iterable[tuple[Event, bytes]]) -> Iterable[Event]:
    return {event.id: event for event, _ in events}.values()


def read(body: bytes) -> Event | Unreadable:
    """The event, or why it cannot be read."""
    try:
        return Event.from_bytes(body)
    except Unreadable as error:
        return error


def park(
    connection: Any, body: bytes, *, exchange: str, routing_key: str, reason: str, keyring: Keyring
) -> str:
    """Keep an unreadable message, encrypted. Answers the digest that names it in logs."""
    digest = hashlib.sha256(body).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(
            _PARK,
            (
                new_id(),
                keyring.seal(body, PARKED_CONTEXT),
                digest,
                _storable(exchange),
                _storable(routing_key),
                reason,
            ),
        )
    return digest


def _storable(text: str) -> str:
    """A name chosen by whoever published: PostgreSQL takes no NUL and no lone surrogate."""
    return text[:200].replace("\0", "").encode("utf-8", "replace").decode()


def _row(event: Event, body: bytes) -> tuple[Any, ...]:
    return (
        event.id,
        event.source,
        event.aggregate_type,
        event.aggregate_id,
        event.aggregate_version,
        event.routing_key,
        body,
        event.correlation.correlation_id,
    )
