"""Messaging tables."""

from chassis.migrations import messaging_v1

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create them."""
    messaging_v1.upgrade()


def downgrade() -> None:
    """Drop them."""
    messaging_v1.downgrade()
