"""`trace`: what one request set in motion, across services, in order."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
import typer

from chassis.catalogue import service_names
from chassis.cli.common import opened, show, stop
from chassis.runtime import Runtime

_COLUMNS = ("instant", "service", "quoi", "événement", "sujet", "état")


def trace(
    correlation_id: Annotated[str, typer.Argument(help="Le numéro de corrélation (UUID).")],
    as_json: Annotated[bool, typer.Option("--json", help="Sortie en JSON.")] = False,
) -> None:
    """Raconte ce qu’une demande a déclenché, dans tous les services."""
    try:
        wanted = UUID(correlation_id)
    except ValueError:
        stop("numéro de corrélation : UUID attendu")
    rows = sorted(row for name in service_names() for row in _steps(name, wanted))
    if not rows:
        stop("aucune trace de ce numéro (les messages sont gardés 30 jours)", code=1)
    show(f"Corrélation {wanted}", _COLUMNS, rows, as_json)


def _steps(service: str, wanted: UUID) -> list[tuple[Any, ...]]:
    with opened(service) as runtime, runtime.engine.connect() as connection:
        return [
            *_published(runtime, connection, wanted),
            *_received(runtime, connection, wanted),
            *_planned(runtime, connection, wanted),
        ]


def _published(runtime: Runtime, connection: sa.Connection, wanted: UUID) -> list[tuple[Any, ...]]:
    outbox = runtime.tables.outbox
    rows = connection.execute(sa.select(outbox).where(outbox.c.correlation_id == wanted))
    return [
        (
            f"{row.written_at:%Y-%m-%d %H:%M:%S.%f}",
            runtime.service.name,
            "publie",
            row.routing_key,
            f"{row.aggregate_type} {row.aggregate_id} n° {row.aggregate_version}",
            "confirmé" if row.published_at else "en attente",
        )
        for row in rows
    ]


def _received(runtime: Runtime, connection: sa.Connection, wanted: UUID) -> list[tuple[Any, ...]]:
    inbox = runtime.tables.inbox
    rows = connection.execute(sa.select(inbox).where(inbox.c.correlation_id == wanted))
    return [
        (
            f"{row.applied_at or row.received_at:%Y-%m-%d %H:%M:%S.%f}",
            runtime.service.name,
            "reçoit",
            f"{row.source}.{row.routing_key}",
            f"{row.aggregate_type} {row.aggregate_id} n° {row.aggregate_version}",
            _STATES[row.state] + (f" ({row.attempts} essais)" if row.attempts else ""),
        )
        for row in rows
    ]


def _planned(runtime: Runtime, connection: sa.Connection, wanted: UUID) -> list[tuple[Any, ...]]:
    due = runtime.tables.due
    rows = connection.execute(sa.select(due).where(due.c.correlation_id == wanted))
    return [
        (
            f"{row.due_at:%Y-%m-%d %H:%M:%S.%f}",
            runtime.service.name,
            "prévoit (temps métier)",
            row.kind,
            row.subject,
            "fait" if row.done_at else "à faire",
        )
        for row in rows
    ]


_STATES = {
    "waiting": "en attente",
    "applied": "appliqué",
    "parked": "mis de côté",
    "discarded": "écarté",
}
