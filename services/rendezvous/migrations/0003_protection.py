"""Whom accueil opens and closes a personne's file to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0003"
down_revision = "0002"

_LISTS = ("opened_to", "closed_to")


def upgrade() -> None:
    """Null for those known before: accueil is asked when one of their rendezvous is opened."""
    for name in _LISTS:
        op.add_column("personne", sa.Column(name, pg.ARRAY(pg.UUID)))
    op.create_check_constraint(
        op.f("ck_personne_told"), "personne", "(opened_to IS NULL) = (closed_to IS NULL)"
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_constraint(op.f("ck_personne_told"), "personne")
    for name in reversed(_LISTS):
        op.drop_column("personne", name)
