"""A seat of a collective rendezvous is waited for, and kept for whom it is offered to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0014"
down_revision = "0013"

#: By table, which rows its index holds: few, beside those of bookings.
_INDEXED = {
    "attente": "status = 'WAITING' AND session_id IS NOT NULL",
    "hold": "session_id IS NOT NULL",
}


def upgrade() -> None:
    """Empty columns: the version before neither reads nor writes them."""
    for table, condition in _INDEXED.items():
        op.add_column(table, sa.Column("session_id", pg.UUID))
        op.create_foreign_key(f"fk_{table}_session_id", table, "rendezvous", ["session_id"], ["id"])
        op.create_index(
            f"ix_{table}_session_id",
            table,
            ["session_id"],
            postgresql_where=sa.text(condition),
        )


def downgrade() -> None:
    """Drop them; what was kept is free, and its offers are of nothing any more."""
    op.execute(
        "DELETE FROM offre WHERE hold_id IN (SELECT id FROM hold WHERE session_id IS NOT NULL)"
    )
    op.execute("DELETE FROM hold WHERE session_id IS NOT NULL")
    for table in reversed(_INDEXED):
        op.drop_column(table, "session_id")
