"""The tables: messages, the provider's receipts, the public words for a place."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from chassis.tables import Instant, new_metadata

metadata = new_metadata()

message = sa.Table(
    "message",
    metadata,
    sa.Column("message_id", pg.UUID, primary_key=True),
    sa.Column("subject_type", sa.Text, nullable=False),
    sa.Column("subject_id", pg.UUID, nullable=False),
    sa.Column("subject_version", sa.Integer, nullable=False),
    sa.Column("template", sa.Text, nullable=False),
    sa.Column("personne_id", pg.UUID, nullable=False),
    sa.Column("mds", sa.Text, nullable=False),
    sa.Column("site", sa.Text, nullable=False),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("not_after", Instant, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("starts_at", Instant),
    sa.Column("modality", sa.Text),
    sa.Column("discreet", sa.Boolean, nullable=False),
    #: Of the motif, as the text that left said them.
    sa.Column("instructions", sa.Text),
    sa.Column("channel", sa.Text),
    sa.Column("template_version", sa.SmallInteger),
    sa.Column("language", sa.Text),
    sa.Column("sms_parts", sa.SmallInteger),
    sa.Column("recipient_digest", sa.Text),
    sa.Column("provider_reference", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("last_error", sa.Text),
    sa.Column("settled_at", Instant),
    sa.Column("delivered_at", Instant),
    sa.Column("called_back_at", Instant),
    sa.Column("called_back_by", sa.Text),
    # Technical: which sender holds it. An outcome is written only by the holder.
    sa.Column("claim", pg.UUID),
    # Once: whatever the channel, however often the planner runs.
    sa.UniqueConstraint(
        "subject_type",
        "subject_id",
        "template",
        "subject_version",
        "personne_id",
        name="uq_message_once",
    ),
    sa.CheckConstraint(
        "status IN ('WAITING', 'SENDING', 'SENT', 'DELIVERED', 'FAILED', 'DROPPED')", name="status"
    ),
    sa.CheckConstraint("channel IN ('SMS', 'EMAIL')", name="channel"),
    sa.CheckConstraint(
        "status NOT IN ('SENT', 'DELIVERED') OR channel IS NOT NULL", name="sent_by_a_channel"
    ),
    sa.CheckConstraint("status <> 'DROPPED' OR reason IS NOT NULL", name="dropped_with_a_reason"),
    sa.Index(
        "ix_message_waiting",
        "personne_id",
        postgresql_where=sa.text("status IN ('WAITING', 'SENDING')"),
    ),
    sa.Index("ix_message_mds", "mds", "message_id"),
    sa.Index("ix_message_settled_at", "settled_at"),
    sa.Index(
        "ix_message_call_back",
        "mds",
        "message_id",
        postgresql_where=sa.text("status IN ('FAILED', 'DROPPED') AND called_back_at IS NULL"),
    ),
)

#: Everything the provider said, in the order it said it.
receipt = sa.Table(
    "receipt",
    metadata,
    sa.Column("receipt_id", pg.UUID, primary_key=True),
    sa.Column("message_id", pg.UUID, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("provider_reference", sa.Text),
    sa.Column("received_at", Instant, nullable=False),
    sa.CheckConstraint("status IN ('DELIVERED', 'UNDELIVERABLE')", name="status"),
    sa.UniqueConstraint("message_id", "status", name="uq_receipt_once"),
)

#: A place in words that say nothing of why people go there.
lieu = sa.Table(
    "lieu",
    metadata,
    sa.Column("site", sa.Text, primary_key=True),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("phone", sa.Text),
    sa.Column("changed_at", Instant, nullable=False),
)
