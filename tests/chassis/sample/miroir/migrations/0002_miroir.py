"""The mirrors, and what each event did, in order."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from chassis.migrations import append_only

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "miroir",
        sa.Column("compteur_id", pg.UUID, nullable=False),
        sa.Column("value", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("compteur_id", name="pk_miroir"),
    )
    op.create_table(
        "effect",
        sa.Column("seq", sa.BigInteger, sa.Identity(always=True)),
        sa.Column("compteur_id", pg.UUID, nullable=False),
        sa.Column("value", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_effect"),
    )
    append_only("effect")


def downgrade() -> None:
    op.drop_table("effect")
    op.drop_table("miroir")
