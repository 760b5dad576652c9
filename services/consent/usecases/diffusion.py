"""From a fact received to a partner's event: recorded, then decided when it is about to leave."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from functools import partial
from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.errors import Forbidden
from chassis.events import Event
from services.consent.domain.elements import is_sensitive
from services.consent.domain.livraison import Livraison, Outcome, judge, outgoing
from services.consent.domain.partenaire import Partenaire
from services.consent.persistence import UnitOfWork

#: Facts decided in one go while a partner reads over HTTP.
_STEP = 100
#: Facts decided at most in one reading, so that it stays short; the partner asks again.
_MOST = 1000


class PartenaireSuspended(Forbidden):
    """What waits goes on waiting, and what happens waits too: nothing is decided meanwhile."""

    code = "partenaire-suspendu"
    title = "Votre accès est suspendu"


class OtherPartner(Forbidden):
    code = "autre-partenaire"
    title = "Ce flux n’est pas le vôtre"


class Fate(Enum):
    """What became of a message: the partner has it, it never had it, it may have seen it."""

    TAKEN = auto()
    LEFT = auto()
    SEEN = auto()


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """What goes to a partner's queue, each with its place, and until when it may be there."""

    numbered: Sequence[tuple[Outcome, int]]
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What one reading gives. `next`: where to go on from; `more`: whether to ask again now."""

    facts: Sequence[dict[str, Any]]
    next: int
    more: bool


def record(uow: UnitOfWork, event: Event) -> None:
    """Keep a fact for every partner whose contract in force names it. Nothing is decided here.

    A suspended partner's facts are kept too: a suspension ends, and each is decided then.
    """
    topic = f"{event.source}.{event.routing_key}"
    partenaires = uow.partenaires.by_topic.get(topic)
    if partenaires:
        today = uow.today
        rows = [_row(uow, event, topic, p) for p in partenaires if p.contract.is_active(today)]
        if rows:
            uow.livraisons.record(rows)


def outcomes(uow: UnitOfWork, partenaire: Partenaire, limit: int) -> list[Outcome]:
    """Decide the oldest waiting facts. The caller holds the feed; persons are held from here."""
    return _judge(uow, partenaire, uow.livraisons.waiting(partenaire.code, limit))


def suppress(uow: UnitOfWork, partenaire: Partenaire, refused: Sequence[Outcome]) -> None:
    """Forget the content of what may not leave, keep why."""
    uow.livraisons.mark_suppressed(refused, contract_version=partenaire.version, now=uow.now)


def deliver(uow: UnitOfWork, partenaire: Partenaire, given: Sequence[tuple[Outcome, int]]) -> None:
    """Remember what the partner received, and its place."""
    uow.livraisons.mark_delivered(given, contract_version=partenaire.version, now=uow.now)


def announce(
    uow: UnitOfWork, partenaire: Partenaire, allowed: Sequence[Outcome], seconds: float
) -> Announcement:
    """Say beforehand what goes to the partner's queue, and take its places for good.

    Committed before anything leaves, this outlives the session that holds the persons: whoever
    takes back waits for it, and a place once given never names another fact.
    """
    numbered = number(uow, partenaire, allowed)
    until = uow.livraisons.announce([outcome for outcome, _ in numbered], seconds)
    return Announcement(numbered=numbered, until=until)


def settle(
    uow: UnitOfWork, partenaire: Partenaire, announced: Announcement, fate: Mapping[UUID, Fate]
) -> None:
    """Write what became of what was announced; what is not told stays announced."""

    def ids(wanted: Fate) -> list[UUID]:
        return [identifier for identifier, told in fate.items() if told is wanted]

    taken = set(ids(Fate.TAKEN))
    deliver(uow, partenaire, [pair for pair in announced.numbered if pair[0].livraison.id in taken])
    uow.livraisons.take_back(ids(Fate.LEFT))
    uow.livraisons.lose_sight(ids(Fate.SEEN))


def settle_late(
    uow: UnitOfWork, code: str, announced: Announcement, fate: Mapping[UUID, Fate]
) -> None:
    """The same from another session than the one that decided, while it is not too late."""
    if uow.livraisons.hold_announced(code, announced.until):
        settle(uow, uow.partenaires.get(code), announced, fate)


def envelope(uow: UnitOfWork, partenaire: str, outcome: Outcome, sequence: int) -> dict[str, Any]:
    """The event this partner may have, its ids replaced by those of this partner alone."""
    return outgoing(outcome, sequence, partial(pseudonym, uow, partenaire))


def pseudonym(uow: UnitOfWork, partenaire: str, identifier: str) -> str:
    """The name a partner knows an id by: stable for it, unrelated to another's (HMAC-SHA256)."""
    digest = uow.keyring.blind_index(identifier.lower(), f"pseudonym.{partenaire}")
    return str(UUID(f"{digest[:12]}8{digest[13:16]}a{digest[17:32]}"))  # RFC 9562, version 8


