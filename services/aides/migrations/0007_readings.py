"""The journal of sights, by rank, of protected personnes' demandes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from chassis.migrations import append_only

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create it: never rewritten."""
    op.create_table(
        "reading",
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("demande_id", pg.UUID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", pg.UUID),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_reading"),
        sa.ForeignKeyConstraint(["demande_id"], ["demande.id"], name="fk_reading_demande_id"),
    )
    op.create_index("ix_reading_demande_id_number", "reading", ["demande_id", "number"])
    append_only("reading")


def downgrade() -> None:
    """Drop it."""
    op.drop_table("reading")
