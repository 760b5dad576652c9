"""The sites accueil tells of, with their MDS."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Empty: accueil is asked for a site of before when a demande names it."""
    op.create_table(
        "site",
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("mds", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("site", name="pk_site"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("site")