def read_facts(uow: UnitOfWork, *, by: Caller, code: str, after: int, limit: int) -> Reading:
    """A partner reads its facts after a place; all of them are decided now, old ones again."""
    if by.partenaire != code:
        raise OtherPartner()
    uow.hold_feed(code)
    partenaire = uow.partenaires.get(code)
    if partenaire.suspended_at is not None:
        raise PartenaireSuspended()
    _advance(uow, partenaire, after, limit)
    log = uow.livraisons.delivered(code, after, limit)
    judged = _judge(uow, partenaire, log)
    facts = [
        envelope(uow, code, outcome, outcome.livraison.sequence or 0)
        for outcome in judged
        if outcome.allowed
    ]
    uow.journaux.reading(
        partenaire=code,
        after=after,
        given=len(facts),
        withheld=len(judged) - len(facts),
        read_at=uow.now,
    )
    last = log[-1].sequence if log else after
    more = len(log) == limit or uow.livraisons.count_waiting(code) > 0
    return Reading(facts=facts, next=last or after, more=more)


def _advance(uow: UnitOfWork, partenaire: Partenaire, after: int, limit: int) -> None:
    """Decide what waits until the page can be filled."""
    for _ in range(_MOST // _STEP):
        missing = limit - len(uow.livraisons.delivered(partenaire.code, after, limit))
        judged = outcomes(uow, partenaire, min(_STEP, missing)) if missing else []
        if not judged:
            return
        allowed = [outcome for outcome in judged if outcome.allowed]
        suppress(uow, partenaire, [outcome for outcome in judged if not outcome.allowed])
        deliver(uow, partenaire, number(uow, partenaire, allowed))


def number(
    uow: UnitOfWork, partenaire: Partenaire, allowed: Sequence[Outcome]
) -> list[tuple[Outcome, int]]:
    """Give each its place in what the partner receives."""
    if not allowed:
        return []
    first = uow.partenaires.take_sequences(partenaire.code, len(allowed))
    return [(outcome, first + index) for index, outcome in enumerate(allowed)]


def _judge(
    uow: UnitOfWork, partenaire: Partenaire, livraisons: Sequence[Livraison]
) -> list[Outcome]:
    people = {person for livraison in livraisons for person in livraison.personne_ids}
    uow.hold_persons(people, shared=True)
    record_of = uow.personnes.record_of(people)
    today = uow.today
    return [judge(one, partenaire, record_of, now=uow.now, today=today) for one in livraisons]


def _row(uow: UnitOfWork, event: Event, topic: str, partenaire: Partenaire) -> dict[str, Any]:
    """Only the fields of the contract are kept, and none of a fact that may never leave."""
    sensitive = is_sensitive(topic, event.data)
    wanted = frozenset() if sensitive else partenaire.contract.fields_for(topic)
    return {
        "partenaire": partenaire.code,
        "event_id": event.id,
        "topic": topic,
        "aggregate_type": event.aggregate_type,
        "aggregate_id": event.aggregate_id,
        "personne_ids": _people(event.data),
        "data": {name: event.data[name] for name in sorted(wanted & event.data.keys())},
        "is_sensitive": sensitive,
        "happened_at": event.time,
        "recorded_at": uow.now,
    }


def _people(data: Mapping[str, Any]) -> list[UUID]:
    return [UUID(str(person)) for person in data.get("personne_ids", ())]


def as_bytes(document: Mapping[str, Any]) -> bytes:
    """The event as it travels."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
