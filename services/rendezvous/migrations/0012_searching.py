"""Indexes that a search reads agendas through, and the greatest length of an occupation."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"

_INDEXES = (
    ("ix_occupation_resource_start", "occupation (resource_id, lower(during))"),
    ("ix_opening_site_ends_at", "opening (site, ends_at)"),
    ("ix_absence_during", "absence USING gist (tstzrange(starts_at, ends_at))"),
)


def upgrade() -> None:
    """Built while nobody writes: on a large table, in the maintenance window."""
    op.execute(
        """
        ALTER TABLE occupation ADD CONSTRAINT ck_occupation_length
            CHECK (upper(during) - lower(during) <= interval '24 hours')
        """
    )
    for name, on in _INDEXES:
        op.execute(f"CREATE INDEX {name} ON {on}")


def downgrade() -> None:
    """Drop them."""
    for name, _ in _INDEXES:
        op.drop_index(name)
    op.execute("ALTER TABLE occupation DROP CONSTRAINT ck_occupation_length")
