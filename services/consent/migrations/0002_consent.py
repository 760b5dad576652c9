"""Partners, agreements, acts of sharing, and what waits for partners."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from chassis.migrations import append_only

revision = "0002"
down_revision = "0001"

_INSTANT = sa.DateTime(timezone=True)
_TEXTS = pg.ARRAY(sa.Text())
_JOURNALS = ("contrat_journal", "decision_journal", "lecture_journal")


def upgrade() -> None:
    """Create them."""
    _create_consentement()
    _create_contrat_journal()
    _create_decision_journal()
    _create_lecture_journal()
    _create_livraison()
    _create_opposition()
    _create_partenaire()
    _create_situation()
    _create_partage()
    for journal in _JOURNALS:
        append_only(journal)


def _create_consentement() -> None:
    op.create_table(
        "consentement",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("personne_id", sa.UUID(), nullable=False),
        sa.Column("partenaire", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("categories", _TEXTS, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("grantor", sa.Text(), nullable=False),
        sa.Column("mandate_reference", sa.LargeBinary(), nullable=True),
        sa.Column("explained", sa.LargeBinary(), nullable=False),
        sa.Column("explained_language", sa.Text(), nullable=False),
        sa.Column("explained_on", sa.Date(), nullable=False),
        sa.Column("proof_reference", sa.LargeBinary(), nullable=False),
        sa.Column("proof_sha256", sa.Text(), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.UUID(), nullable=False),
        sa.Column("mds", sa.Text(), nullable=True),
        sa.Column("granted_at", _INSTANT, nullable=False),
        sa.Column("withdrawn_at", _INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name="ck_consentement_period"),
        sa.PrimaryKeyConstraint("id", name="pk_consentement"),
    )
    op.create_index("ix_consentement_granted_at", "consentement", ["granted_at"], unique=False)
    op.create_index("ix_consentement_personne_id", "consentement", ["personne_id"], unique=False)
    op.create_index("ix_consentement_withdrawn_at", "consentement", ["withdrawn_at"], unique=False)


def _create_contrat_journal() -> None:
    op.create_table(
        "contrat_journal",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("partenaire", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("terms", pg.JSONB(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_contrat_journal"),
        sa.UniqueConstraint("partenaire", "version", name="uq_contrat_journal_partenaire_version"),
    )


def _create_decision_journal() -> None:
    op.create_table(
        "decision_journal",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("personne_id", sa.UUID(), nullable=False),
        sa.Column("partenaire", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("fields", _TEXTS, nullable=False),
        sa.Column("conditions", pg.JSONB(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.Text(), nullable=False),
        sa.Column("decided_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_decision_journal"),
    )
    op.create_index(
        "ix_decision_journal_personne_id", "decision_journal", ["personne_id"], unique=False
    )


def _create_lecture_journal() -> None:
    op.create_table(
        "lecture_journal",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("partenaire", sa.Text(), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("withheld", sa.Integer(), nullable=False),
        sa.Column("read_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lecture_journal"),
    )
    op.create_index(
        "ix_lecture_journal_partenaire", "lecture_journal", ["partenaire"], unique=False
    )


def _create_livraison() -> None:
    op.create_table(
        "livraison",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("partenaire", sa.Text(), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("aggregate_type", sa.Text(), nullable=False),
        sa.Column("aggregate_id", sa.UUID(), nullable=False),
        sa.Column("personne_ids", pg.ARRAY(sa.UUID()), nullable=False),
        sa.Column("data", pg.JSONB(), nullable=False),
        sa.Column("is_sensitive", sa.Boolean(), nullable=False),
        sa.Column("happened_at", _INSTANT, nullable=False),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.Column("fields", _TEXTS, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("rule_version", sa.Text(), nullable=True),
        sa.Column("contract_version", sa.Integer(), nullable=True),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.Column("decided_at", _INSTANT, nullable=True),
        sa.CheckConstraint(
            "(state = 'DELIVERED') = (sequence IS NOT NULL)", name="ck_livraison_delivered"
        ),
        sa.CheckConstraint(
            "(state = 'WAITING') = (decided_at IS NULL)", name="ck_livraison_decided"
        ),
        sa.CheckConstraint(
            "state IN ('WAITING', 'DELIVERED', 'SUPPRESSED')", name="ck_livraison_state"
        ),
        sa.PrimaryKeyConstraint("position", name="pk_livraison"),
        sa.UniqueConstraint("id", name="uq_livraison_id"),
        sa.UniqueConstraint("partenaire", "event_id", name="uq_livraison_partenaire_event_id"),
        sa.UniqueConstraint("partenaire", "sequence", name="uq_livraison_partenaire_sequence"),
    )
    op.create_index("ix_livraison_decided_at", "livraison", ["decided_at"], unique=False)
    op.create_index(
        "ix_livraison_waiting",
        "livraison",
        ["partenaire", "position"],
        unique=False,
        postgresql_where=sa.text("state = 'WAITING'"),
    )


def _create_opposition() -> None:
    op.create_table(
        "opposition",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("personne_id", sa.UUID(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("partenaire", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.UUID(), nullable=True),
        sa.Column("registered_at", _INSTANT, nullable=False),
        sa.Column("lifted_at", _INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_opposition"),
    )
    op.create_index("ix_opposition_personne_id", "opposition", ["personne_id"], unique=False)


def _create_partenaire() -> None:
    op.create_table(
        "partenaire",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("contract", pg.JSONB(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("suspended_at", _INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_partenaire"),
    )


def _create_situation() -> None:
    op.create_table(
        "situation",
        sa.Column("personne_id", sa.UUID(), nullable=False),
        sa.Column("is_protected", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_deceased", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("minor_until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("personne_id", name="pk_situation"),
    )


def _create_partage() -> None:
    op.create_table(
        "partage",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("personne_id", sa.UUID(), nullable=False),
        sa.Column("dossier_id", sa.UUID(), nullable=False),
        sa.Column("partenaire", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("elements", pg.JSONB(), nullable=False),
        sa.Column("attestations", _TEXTS, nullable=False),
        sa.Column("same_team", sa.Boolean(), nullable=False),
        sa.Column("coordinator_agent_id", sa.UUID(), nullable=True),
        sa.Column("consentement_id", sa.UUID(), nullable=True),
        sa.Column("agent_id", sa.UUID(), nullable=False),
        sa.Column("agent_role", sa.Text(), nullable=False),
        sa.Column("agent_mission", sa.Text(), nullable=True),
        sa.Column("agent_profession", sa.Text(), nullable=False),
        sa.Column("mds", sa.Text(), nullable=True),
        sa.Column("site", sa.Text(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", _INSTANT, nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="ck_partage_ended"),
        sa.ForeignKeyConstraint(
            ["consentement_id"], ["consentement.id"], name="fk_partage_consentement_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_partage"),
    )
    op.create_index("ix_partage_agent_id", "partage", ["agent_id"], unique=False)
    op.create_index("ix_partage_ended_at", "partage", ["ended_at"], unique=False)
    op.create_index("ix_partage_personne_id", "partage", ["personne_id"], unique=False)
    op.create_index("ix_partage_signed_at", "partage", ["signed_at"], unique=False)


def downgrade() -> None:
    """Drop them."""
    for table in (
        "partage",
        "situation",
        "partenaire",
        "opposition",
        "livraison",
        "lecture_journal",
        "decision_journal",
        "contrat_journal",
        "consentement",
    ):
        op.drop_table(table)
    op.execute("DROP FUNCTION IF EXISTS refuse_change()")
