"""A reprise of what an agent who left an MDS still holds there: no absence, an MDS."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_LINES = """
    DELETE FROM reprise_line
    WHERE reprise_id IN (SELECT id FROM reprise WHERE mds_left IS NOT NULL)
"""


def upgrade() -> None:
    """The version before goes on beside it: what it writes always has an absence."""
    op.add_column("reprise", sa.Column("mds_left", sa.Text))
    op.alter_column("reprise", "absence_id", nullable=True)
    op.create_check_constraint(
        op.f("ck_reprise_one_cause"), "reprise", "num_nonnulls(absence_id, mds_left) = 1"
    )
    op.create_unique_constraint(
        op.f("uq_reprise_agent_id_mds_left"), "reprise", ["agent_id", "mds_left"]
    )


def downgrade() -> None:
    """What was taken up stays done; that it was by a reprise is forgotten."""
    op.execute(_LINES)
    op.execute("DELETE FROM reprise WHERE mds_left IS NOT NULL")
    op.drop_constraint(op.f("uq_reprise_agent_id_mds_left"), "reprise", type_="unique")
    op.drop_constraint(op.f("ck_reprise_one_cause"), "reprise", type_="check")
    op.alter_column("reprise", "absence_id", nullable=False)
    op.drop_column("reprise", "mds_left")
