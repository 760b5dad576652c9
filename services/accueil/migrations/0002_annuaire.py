"""The annuaire: MDS, sites, sectors, agents and their dated assignments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0002"
down_revision = "0001"

_TABLES = ("affectation", "agent", "sector", "site", "mds")


def upgrade() -> None:
    """Create the tables."""
    _create_mds()
    _create_site()
    _create_sector()
    _create_agent()
    _create_affectation()


def downgrade() -> None:
    """Drop them."""
    for table in _TABLES:
        op.drop_table(table)


def _create_mds() -> None:
    op.create_table(
        "mds",
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_mds"),
    )


def _create_site() -> None:
    op.create_table(
        "site",
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("mds", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(["mds"], ["mds.code"], name="fk_site_mds"),
        sa.PrimaryKeyConstraint("code", name="pk_site"),
    )


def _create_sector() -> None:
    op.create_table(
        "sector",
        sa.Column("sector_id", pg.UUID, nullable=False),
        sa.Column("commune", sa.Text, nullable=False),
        sa.Column("street", sa.Text, server_default="", nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date),
        pg.ExcludeConstraint(
            ("commune", "="),
            ("street", "="),
            ("site", "="),
            (sa.text("daterange(starts_on, ends_on, '[]')"), "&&"),
            deferrable=True,
            initially="DEFERRED",
            using="gist",
            name="ex_sector_period",
        ),
        sa.ForeignKeyConstraint(["site"], ["site.code"], name="fk_sector_site"),
        sa.PrimaryKeyConstraint("sector_id", name="pk_sector"),
    )
    op.create_index("ix_sector_commune", "sector", ["commune"])


def _create_agent() -> None:
    op.create_table(
        "agent",
        sa.Column("agent_id", pg.UUID, nullable=False),
        sa.Column("family_name", sa.LargeBinary, nullable=False),
        sa.Column("first_names", sa.LargeBinary, nullable=False),
        sa.Column("version", sa.Integer, server_default=sa.text("1"), nullable=False),
        sa.PrimaryKeyConstraint("agent_id", name="pk_agent"),
    )


def _create_affectation() -> None:
    op.create_table(
        "affectation",
        sa.Column("affectation_id", pg.UUID, nullable=False),
        sa.Column("agent_id", pg.UUID, nullable=False),
        sa.Column("profession", sa.Text, nullable=False),
        sa.Column("secrecy_basis", sa.Text, nullable=False),
        sa.Column("mds", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("plateforme", sa.Boolean, nullable=False),
        sa.Column("volant", sa.Boolean, nullable=False),
        sa.Column("full_time_percent", sa.Integer, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date),
        sa.Column("is_primary", sa.Boolean, nullable=False),
        pg.ExcludeConstraint(
            ("agent_id", "="),
            (sa.text("daterange(starts_on, ends_on, '[]')"), "&&"),
            where=sa.text("is_primary"),
            deferrable=True,
            initially="DEFERRED",
            using="gist",
            name="ex_affectation_primary",
        ),
        sa.CheckConstraint(
            "full_time_percent BETWEEN 1 AND 100", name="ck_affectation_full_time_percent"
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.agent_id"], name="fk_affectation_agent_id"),
        sa.ForeignKeyConstraint(["mds"], ["mds.code"], name="fk_affectation_mds"),
        sa.ForeignKeyConstraint(["site"], ["site.code"], name="fk_affectation_site"),
        sa.PrimaryKeyConstraint("affectation_id", name="pk_affectation"),
    )
    op.create_index("ix_affectation_agent_id", "affectation", ["agent_id"])
    op.create_index("ix_affectation_mds", "affectation", ["mds"])
