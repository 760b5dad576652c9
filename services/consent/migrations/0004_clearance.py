"""Interventions received before their producer said what a partner may be told of."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """None of them leaves, nor is read again: what their code tells was never looked at."""
    op.execute(
        """
        UPDATE livraison SET is_sensitive = true, data = '{}'
        WHERE topic = 'dsu.intervention_recorded.v1'
        """
    )


def downgrade() -> None:
    """Leave them closed: their content is gone."""
