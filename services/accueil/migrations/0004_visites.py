"""Visites and orientations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0004"
down_revision = "0003"

_INSTANT = sa.DateTime(timezone=True)
_TABLES = ("orientation", "visite")


def upgrade() -> None:
    """Create the tables."""
    _create_visite()
    _create_orientation()


def downgrade() -> None:
    """Drop them."""
    for table in _TABLES:
        op.drop_table(table)


def _create_visite() -> None:
    op.create_table(
        "visite",
        sa.Column("visite_id", pg.UUID, nullable=False),
        sa.Column("mds", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("personne_id", pg.UUID),
        sa.Column("declared_name", sa.LargeBinary),
        sa.Column("language", sa.Text),
        sa.Column("interpreter_needed", sa.Boolean, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("arrived_at", _INSTANT, nullable=False),
        sa.Column("registered_by", pg.UUID),
        sa.Column("waiting_at", _INSTANT),
        sa.Column("interview_at", _INSTANT),
        sa.Column("ended_at", _INSTANT),
        sa.Column("agent_id", pg.UUID),
        sa.Column("outcome", sa.Text),
        sa.Column("attached_at", _INSTANT),
        sa.Column("version", sa.Integer, server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "(status IN ('CLOSED', 'LEFT')) = (outcome IS NOT NULL)"
            " AND (outcome IS NULL) = (ended_at IS NULL)",
            name="ck_visite_outcome",
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR (status = 'LEFT') = (outcome = 'LEFT')",
            name="ck_visite_outcome_left",
        ),
        sa.ForeignKeyConstraint(["mds"], ["mds.code"], name="fk_visite_mds"),
        sa.ForeignKeyConstraint(
            ["personne_id"], ["personne.personne_id"], name="fk_visite_personne_id"
        ),
        sa.ForeignKeyConstraint(["site"], ["site.code"], name="fk_visite_site"),
        sa.PrimaryKeyConstraint("visite_id", name="pk_visite"),
    )
    op.create_index("ix_visite_arrived_at", "visite", ["arrived_at"])
    op.create_index("ix_visite_personne_id", "visite", ["personne_id"])
    op.create_index(
        "ix_visite_queue",
        "visite",
        ["site", "arrived_at"],
        postgresql_where=sa.text("outcome IS NULL"),
    )


def _create_orientation() -> None:
    op.create_table(
        "orientation",
        sa.Column("orientation_id", pg.UUID, nullable=False),
        sa.Column("visite_id", pg.UUID),
        sa.Column("personne_id", pg.UUID),
        sa.Column("mds", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("target_agent_id", pg.UUID),
        sa.Column("target_code", sa.Text),
        sa.Column("reason", sa.LargeBinary),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("requested_at", _INSTANT, nullable=False),
        sa.Column("requested_by", pg.UUID),
        sa.Column("answered_at", _INSTANT),
        sa.Column("answered_by", sa.Text),
        sa.Column("overdue_at", _INSTANT),
        sa.Column("version", sa.Integer, server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL)", name="ck_orientation_answered_by"
        ),
        sa.ForeignKeyConstraint(["mds"], ["mds.code"], name="fk_orientation_mds"),
        sa.ForeignKeyConstraint(
            ["personne_id"], ["personne.personne_id"], name="fk_orientation_personne_id"
        ),
        sa.ForeignKeyConstraint(["site"], ["site.code"], name="fk_orientation_site"),
        sa.ForeignKeyConstraint(
            ["visite_id"], ["visite.visite_id"], name="fk_orientation_visite_id"
        ),
        sa.PrimaryKeyConstraint("orientation_id", name="pk_orientation"),
    )
    op.create_index("ix_orientation_due_on", "orientation", ["due_on", "orientation_id"])
    op.create_index("ix_orientation_requested_at", "orientation", ["requested_at"])
