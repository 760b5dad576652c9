"""What a message said to bring and to know."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Null for whatever left before: it said none."""
    op.add_column("message", sa.Column("instructions", sa.Text))


def downgrade() -> None:
    """Forget them."""
    op.drop_column("message", "instructions")
