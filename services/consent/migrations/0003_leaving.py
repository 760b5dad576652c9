"""What may be in a partner's queue is written before it goes there."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

#: As 0002 named it, its prefix twice.
_OLD_NAME = "ck_livraison_ck_livraison_state"
_OLD_STATES = "state IN ('WAITING', 'DELIVERED', 'SUPPRESSED')"


def upgrade() -> None:
    """Add the instant, and the state of what nobody can tell."""
    op.add_column("livraison", sa.Column("in_queue_until", sa.DateTime(timezone=True)))
    op.execute(
        f"""
        ALTER TABLE livraison
            DROP CONSTRAINT {_OLD_NAME},
            ADD CONSTRAINT ck_livraison_state
                CHECK (state IN ('WAITING', 'DELIVERED', 'UNCERTAIN', 'SUPPRESSED')),
            ADD CONSTRAINT ck_livraison_in_queue
                CHECK (in_queue_until IS NULL OR state = 'WAITING')
        """
    )
    op.create_index(
        "ix_livraison_in_queue",
        "livraison",
        ["partenaire"],
        unique=False,
        postgresql_where=sa.text("in_queue_until IS NOT NULL"),
    )


def downgrade() -> None:
    """Drop them; what was uncertain counts as kept back, as it did."""
    op.execute("UPDATE livraison SET state = 'SUPPRESSED' WHERE state = 'UNCERTAIN'")
    op.drop_index("ix_livraison_in_queue", "livraison")
    op.execute(
        f"""
        ALTER TABLE livraison
            DROP CONSTRAINT ck_livraison_in_queue,
            DROP CONSTRAINT ck_livraison_state,
            ADD CONSTRAINT {_OLD_NAME} CHECK ({_OLD_STATES})
        """
    )
    op.drop_column("livraison", "in_queue_until")
