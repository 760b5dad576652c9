"""Waiting until every fact told has been heard: the books of the six services must balance."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
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


def _lagging(traffic: Traffic) -> list[str]:
    """Services with something to send or to apply, or whose books are older than another's.

    A consumer that applied more than its source had published when last asked: the source told
    something new since, and must be asked again.
    """
    uneven = [each for each in subscriptions(traffic) if each.missing]
    late = {each.consumer for each in uneven} | {e.source for e in uneven if e.missing < 0}
    busy = {
        name
        for name, books in traffic.items()
        if books["outbox_pending"] or books["inbox_waiting"] or books["inbox_parked"]
    }
    return sorted(late | busy)


@dataclass
class Settler:
    """Asks the services for their books until they balance."""

    client: Client
    pool: Executor
    services: tuple[str, ...]
    token: Callable[[], str] = field(repr=False)
    seconds: float = 0.0
    #: Times a service was asked for its books.
    rounds: int = 0
    #: The most facts seen waiting for an earlier one, or for a retry.
    deferred_most: int = 0

    def traffic(self, services: Collection[str] = ()) -> dict[str, dict[str, Any]]:
        """The books of some services (all by default), now."""
        names, token = tuple(services) or self.services, self.token()
        answers = self.pool.map(
            lambda name: self.client.expect(Request(name, "GET", "/internal/traffic", token)).json,
            names,
        )
        self.rounds += len(names)
        return dict(zip(names, answers, strict=True))

    def settle(self) -> None:
        """Return once the books balance. Raises NotSettled when nothing moves any more.

        Between two looks at all of them, only those that lag are asked again.
        """
        started = moved_at = time.monotonic()
        pause = _FIRST_PAUSE
        traffic = self.traffic()
        while not is_settled(traffic):
            lagging = _lagging(traffic)
            time.sleep(pause)
            fresh = {**traffic, **self.traffic(lagging)}
            self._note(fresh)
            if is_settled(fresh) and len(lagging) < len(self.services):
                # The others may have told something new meanwhile.
                fresh = self.traffic()
            if fresh != traffic:
                moved_at, pause = time.monotonic(), _FIRST_PAUSE
            elif time.monotonic() - moved_at > STUCK_SECONDS:
                raise NotSettled(_explain(fresh))
            traffic = fresh
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
