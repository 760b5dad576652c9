"""The chassis tables, first version. Later versions are new modules, never edits of this one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

_INSTANT = sa.DateTime(timezone=True)
_TABLES = (
    "idempotency",
    "due",
    "traffic",
    "parked_act",
    "parked",
    "applied_head",
    "inbox",
    "published_head",
    "outbox",
)


def upgrade() -> None:
    """Create outbox, inbox, their heads, parked messages, due work and idempotent answers."""
    _create_outbox()
    _create_inbox()
    _create_parked()
    _create_requests()
    _notify_on_insert("outbox")
    _notify_on_insert("inbox")


def downgrade() -> None:
    """Drop them all."""
    for table in _TABLES:
        op.drop_table(table)
    op.execute("DROP FUNCTION notify_insert()")


def _now() -> sa.TextClause:
    return sa.text("now()")


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("seq", sa.BigInteger, sa.Identity(always=True)),
        sa.Column("event_id", pg.UUID, nullable=False),
        sa.Column("aggregate_type", sa.Text, nullable=False),
        sa.Column("aggregate_id", pg.UUID, nullable=False),
        sa.Column("aggregate_version", sa.Integer, nullable=False),
        sa.Column("routing_key", sa.Text, nullable=False),
        sa.Column("envelope", sa.LargeBinary, nullable=False),
        sa.Column("correlation_id", pg.UUID, nullable=False),
        sa.Column("causation_id", pg.UUID),
        sa.Column("time", _INSTANT, nullable=False),
        sa.Column("written_at", _INSTANT, nullable=False, server_default=_now()),
        sa.Column("published_at", _INSTANT),
        sa.PrimaryKeyConstraint("seq", name="pk_outbox"),
        sa.UniqueConstraint("event_id", name="uq_outbox_event_id"),
        sa.UniqueConstraint(
            "aggregate_type",
            "aggregate_id",
            "aggregate_version",
            name="uq_outbox_aggregate_type_aggregate_id_aggregate_version",
        ),
    )
    op.create_index(
        "ix_outbox_pending", "outbox", ["seq"], postgresql_where=sa.text("published_at IS NULL")
    )
    op.create_index("ix_outbox_correlation_id", "outbox", ["correlation_id"])
    op.create_table(
        "published_head",
        sa.Column("aggregate_type", sa.Text, nullable=False),
        sa.Column("aggregate_id", pg.UUID, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("aggregate_type", "aggregate_id", name="pk_published_head"),
    )


def _create_inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("position", sa.BigInteger, sa.Identity(always=True)),
        sa.Column("event_id", pg.UUID, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("aggregate_type", sa.Text, nullable=False),
        sa.Column("aggregate_id", pg.UUID, nullable=False),
        sa.Column("aggregate_version", sa.Integer, nullable=False),
        sa.Column("routing_key", sa.Text, nullable=False),
        sa.Column("envelope", sa.LargeBinary),
        sa.Column("correlation_id", pg.UUID, nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default="waiting"),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("next_attempt_at", _INSTANT, nullable=False, server_default=_now()),
        sa.Column("error_class", sa.Text),
        sa.Column("received_at", _INSTANT, nullable=False, server_default=_now()),
        sa.Column("applied_at", _INSTANT),
        sa.PrimaryKeyConstraint("position", name="pk_inbox"),
        sa.UniqueConstraint("event_id", name="uq_inbox_event_id"),
        sa.CheckConstraint(
            "state IN ('waiting', 'applied', 'parked', 'discarded')", name="ck_inbox_state"
        ),
    )
    op.create_index(
        "ix_inbox_open",
        "inbox",
        ["state", "next_attempt_at"],
        postgresql_where=sa.text("state IN ('waiting', 'parked')"),
    )
    op.create_index("ix_inbox_aggregate_id", "inbox", ["aggregate_id", "aggregate_version"])
    op.create_table(
        "applied_head",
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("aggregate_type", sa.Text, nullable=False),
        sa.Column("aggregate_id", pg.UUID, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("source", "aggregate_type", "aggregate_id", name="pk_applied_head"),
    )


def _create_parked() -> None:
    op.create_table(
        "parked",
        sa.Column("id", pg.UUID, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("body_sha256", sa.Text, nullable=False),
        sa.Column("exchange", sa.Text, nullable=False),
        sa.Column("routing_key", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("parked_at", _INSTANT, nullable=False, server_default=_now()),
        sa.Column("state", sa.Text, nullable=False, server_default="parked"),
        sa.PrimaryKeyConstraint("id", name="pk_parked"),
        sa.UniqueConstraint("body_sha256", name="uq_parked_body_sha256"),
        sa.CheckConstraint("state IN ('parked', 'replayed', 'discarded')", name="ck_parked_state"),
    )
    op.create_table(
        "parked_act",
        sa.Column("id", pg.UUID, nullable=False),
        sa.Column("message_id", pg.UUID, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", _INSTANT, nullable=False, server_default=_now()),
        sa.PrimaryKeyConstraint("id", name="pk_parked_act"),
    )
    op.create_table(
        "traffic",
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("aggregate_type", sa.Text, nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("kind", "source", "aggregate_type", name="pk_traffic"),
    )


def _create_requests() -> None:
    op.create_table(
        "due",
        sa.Column("id", pg.UUID, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("payload", pg.JSONB, nullable=False),
        sa.Column("correlation_id", pg.UUID, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("retry_at", _INSTANT, nullable=False, server_default=_now()),
        sa.Column("error_class", sa.Text),
        sa.Column("done_at", _INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_due"),
    )
    op.create_index("ix_due_open", "due", ["due_at"], postgresql_where=sa.text("done_at IS NULL"))
    op.create_index(
        "uq_due_kind_subject",
        "due",
        ["kind", "subject"],
        unique=True,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "idempotency",
        sa.Column("caller", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("headers", pg.JSONB, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("answered_at", _INSTANT, nullable=False, server_default=_now()),
        sa.PrimaryKeyConstraint("caller", "key", name="pk_idempotency"),
    )
    op.create_index("ix_idempotency_answered_at", "idempotency", ["answered_at"])


def _notify_on_insert(table: str) -> None:
    """Wake who listens on the channel named after the table; who misses it polls each second."""
    op.execute(
        "CREATE OR REPLACE FUNCTION notify_insert() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_notify(TG_TABLE_NAME, ''); RETURN NULL; END $$"
    )
    op.execute(
        f"CREATE TRIGGER notify AFTER INSERT ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION notify_insert()"
    )
