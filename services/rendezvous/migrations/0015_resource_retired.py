"""From which day a room or a vehicle no longer serves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Null: it serves. A version that does not know the column goes on proposing it."""
    op.add_column("resource", sa.Column("retired_on", sa.Date))


def downgrade() -> None:
    """They all serve again."""
    op.drop_column("resource", "retired_on")
