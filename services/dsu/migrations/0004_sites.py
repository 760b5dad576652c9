"""The sites accueil tells of, with their MDS."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Empty: accueil is asked for a site of before when a dossier is opened on it."""
    op.create_table(
        "site",
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("mds", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("site", name="pk_site"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("site")
