"""Whether the person could agree, and was a minor, the day it was collected."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add both; of what was collected before, the grantor tells as much."""
    for name in ("able", "minor"):
        op.add_column("consentement", sa.Column(name, sa.Boolean()))
    op.execute(
        "UPDATE consentement SET able = (grantor = 'PERSONNE'), minor = (grantor = 'PARENT')"
    )
    for name in ("able", "minor"):
        op.alter_column("consentement", name, nullable=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_column("consentement", "minor")
    op.drop_column("consentement", "able")
