"""Messages, the provider's receipts, the public words for a place."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from chassis.migrations import append_only

revision = "0002"
down_revision = "0001"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    _create_message()
    op.create_index(
        "ix_message_waiting",
        "message",
        ["personne_id"],
        postgresql_where=sa.text("status IN ('WAITING', 'SENDING')"),
    )
    op.create_index("ix_message_mds", "message", ["mds", "message_id"])
    op.create_index("ix_message_settled_at", "message", ["settled_at"])
    op.create_index(
        "ix_message_call_back",
        "message",
        ["mds", "message_id"],
        postgresql_where=sa.text("status IN ('FAILED', 'DROPPED') AND called_back_at IS NULL"),
    )
    op.create_table(
        "receipt",
        sa.Column("receipt_id", pg.UUID, nullable=False),
        sa.Column("message_id", pg.UUID, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("provider_reference", sa.Text),
        sa.Column("received_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("receipt_id", name="pk_receipt"),
        sa.CheckConstraint("status IN ('DELIVERED', 'UNDELIVERABLE')", name="status"),
        sa.UniqueConstraint("message_id", "status", name="uq_receipt_once"),
    )
    append_only("receipt")
    op.create_table(
        "lieu",
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("phone", sa.Text),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("site", name="pk_lieu"),
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("lieu", "receipt", "message"):
        op.drop_table(table)
    op.execute("DROP FUNCTION IF EXISTS refuse_change()")


def _create_message() -> None:
    op.create_table(
        "message",
        sa.Column("message_id", pg.UUID, nullable=False),
        sa.Column("subject_type", sa.Text, nullable=False),
        sa.Column("subject_id", pg.UUID, nullable=False),
        sa.Column("subject_version", sa.Integer, nullable=False),
        sa.Column("template", sa.Text, nullable=False),
        sa.Column("personne_id", pg.UUID, nullable=False),
        sa.Column("mds", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("not_after", _INSTANT, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("starts_at", _INSTANT),
        sa.Column("modality", sa.Text),
        sa.Column("discreet", sa.Boolean, nullable=False),
        sa.Column("channel", sa.Text),
        sa.Column("template_version", sa.SmallInteger),
        sa.Column("language", sa.Text),
        sa.Column("sms_parts", sa.SmallInteger),
        sa.Column("recipient_digest", sa.Text),
        sa.Column("provider_reference", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("last_error", sa.Text),
        sa.Column("settled_at", _INSTANT),
        sa.Column("delivered_at", _INSTANT),
        sa.Column("called_back_at", _INSTANT),
        sa.Column("called_back_by", sa.Text),
        sa.Column("claim", pg.UUID),
        *_message_rules(),
    )


def _message_rules() -> tuple[sa.Constraint, ...]:
    return (
        sa.PrimaryKeyConstraint("message_id", name="pk_message"),
        sa.UniqueConstraint(
            "subject_type",
            "subject_id",
            "template",
            "subject_version",
            "personne_id",
            name="uq_message_once",
        ),
        sa.CheckConstraint(
            "status IN ('WAITING', 'SENDING', 'SENT', 'DELIVERED', 'FAILED', 'DROPPED')",
            name="status",
        ),
        sa.CheckConstraint("channel IN ('SMS', 'EMAIL')", name="channel"),
        sa.CheckConstraint(
            "status NOT IN ('SENT', 'DELIVERED') OR channel IS NOT NULL",
            name="sent_by_a_channel",
        ),
        sa.CheckConstraint(
            "status <> 'DROPPED' OR reason IS NOT NULL", name="dropped_with_a_reason"
        ),
    )
