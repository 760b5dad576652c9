"""Whom a dossier is about, so that a demande cannot name someone else's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Null for those known before: dsu is asked when a demande names one."""
    op.add_column("dossier", sa.Column("personne_ids", pg.ARRAY(pg.UUID)))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("dossier", "personne_ids")
