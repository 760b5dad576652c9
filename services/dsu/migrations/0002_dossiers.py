"""Dossiers, their professionals, their interventions, who read them, and what accueil told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from chassis.migrations import append_only

revision = "0002"
down_revision = "0001"

_INSTANT = sa.DateTime(timezone=True)
_TABLES = (
    "orientation",
    "personne",
    "agent",
    "reading_head",
    "reading",
    "timeline",
    "intervention",
    "association",
    "referent_period",
    "member",
    "dossier",
)


def upgrade() -> None:
    """Create every table of the first depth."""
    _create_dossier()
    _create_member()
    _create_referent_period()
    _create_association()
    _create_intervention()
    _create_timeline()
    _create_journal()
    _create_projections()


def downgrade() -> None:
    """Drop them all."""
    for table in _TABLES:
        op.drop_table(table)


def _dossier_id() -> sa.Column[object]:
    return sa.Column("dossier_id", pg.UUID, nullable=False)


def _create_dossier() -> None:
    op.create_table(
        "dossier",
        _dossier_id(),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("mds", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.Column("referent_agent_id", pg.UUID, nullable=False),
        sa.Column("reference", sa.Text),
        sa.Column("orientation_id", pg.UUID),
        sa.Column("closed_on", sa.Date),
        sa.Column("closure_reason", sa.Text),
        sa.Column("last_contact_on", sa.Date),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("dossier_id", name="pk_dossier"),
        sa.UniqueConstraint("reference", name="uq_dossier_reference"),
        sa.CheckConstraint("status IN ('ACTIVE', 'CLOSED')", name=op.f("ck_dossier_status")),
        sa.CheckConstraint(
            "(status = 'CLOSED') = (closed_on IS NOT NULL)"
            " AND (status = 'CLOSED') = (closure_reason IS NOT NULL)",
            name=op.f("ck_dossier_closed"),
        ),
        sa.CheckConstraint("closed_on >= opened_on", name=op.f("ck_dossier_days")),
    )
    op.create_index(
        "ix_dossier_referent",
        "dossier",
        ["referent_agent_id", "status", "opened_on", "dossier_id"],
    )
    op.create_index("ix_dossier_opened_on", "dossier", ["opened_on"])


def _create_member() -> None:
    """One open dossier per personne: the partial index says so."""
    op.create_table(
        "member",
        _dossier_id(),
        sa.Column("personne_id", pg.UUID, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("deceased_on", sa.Date),
        sa.PrimaryKeyConstraint("dossier_id", "personne_id", name="pk_member"),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.dossier_id"], name="fk_member_dossier_id"
        ),
    )
    op.create_index(
        "uq_member_open_personne",
        "member",
        ["personne_id"],
        unique=True,
        postgresql_where=sa.text("active"),
    )
    op.create_index("ix_member_personne_id", "member", ["personne_id"])


def _create_referent_period() -> None:
    """Never two référents at once: by period, and for the current one."""
    op.create_table(
        "referent_period",
        sa.Column("id", pg.UUID, nullable=False),
        _dossier_id(),
        sa.Column("agent_id", pg.UUID, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date),
        sa.PrimaryKeyConstraint("id", name="pk_referent_period"),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.dossier_id"], name="fk_referent_period_dossier_id"
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_referent_period_days")),
        pg.ExcludeConstraint(
            (sa.text("dossier_id"), "="),
            (sa.text("daterange(starts_on, ends_on)"), "&&"),
            name="ex_referent_period_one_at_once",
            using="gist",
        ),
    )
    op.create_index(
        "uq_referent_period_current",
        "referent_period",
        ["dossier_id"],
        unique=True,
        postgresql_where=sa.text("ends_on IS NULL"),
    )
    op.create_index("ix_referent_period_days", "referent_period", ["starts_on", "ends_on"])


def _create_association() -> None:
    op.create_table(
        "association",
        sa.Column("association_id", pg.UUID, nullable=False),
        _dossier_id(),
        sa.Column("agent_id", pg.UUID, nullable=False),
        sa.Column("mission", sa.Text, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date),
        sa.Column("ended_on", sa.Date),
        sa.PrimaryKeyConstraint("association_id", name="pk_association"),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.dossier_id"], name="fk_association_dossier_id"
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_association_planned_days")),
        sa.CheckConstraint("ended_on >= starts_on", name=op.f("ck_association_real_days")),
        pg.ExcludeConstraint(
            (sa.text("dossier_id"), "="),
            (sa.text("agent_id"), "="),
            (sa.text("mission"), "="),
            (sa.text("daterange(starts_on, LEAST(ends_on + 1, ended_on))"), "&&"),
            name="ex_association_once",
            using="gist",
        ),
    )
    op.create_index("ix_association_dossier_id", "association", ["dossier_id"])


def _create_intervention() -> None:
    """`note` is encrypted before it comes here."""
    op.create_table(
        "intervention",
        sa.Column("intervention_id", pg.UUID, nullable=False),
        _dossier_id(),
        sa.Column("agent_id", pg.UUID, nullable=False),
        sa.Column("occurred_on", sa.Date, nullable=False),
        sa.Column("champ", sa.Text, nullable=False),
        sa.Column("nomenclature", sa.Text, nullable=False),
        sa.Column("nomenclature_version", sa.Text, nullable=False),
        sa.Column("personne_ids", pg.ARRAY(pg.UUID), nullable=False),
        sa.Column("note", sa.LargeBinary),
        sa.Column("note_scope", sa.Text),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("intervention_id", name="pk_intervention"),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.dossier_id"], name="fk_intervention_dossier_id"
        ),
        sa.CheckConstraint(
            "(note IS NULL) = (note_scope IS NULL)", name=op.f("ck_intervention_scoped")
        ),
    )
    op.create_index(
        "ix_intervention_dossier",
        "intervention",
        ["dossier_id", "occurred_on", "intervention_id"],
    )
    op.create_index("ix_intervention_occurred_on", "intervention", ["occurred_on"])


def _create_timeline() -> None:
    """No foreign key: a fact about a dossier is kept whatever came first."""
    op.create_table(
        "timeline",
        sa.Column("id", pg.UUID, nullable=False),
        _dossier_id(),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("occurred_on", sa.Date, nullable=False),
        sa.Column("subject_id", pg.UUID),
        sa.Column("code", sa.Text),
        sa.Column("amount_cents", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_timeline"),
    )
    op.create_index("ix_timeline_dossier", "timeline", ["dossier_id", "occurred_on", "id"])
    op.create_index("ix_timeline_kind", "timeline", ["kind", "occurred_on"])


def _create_journal() -> None:
    op.create_table(
        "reading",
        _dossier_id(),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("agent_id", pg.UUID),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("quality", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("matrix_version", sa.Text, nullable=False),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("mac", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("dossier_id", "seq", name="pk_reading"),
    )
    append_only("reading")
    op.create_table(
        "reading_head",
        _dossier_id(),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("row_mac", sa.Text, nullable=False),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("mac", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("dossier_id", name="pk_reading_head"),
    )


def _create_projections() -> None:
    op.create_table(
        "agent",
        sa.Column("agent_id", pg.UUID, nullable=False),
        sa.Column("effective_on", sa.Date, nullable=False),
        sa.Column("profession", sa.Text, nullable=False),
        sa.Column("mds", sa.Text),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("agent_id", "effective_on", name="pk_agent"),
    )
    op.create_table(
        "personne",
        sa.Column("personne_id", pg.UUID, nullable=False),
        sa.Column("deceased_on", sa.Date),
        sa.Column("protected", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("personne_id", name="pk_personne"),
    )
    op.create_table(
        "orientation",
        sa.Column("orientation_id", pg.UUID, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("personne_ids", pg.ARRAY(pg.UUID), nullable=False),
        sa.PrimaryKeyConstraint("orientation_id", name="pk_orientation"),
    )
