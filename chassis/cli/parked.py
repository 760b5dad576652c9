"""`parked`, `replay`, `discard`: what could not be applied, and what a person decides of it.

The listing is redacted: identifiers, codes and dates, never a body. Every act is kept with its
author and its reason.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
import typer

from chassis import inbox_store
from chassis.cli.common import chosen, opened, show, stop
from chassis.events import Unreadable
from chassis.ids import new_id
from chassis.runtime import Runtime

#: Apart from 1, which is also how a program that crashes ends.
_SOME_WAIT = 3
_COLUMNS = ("service", "id", "genre", "source", "fait", "sujet", "motif", "depuis", "suivants")
ServiceArgument = Annotated[str, typer.Argument(help="Le service.")]
ByOption = Annotated[
    str, typer.Option("--by", help="Qui décide (matricule).", prompt="Qui décide ")
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Pourquoi.", prompt="Pourquoi ")]


def list_parked(
    service: Annotated[str | None, typer.Argument(help="Un service, ou tous.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Sortie en JSON.")] = False,
) -> None:
    """Liste ce qui attend une décision (sans aucun contenu). Code 3 s’il y en a."""
    rows = []
    for name in chosen(service):
        with opened(name) as runtime:
            rows += _parked(runtime)
    show("Messages mis de côté", _COLUMNS, rows, as_json)
    if rows:
        raise typer.Exit(_SOME_WAIT)


def replay(
    service: ServiceArgument,
    message_id: Annotated[str, typer.Argument(help="L’id listé, ou « all ».")],
    by: ByOption,
    reason: Annotated[str, typer.Option("--reason", help="Pourquoi.")] = "cause corrigée",
) -> None:
    """Remet un message (ou tous) dans la boîte de réception."""
    with opened(chosen(service)[0]) as runtime:
        ids = _ids(runtime) if message_id == "all" else [_uuid(message_id)]
        for one in ids:
            runtime.transaction(partial(_replay_one, runtime, one, by, reason))
    typer.echo(f"{len(ids)} message(s) remis en attente")


def discard(
    service: ServiceArgument,
    message_id: Annotated[str, typer.Argument(help="L’id listé.")],
    by: ByOption,
    reason: ReasonOption,
) -> None:
    """Écarte un message : ses suivants reprennent. L’acte et sa raison sont gardés."""
    one = _uuid(message_id)
    with opened(chosen(service)[0]) as runtime:
        runtime.transaction(partial(_discard_one, runtime, one, by, reason))
    typer.echo("message écarté")


def _parked(runtime: Runtime) -> list[tuple[Any, ...]]:
    with runtime.engine.connect() as connection:
        return [*_parked_events(runtime, connection), *_unread_messages(runtime, connection)]


def _parked_events(runtime: Runtime, connection: sa.Connection) -> list[tuple[Any, ...]]:
    """Events that could not be applied, each with how many wait behind it."""
    inbox = runtime.tables.inbox
    follower = inbox.alias()
    behind = (
        sa.select(sa.func.count())
        .select_from(follower)
        .where(
            follower.c.aggregate_id == inbox.c.aggregate_id,
            follower.c.source == inbox.c.source,
            follower.c.state == "waiting",
        )
        .scalar_subquery()
    )
    query = sa.select(inbox, behind.label("behind")).where(inbox.c.state == "parked")
    return [
        (
            runtime.service.name,
            row.event_id,
            "événement",
            row.source,
            row.routing_key,
            f"{row.aggregate_type} {row.aggregate_id} n° {row.aggregate_version}",
            row.error_class,
            f"{row.received_at:%Y-%m-%d %H:%M}",
            row.behind,
        )
        for row in connection.execute(query)
    ]


def _unread_messages(runtime: Runtime, connection: sa.Connection) -> list[tuple[Any, ...]]:
    """Messages that could not even be read."""
    unread = runtime.tables.parked
    return [
        (
            runtime.service.name,
            row.id,
            "illisible",
            row.exchange,
            row.routing_key,
            f"sha256 {row.body_sha256[:16]}",
            row.reason,
            f"{row.parked_at:%Y-%m-%d %H:%M}",
            0,
        )
        for row in connection.execute(sa.select(unread).where(unread.c.state == "parked"))
    ]


def _ids(runtime: Runtime) -> list[UUID]:
    return [row[1] for row in _parked(runtime)]


def _replay_one(runtime: Runtime, one: UUID, by: str, reason: str, uow: Any) -> None:
    inbox = runtime.tables.inbox
    woken = uow.session.execute(
        sa.update(inbox)
        .where(inbox.c.event_id == one, inbox.c.state == "parked")
        .values(state="waiting", attempts=0, next_attempt_at=sa.func.now())
    )
    if not woken.rowcount:
        _reread(runtime, uow, one)
    _record(uow, one, "replay", by, reason)


def _reread(runtime: Runtime, uow: Any, one: UUID) -> None:
    """An unreadable message, read again with today's code and keys."""
    unread = runtime.tables.parked
    row = uow.session.execute(
        sa.select(unread).where(unread.c.id == one, unread.c.state == "parked").with_for_update()
    ).one_or_none()
    if row is None:
        stop("aucun message mis de côté n’a cet id", code=1)
    body = runtime.keyring.open(bytes(row.body), inbox_store.PARKED_CONTEXT)
    event = inbox_store.read(body)
    if isinstance(event, Unreadable):
        stop(f"toujours illisible ({event}) : corrigez l’émetteur, ou écartez-le", code=1)
    link = uow.session.connection().connection
    inbox_store.store_events(link, [(event, body)], runtime.service.subscriptions)
    uow.session.execute(sa.update(unread).where(unread.c.id == one).values(state="replayed"))


def _discard_one(runtime: Runtime, one: UUID, by: str, reason: str, uow: Any) -> None:
    inbox, unread = runtime.tables.inbox, runtime.tables.parked
    row = uow.session.execute(
        sa.update(inbox)
        .where(inbox.c.event_id == one, inbox.c.state == "parked")
        .values(state="discarded", envelope=None)
        .returning(
            inbox.c.source, inbox.c.aggregate_type, inbox.c.aggregate_id, inbox.c.aggregate_version
        )
    ).one_or_none()
    if row is not None:
        _step_over(runtime, uow, row)
    elif not uow.session.execute(
        sa.update(unread)
        .where(unread.c.id == one, unread.c.state == "parked")
        .values(state="discarded", body=b"")
    ).rowcount:
        stop("aucun message mis de côté n’a cet id", code=1)
    _record(uow, one, "discard", by, reason)


def _step_over(runtime: Runtime, uow: Any, row: Any) -> None:
    """The aggregate goes on after the discarded event."""
    head, inbox = runtime.tables.applied_head, runtime.tables.inbox
    uow.session.execute(
        sa.update(head)
        .where(
            head.c.source == row.source,
            head.c.aggregate_type == row.aggregate_type,
            head.c.aggregate_id == row.aggregate_id,
            head.c.version == row.aggregate_version - 1,
        )
        .values(version=row.aggregate_version)
    )
    uow.session.execute(
        sa.update(inbox)
        .where(
            inbox.c.source == row.source,
            inbox.c.aggregate_id == row.aggregate_id,
            inbox.c.state == "waiting",
        )
        .values(next_attempt_at=sa.func.now())
    )


def _record(uow: Any, one: UUID, act: str, by: str, reason: str) -> None:
    uow.session.execute(
        sa.insert(uow.chassis.parked_act).values(
            id=new_id(), message_id=one, act=act, by=by, reason=reason
        )
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        stop("id : UUID attendu")
