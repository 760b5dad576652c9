"""The tables every service database holds beside its own: messaging, work that falls due, requests.

Their migration is `chassis/migrations/messaging_v1.py`; a test holds the two against each other.
Columns named `*_at` are technical time unless said otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Instant = sa.DateTime(timezone=True)


@dataclass(frozen=True, kw_only=True)
class ChassisTables:
    """The chassis tables bound to one service's metadata."""

    outbox: sa.Table
    published_head: sa.Table
    inbox: sa.Table
    applied_head: sa.Table
    parked: sa.Table
    parked_act: sa.Table
    traffic: sa.Table
    due: sa.Table
    idempotency: sa.Table


def new_metadata() -> sa.MetaData:
    """Metadata with the naming convention and the chassis tables already in it."""
    metadata = sa.MetaData(naming_convention=NAMING)
    metadata.info["chassis"] = ChassisTables(
        outbox=_outbox(metadata),
        published_head=_published_head(metadata),
        inbox=_inbox(metadata),
        applied_head=_applied_head(metadata),
        parked=_parked(metadata),
        parked_act=_parked_act(metadata),
        traffic=_traffic(metadata),
        due=_due(metadata),
        idempotency=_idempotency(metadata),
    )
    return metadata


def _outbox(metadata: sa.MetaData) -> sa.Table:
    """Facts written with the change that made them. `time` is trade time."""
    return sa.Table(
        "outbox",
        metadata,
        sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("event_id", pg.UUID, nullable=False, unique=True),
        sa.Column("aggregate_type", sa.Text, nullable=False),
        sa.Column("aggregate_id", pg.UUID, nullable=False),
        sa.Column("aggregate_version", sa.Integer, nullable=False),
        sa.Column("routing_key", sa.Text, nullable=False),
        sa.Column("envelope", sa.LargeBinary, nullable=False),
        sa.Column("correlation_id", pg.UUID, nullable=False),
        sa.Column("causation_id", pg.UUID),
        sa.Column("time", Instant, nullable=False),
        sa.Column("written_at", Instant, nullable=False, server_default=sa.func.now()),
        sa.Column("published_at", Instant),
        sa.UniqueConstraint("aggregate_type", "aggregate_id", "aggregate_version"),
        sa.Index("ix_outbox_pending", "seq", postgresql_where=sa.text("published_at IS NULL")),
        sa.Index("ix_outbox_correlation_id", "correlation_id"),
    )


def _published_head(metadata: sa.MetaData) -> sa.Table:
    """The version of the last fact written, per aggregate: numbers facts without holes."""
    return sa.Table(
        "published_head",
        metadata,
        sa.Column("aggregate_type", sa.Text, primary_key=True),
        sa.Column("aggregate_id", pg.UUID, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
    )


def _inbox(metadata: sa.MetaData) -> sa.Table:
    """Events received: waiting, applied, or parked. An applied row keeps no body."""
    return sa.Table(
        "inbox",
        metadata,
        sa.Column("position", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("event_id", pg.UUID, nullable=False, unique=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("aggregate_type", sa.Text, nullable=False),
        sa.Column("aggregate_id", pg.UUID, nullable=False),
        sa.Column("aggregate_version", sa.Integer, nullable=False),
        sa.Column("routing_key", sa.Text, nullable=False),
        sa.Column("envelope", sa.LargeBinary),
        sa.Column("correlation_id", pg.UUID, nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default="waiting"),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("next_attempt_at", Instant, nullable=False, server_default=sa.func.now()),
        sa.Column("error_class", sa.Text),
        sa.Column("received_at", Instant, nullable=False, server_default=sa.func.now()),
        sa.Column("applied_at", Instant),
        sa.CheckConstraint("state IN ('waiting', 'applied', 'parked', 'discarded')", name="state"),
        sa.Index(
            "ix_inbox_open",
            "state",
            "next_attempt_at",
            postgresql_where=sa.text("state IN ('waiting', 'parked')"),
        ),
        sa.Index("ix_inbox_aggregate_id", "aggregate_id", "aggregate_version"),
    )


def _applied_head(metadata: sa.MetaData) -> sa.Table:
    """The version of the last event applied, per source and aggregate: keeps the order."""
    return sa.Table(
        "applied_head",
        metadata,
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("aggregate_type", sa.Text, primary_key=True),
        sa.Column("aggregate_id", pg.UUID, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
    )


def _parked(metadata: sa.MetaData) -> sa.Table:
    """Messages that could not even be read, encrypted: nothing is ever dropped."""
    return sa.Table(
        "parked",
        metadata,
        sa.Column("id", pg.UUID, primary_key=True),
        sa.Column("body", sa.LargeBinary, nullable=False, info={"sealed": "parked.body"}),
        sa.Column("body_sha256", sa.Text, nullable=False, unique=True),
        sa.Column("exchange", sa.Text, nullable=False),
        sa.Column("routing_key", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("parked_at", Instant, nullable=False, server_default=sa.func.now()),
        sa.Column("state", sa.Text, nullable=False, server_default="parked"),
        sa.CheckConstraint("state IN ('parked', 'replayed', 'discarded')", name="state"),
    )


def _parked_act(metadata: sa.MetaData) -> sa.Table:
    """Who replayed or discarded what, and why."""
    return sa.Table(
        "parked_act",
        metadata,
        sa.Column("id", pg.UUID, primary_key=True),
        sa.Column("message_id", pg.UUID, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False, server_default=sa.func.now()),
    )


def _traffic(metadata: sa.MetaData) -> sa.Table:
    """Running totals per aggregate type: published, received, applied, duplicate, retried."""
    return sa.Table(
        "traffic",
        metadata,
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("aggregate_type", sa.Text, primary_key=True),
        sa.Column("total", sa.BigInteger, nullable=False),
    )


def _due(metadata: sa.MetaData) -> sa.Table:
    """Work that falls due. `due_at` and `done_at` are trade time, `retry_at` technical."""
    return sa.Table(
        "due",
        metadata,
        sa.Column("id", pg.UUID, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("due_at", Instant, nullable=False),
        sa.Column("payload", pg.JSONB, nullable=False),
        sa.Column("correlation_id", pg.UUID, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("retry_at", Instant, nullable=False, server_default=sa.func.now()),
        sa.Column("error_class", sa.Text),
        sa.Column("done_at", Instant),
        sa.Index("ix_due_open", "due_at", postgresql_where=sa.text("done_at IS NULL")),
        sa.Index(
            "uq_due_kind_subject",
            "kind",
            "subject",
            unique=True,
            postgresql_where=sa.text("done_at IS NULL"),
        ),
    )


def _idempotency(metadata: sa.MetaData) -> sa.Table:
    """Answers already given, by key and caller, for 24 hours. The answer is encrypted."""
    return sa.Table(
        "idempotency",
        metadata,
        sa.Column("caller", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("headers", pg.JSONB, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False, info={"sealed": "idempotency.body"}),
        sa.Column("answered_at", Instant, nullable=False, server_default=sa.func.now()),
        sa.Index("ix_idempotency_answered_at", "answered_at"),
    )
