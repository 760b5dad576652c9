"""The counters."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "compteur",
        sa.Column("id", pg.UUID, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("secret", sa.LargeBinary),
        sa.Column("value", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_compteur"),
        sa.UniqueConstraint("label", name="uq_compteur_label"),
    )


def downgrade() -> None:
    op.drop_table("compteur")
