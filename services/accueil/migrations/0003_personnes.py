"""Personnes, what finds them, their contacts and who may open their file."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0003"
down_revision = "0002"

_INSTANT = sa.DateTime(timezone=True)
_TABLES = ("file_access", "contact_point", "personne_index", "personne")


def upgrade() -> None:
    """Create the tables."""
    _create_personne()
    _create_personne_index()
    _create_contact_point()
    _create_file_access()


def downgrade() -> None:
    """Drop them."""
    for table in _TABLES:
        op.drop_table(table)


def _create_personne() -> None:
    op.create_table(
        "personne",
        sa.Column("personne_id", pg.UUID, nullable=False),
        sa.Column("family_name", sa.LargeBinary, nullable=False),
        sa.Column("birth_name", sa.LargeBinary),
        sa.Column("first_names", sa.LargeBinary, nullable=False),
        sa.Column("born_on", sa.LargeBinary),
        sa.Column("sex", sa.LargeBinary),
        sa.Column("housing", sa.Text, nullable=False),
        sa.Column("address", sa.LargeBinary),
        sa.Column("commune", sa.Text),
        sa.Column("mds", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("placement", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("interpreter_needed", sa.Boolean, nullable=False),
        sa.Column("nationality_group", sa.LargeBinary),
        sa.Column("nationality_purpose", sa.Text),
        sa.Column("circumstance", sa.Text, nullable=False),
        sa.Column("discernment_noted_by", pg.UUID),
        sa.Column("reference", sa.Text),
        sa.Column("protected", sa.Boolean, server_default=sa.text("false"), nullable=False),
        sa.Column("protection_ground", sa.LargeBinary),
        sa.Column("no_contact", sa.Boolean, server_default=sa.text("false"), nullable=False),
        sa.Column("died_on", sa.Date),
        sa.Column("registered_at", _INSTANT, nullable=False),
        sa.Column("registered_by", pg.UUID),
        sa.Column("version", sa.Integer, server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "(nationality_group IS NULL) = (nationality_purpose IS NULL)",
            name="ck_personne_nationality_purpose",
        ),
        sa.CheckConstraint(
            "protected = (protection_ground IS NOT NULL)", name="ck_personne_protection_ground"
        ),
        sa.ForeignKeyConstraint(["mds"], ["mds.code"], name="fk_personne_mds"),
        sa.ForeignKeyConstraint(["site"], ["site.code"], name="fk_personne_site"),
        sa.PrimaryKeyConstraint("personne_id", name="pk_personne"),
        sa.UniqueConstraint("reference", name="uq_personne_reference"),
    )
    op.create_index("ix_personne_registered_at", "personne", ["registered_at"])


def _create_personne_index() -> None:
    op.create_table(
        "personne_index",
        sa.Column("personne_id", pg.UUID, nullable=False),
        sa.Column("born", sa.Text),
        sa.Column("family", pg.ARRAY(sa.Text), nullable=False),
        sa.Column("given", pg.ARRAY(sa.Text), nullable=False),
        sa.Column("tokens", pg.ARRAY(sa.Text), nullable=False),
        sa.ForeignKeyConstraint(
            ["personne_id"],
            ["personne.personne_id"],
            name="fk_personne_index_personne_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("personne_id", name="pk_personne_index"),
    )
    op.create_index("ix_personne_index_born", "personne_index", ["born"])
    op.create_index(
        "ix_personne_index_tokens", "personne_index", ["tokens"], postgresql_using="gin"
    )


def _create_contact_point() -> None:
    op.create_table(
        "contact_point",
        sa.Column("contact_id", pg.UUID, nullable=False),
        sa.Column("personne_id", pg.UUID, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.Column("value_index", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("opted_in", sa.Boolean, nullable=False),
        sa.Column("opted_in_at", _INSTANT),
        sa.Column("opted_in_by", pg.UUID),
        sa.Column("confirmed_safe", sa.Boolean, nullable=False),
        sa.Column("confirmed_at", _INSTANT),
        sa.Column("confirmed_by", pg.UUID),
        sa.Column("confirmed_among", pg.ARRAY(pg.UUID), nullable=False),
        sa.ForeignKeyConstraint(
            ["personne_id"],
            ["personne.personne_id"],
            name="fk_contact_point_personne_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("contact_id", name="pk_contact_point"),
        sa.UniqueConstraint(
            "personne_id", "value_index", name="uq_contact_point_personne_id_value_index"
        ),
    )
    op.create_index("ix_contact_point_value_index", "contact_point", ["value_index"])


def _create_file_access() -> None:
    op.create_table(
        "file_access",
        sa.Column("personne_id", pg.UUID, nullable=False),
        sa.Column("agent_id", pg.UUID, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["personne_id"],
            ["personne.personne_id"],
            name="fk_file_access_personne_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("personne_id", "agent_id", name="pk_file_access"),
    )
