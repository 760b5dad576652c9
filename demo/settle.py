"""Waiting until every fact told has been heard: the books of the six services must balance."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any

from demo.client import Client, Request

_FIRST_PAUSE, _LONGEST_PAUSE = 0.01, 0.25
#: Nothing moves for so long, in seconds, while something is missing: it is lost or parked.
STUCK_SECONDS = 150.0
Traffic = Mapping[str, Mapping[str, Any]]


class NotSettled(Exception):
    """Facts stay unheard. The message, in French, says which."""


@dataclass(frozen=True)
class Subscription:
    """What one service heard of another's aggregate type."""

    consumer: str
    source: str
    aggregate: str
    published: int
    applied: int

    @property
    def missing(self) -> int:
        """Published and not applied."""
        return self.published - self.applied


def subscriptions(traffic: Traffic) -> list[Subscription]:
    """Every subscription, with its two totals."""
    rows = []
    for consumer, books in sorted(traffic.items()):
        applied = books["applied"]
        for source, aggregate in sorted(_followed(books, traffic)):
            rows.append(
                Subscription(
                    consumer,
                    source,
                    aggregate,
                    traffic[source]["published"].get(aggregate, 0),
                    applied.get(f"{source}/{aggregate}", 0),
                )
            )
    return rows


def _followed(books: Mapping[str, Any], traffic: Traffic) -> set[tuple[str, str]]:
    """(source, aggregate type) pairs; `*` is every aggregate the source has published."""
    pairs = set()
    for source, aggregate in books["follows"]:
        if aggregate == "*":
            pairs |= {(source, each) for each in traffic[source]["published"]}
        else:
            pairs.add((source, aggregate))
    return pairs


def is_settled(traffic: Traffic) -> bool:
    """Outboxes empty, nothing waiting, and every subscription has heard everything."""
    still = sum(
        books["outbox_pending"] + books["inbox_waiting"] + books["inbox_parked"]
        for books in traffic.values()
    )
    return still == 0 and all(each.missing == 0 for each in subscriptions(traffic))


@dataclass
class Settler:
    """Asks the services for their books until they balance."""

    client: Client
    pool: Executor
    services: tuple[str, ...]
    token: Callable[[], str] = field(repr=False)
    seconds: float = 0.0
    rounds: int = 0
    #: Balanced when last asked, and nothing was sent since.
    deferred_most: int = 0

    def traffic(self) -> dict[str, dict[str, Any]]:
        """The books of every service, now."""
        token = self.token()
        answers = self.pool.map(
            lambda name: self.client.expect(Request(name, "GET", "/internal/traffic", token)).json,
            self.services,
        )
        return dict(zip(self.services, answers, strict=True))

    def settle(self) -> None:
        """Return once the books balance. Raises NotSettled when nothing moves any more."""
        started = moved_at = time.monotonic()
        pause, before = _FIRST_PAUSE, None
        while True:
            traffic = self.traffic()
            self.rounds += 1
            self._note(traffic)
            if is_settled(traffic):
                break
            now = time.monotonic()
            if traffic != before:
                before, moved_at = traffic, now
            elif now - moved_at > STUCK_SECONDS:
                raise NotSettled(_explain(traffic))
            time.sleep(pause)
            pause = min(1.5 * pause, _LONGEST_PAUSE)
        self.seconds += time.monotonic() - started

    def _note(self, traffic: Traffic) -> None:
        deferred = sum(books["deferred"] for books in traffic.values())
        self.deferred_most = max(self.deferred_most, deferred)


def _explain(traffic: Traffic) -> str:
    late = [
        f"{row.consumer} n’a pas appliqué {row.missing} fait(s) de {row.source}/{row.aggregate}"
        for row in subscriptions(traffic)
        if row.missing
    ]
    for name, books in sorted(traffic.items()):
        late += [
            f"{name} : {books[field]} {label}"
            for field, label in (
                ("outbox_pending", "fait(s) non publié(s)"),
                ("inbox_waiting", "fait(s) en attente"),
                ("inbox_parked", "fait(s) mis de côté"),
            )
            if books[field]
        ]
    return "le courrier entre services ne s’apaise pas : " + " ; ".join(late)
