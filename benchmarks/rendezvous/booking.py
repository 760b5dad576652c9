"""Bookings: the real api against the same statements sent by a bare nameko handler."""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from psycopg2.extensions import Binary

from benchmarks.ground import Ground
from benchmarks.pairs import Measure, compare
from benchmarks.recording import Request, record
from benchmarks.rendezvous.town import BOOKING_AGENTS, CLOCK, FIRST_DAY, HOURS, MOTIF, digest
from benchmarks.rendezvous.wire import Link, request
from chassis.clock import instant_of
from chassis.testing import Client, SettableClock

_SUBJECT = "secretariat"
#: What a booking writes, besides what goes with the rendezvous.
_WRITTEN = "outbox, published_head, idempotency"


def wishes(count: int) -> list[dict[str, Any]]:
    """Bookings that are all possible: an agent and an hour each, somebody each."""
    places = [
        (agent, week, day, hour)
        for week in range(6)
        for day in range(5)
        for hour in HOURS
        for agent in range(1, BOOKING_AGENTS + 1)
    ]
    return [
        {
            "motif": MOTIF,
            "site": "PRISES",
            "agent_ids": [str(digest(f"agent:PRISES:{agent}"))],
            "personne_ids": [str(digest(f"personne:{number + 1}"))],
            "starts_at": (
                instant_of(FIRST_DAY + timedelta(days=7 * week + day)) + timedelta(hours=hour)
            ).isoformat(),
        }
        for number, (agent, week, day, hour) in enumerate(places[:count])
    ]


def recorded(on: Ground, wanted: Sequence[Mapping[str, Any]], file: Path) -> list[Request]:
    """The statements of these bookings, as the api sends them; kept in `file`."""
    runtime = replace(on.runtimes["rendezvous"], clock=SettableClock(CLOCK))
    client = Client(runtime)

    def book() -> None:
        for wish in wanted:
            answer = client.post(
                "/v1/rendezvous", json=wish, role="secretaire", subject=_SUBJECT, key=str(uuid4())
            )
            if answer.status != 201:
                raise RuntimeError(f"réponse {answer.status} : {answer.json}")

    forget(on)
    statements = record(runtime.engine, book)
    if len(statements) != len(wanted):
        raise RuntimeError(f"{len(statements)} transactions pour {len(wanted)} prises")
    plain = [[(text, _plain(values)) for text, values in one] for one in statements]
    file.write_bytes(pickle.dumps(plain))
    forget(on)
    return plain


def forget(on: Ground) -> None:
    """Take the bookings away: the next ones find the same agendas."""
    with on.owner("rendezvous") as cursor:
        cursor.execute("DELETE FROM rendezvous WHERE booked_by = %s", (_SUBJECT,))
        cursor.execute(f"TRUNCATE {_WRITTEN}")
        cursor.execute("VACUUM rendezvous, occupation")


def against_a_bare_handler(
    on: Ground,
    *,
    api: Link,
    bare: Link,
    headers: Mapping[str, str],
    wanted: Sequence[Mapping[str, Any]],
    title: str,
    pairs: int,
) -> Measure:
    """Time of bookings over HTTP / of their statements behind a bare handler."""
    replays = [request("POST", f"/bookings/{number}", {}) for number in range(len(wanted))]

    def bookings() -> Any:
        forget(on)
        fresh = [
            request("POST", "/v1/rendezvous", {**headers, "Idempotency-Key": str(uuid4())}, wish)
            for wish in wanted
        ]
        return partial(_send, api, fresh)

    def statements() -> Any:
        forget(on)
        return partial(_send, bare, replays)

    measure = compare(title, len(wanted), reference=statements, chassis=bookings, pairs=pairs)
    forget(on)
    return measure


def _send(link: Link, requests: Sequence[bytes]) -> None:
    link.send(requests).expect(201)


def _plain(value: Any) -> Any:
    """Bytes the driver wrapped, as bytes again: a wrapper does not travel."""
    if isinstance(value, Binary):
        return value.adapted
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_plain(item) for item in value)
    return value
