"""Whom accueil opens and closes a personne's file to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Lists null for those known before: accueil is asked when their demande is opened."""
    protected = sa.Column("protected", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("personne", protected)
    op.alter_column("personne", "protected", server_default=None)
    op.add_column("personne", sa.Column("opened_to", pg.ARRAY(pg.UUID)))
    op.add_column("personne", sa.Column("closed_to", pg.ARRAY(pg.UUID)))
    op.create_check_constraint(
        op.f("ck_personne_told"), "personne", "(opened_to IS NULL) = (closed_to IS NULL)"
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_constraint(op.f("ck_personne_told"), "personne")
    for name in ("closed_to", "opened_to", "protected"):
        op.drop_column("personne", name)
