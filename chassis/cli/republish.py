"""`republish`: facts that never reached a consumer, published once more.

A fact is marked published when the broker confirmed it. If a queue is lost after that, before
its consumer stored what it held, the outbox alone still has the fact. Taking the mark back makes
the relay carry it again, in order; the books are taken back with it, so that in the end they
count it once. Who already had it absorbs it as a duplicate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
import typer

from chassis.broker import BrokerUnavailable, Names, declare_all
from chassis.catalogue import service_names, subscriptions_of
from chassis.cli.common import chosen, opened, show, stop
from chassis.clock import PARIS, technical_now
from chassis.housekeeping import REPUBLISHABLE
from chassis.runtime import Runtime
from chassis.traffic import count

#: Facts per transaction: the relay marks others in the same books meanwhile.
_BATCH = 1000


class _Lost(NamedTuple):
    """A fact to publish again."""

    seq: int
    event_id: UUID
    aggregate_type: str


def republish(
    since: Annotated[
        str,
        typer.Option(
            help="Les faits écrits depuis cet instant (2026-03-01T08:00, à l’heure de Paris),"
            f" {REPUBLISHABLE.days} jours en arrière au plus."
        ),
    ],
    service: Annotated[
        str | None, typer.Argument(help="Le service qui les a publiés, ou tous.")
    ] = None,
    consumer: Annotated[
        str | None, typer.Option(help="Seulement ceux que ce service n’a jamais reçus.")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Republier ; sans cette option, compter seulement.")
    ] = False,
) -> None:
    """Republie des faits qu’une file perdue contenait. Qui les avait reçus les ignore."""
    start = _instant(since)
    lost = {name: _find(name, start, consumer) for name in _producers(service, consumer)}
    rows = [
        (name, kind, total)
        for name, facts in lost.items()
        for kind, total in sorted(Counter(fact.aggregate_type for fact in facts).items())
    ]
    if not rows:
        typer.echo("Aucun fait à republier.")
        return
    show("Faits à republier", ("service", "objet", "faits"), rows, as_json=False)
    if yes:
        for name, facts in lost.items():
            _give_back(name, facts)
        typer.echo(f"{sum(map(len, lost.values()))} fait(s) rendu(s) aux relais")
    else:
        typer.echo("Rien n’est changé. Pour republier, relancez avec --yes.")


def _instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        stop("--since : instant attendu, comme 2026-03-01T08:00")
    moment = moment if moment.tzinfo else moment.replace(tzinfo=PARIS)
    now = technical_now()
    if not now - REPUBLISHABLE < moment < now:
        stop(f"--since : un instant passé, de moins de {REPUBLISHABLE.days} jours")
    return moment


def _producers(service: str | None, consumer: str | None) -> tuple[str, ...]:
    producers = chosen(service)
    if consumer is None:
        return producers
    sources = subscriptions_of(chosen(consumer)[0]).sources
    heard = tuple(name for name in producers if name in sources)
    if not heard:
        stop(f"{consumer} n’écoute pas {service or 'les autres services'}")
    return heard


def _find(producer: str, start: datetime, consumer: str | None) -> list[_Lost]:
    with opened(producer) as runtime:
        facts = _published_since(runtime, start)
    if consumer is None:
        return facts
    follows = subscriptions_of(consumer).follows
    facts = [fact for fact in facts if follows(producer, fact.aggregate_type)]
    with opened(consumer) as runtime:
        return _never_stored(runtime, facts)


def _published_since(runtime: Runtime, start: datetime) -> list[_Lost]:
    outbox = runtime.tables.outbox.c
    query = (
        sa.select(outbox.seq, outbox.event_id, outbox.aggregate_type)
        .where(outbox.written_at >= start, outbox.published_at.is_not(None))
        .order_by(outbox.seq)
    )
    with runtime.engine.connect() as connection:
        return [_Lost(*row) for row in connection.execute(query)]


def _never_stored(runtime: Runtime, facts: list[_Lost]) -> list[_Lost]:
    inbox = runtime.tables.inbox.c
    missing = []
    with runtime.engine.connect() as connection:
        for batch in _batches(facts):
            ids = [fact.event_id for fact in batch]
            query = sa.select(inbox.event_id).where(inbox.event_id.in_(ids))
            stored = set(connection.scalars(query))
            missing += [fact for fact in batch if fact.event_id not in stored]
    return missing


def _give_back(producer: str, facts: list[_Lost]) -> None:
    """Oldest first; what is done stays done if one batch fails."""
    if not facts:
        return
    with opened(producer) as runtime:
        _restore_queues(runtime)
        for batch in _batches(facts):
            runtime.transaction(partial(_unmark, runtime, [fact.seq for fact in batch]))


def _restore_queues(runtime: Runtime) -> None:
    """Without its queue, a consumer would miss the facts a second time."""
    settings, producer = runtime.settings, runtime.service.name
    if settings.amqp_uri is None:
        return
    heard_by = [name for name in service_names() if producer in subscriptions_of(name).sources]
    try:
        declare_all(settings.amqp_uri, Names(settings.bus_prefix), heard_by)
    except BrokerUnavailable as error:
        stop(f"broker injoignable, rien n’est republié de {producer} ({error})", code=1)


def _unmark(runtime: Runtime, numbers: list[int], uow: Any) -> None:
    outbox = runtime.tables.outbox
    unmarked = uow.session.scalars(
        sa.update(outbox)
        .where(outbox.c.seq.in_(numbers), outbox.c.published_at.is_not(None))
        .values(published_at=None)
        .returning(outbox.c.aggregate_type)
    )
    taken_back: Counter[tuple[str, str]] = Counter()
    taken_back.subtract((runtime.service.name, kind) for kind in unmarked)
    if taken_back:
        count(uow.session, runtime.tables, "published", taken_back)


def _batches(facts: Sequence[_Lost]) -> list[Sequence[_Lost]]:
    return [facts[start : start + _BATCH] for start in range(0, len(facts), _BATCH)]
