"""Règlement, envelopes and ledger, demandes, decisions, payments, what others told us."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from chassis.migrations import append_only

revision = "0002"
down_revision = "0001"

_TABLES = (
    "dossier",
    "personne",
    "paiement",
    "decision",
    "demande",
    "mouvement",
    "enveloppe_nature",
    "enveloppe",
    "reglement",
)


def upgrade() -> None:
    """Create them; the ledger and the règlement are never rewritten."""
    _create_reglement()
    _create_enveloppe()
    _create_enveloppe_nature()
    _create_mouvement()
    _create_demande()
    _create_decision()
    _create_paiement()
    _create_personne()
    _create_dossier()
    append_only("mouvement")
    append_only("reglement")


def downgrade() -> None:
    """Drop them all."""
    for table in _TABLES:
        op.drop_table(table)


def _create_reglement() -> None:
    op.create_table(
        "reglement",
        sa.Column("id", pg.UUID, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("is_example", sa.Boolean, nullable=False),
        sa.Column("effective_from", sa.Date, nullable=False),
        sa.Column("adopted_by", sa.Text, nullable=False),
        sa.Column("body", pg.JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reglement"),
        sa.UniqueConstraint("code", "version", name="uq_reglement_code_version"),
        sa.UniqueConstraint("effective_from", name="uq_reglement_effective_from"),
    )


def _create_enveloppe() -> None:
    op.create_table(
        "enveloppe",
        sa.Column("id", pg.UUID, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("natures", pg.ARRAY(sa.Text), nullable=False),
        sa.Column("voted_cents", sa.BigInteger, nullable=False),
        sa.Column("overrun_cents", sa.BigInteger, nullable=False),
        sa.Column("reserved_cents", sa.BigInteger, nullable=False),
        sa.Column("committed_cents", sa.BigInteger, nullable=False),
        sa.Column("paid_cents", sa.BigInteger, nullable=False),
        sa.Column("thresholds", pg.ARRAY(sa.Integer), nullable=False),
        sa.Column("reached", pg.ARRAY(sa.Integer), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_enveloppe"),
        sa.CheckConstraint(
            "reserved_cents + committed_cents + paid_cents <= voted_cents + overrun_cents",
            name=op.f("ck_enveloppe_balance"),
        ),
        sa.CheckConstraint(
            "reserved_cents >= 0 AND committed_cents >= 0 AND paid_cents >= 0"
            " AND overrun_cents >= 0",
            name=op.f("ck_enveloppe_positive"),
        ),
    )


def _create_enveloppe_nature() -> None:
    op.create_table(
        "enveloppe_nature",
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("nature", sa.Text, nullable=False),
        sa.Column("enveloppe_id", pg.UUID, nullable=False),
        sa.PrimaryKeyConstraint("year", "nature", name="pk_enveloppe_nature"),
        sa.ForeignKeyConstraint(
            ["enveloppe_id"], ["enveloppe.id"], name="fk_enveloppe_nature_enveloppe_id"
        ),
    )


def _create_mouvement() -> None:
    op.create_table(
        "mouvement",
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("enveloppe_id", pg.UUID, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("amount_cents", sa.BigInteger, nullable=False),
        sa.Column("effect_cents", sa.BigInteger, nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("demande_id", pg.UUID),
        sa.Column("paiement_id", pg.UUID),
        sa.Column("reference", sa.Text),
        sa.Column("by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_mouvement"),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_mouvement_amount")),
        sa.CheckConstraint(
            "effect_cents = CASE WHEN kind IN ('OPEN', 'RELEASE', 'OVERRUN') THEN amount_cents"
            " WHEN kind IN ('RESERVE', 'COMMIT') THEN -amount_cents ELSE 0 END",
            name=op.f("ck_mouvement_effect"),
        ),
        sa.CheckConstraint(
            "kind <> 'OVERRUN' OR reference IS NOT NULL", name=op.f("ck_mouvement_overrun_is_named")
        ),
        sa.ForeignKeyConstraint(
            ["enveloppe_id"], ["enveloppe.id"], name="fk_mouvement_enveloppe_id"
        ),
    )
    op.create_index("ix_mouvement_enveloppe_id_number", "mouvement", ["enveloppe_id", "number"])


def _create_demande() -> None:
    op.create_table(
        "demande",
        sa.Column("id", pg.UUID, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("nature", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("personne_ids", pg.ARRAY(pg.UUID), nullable=False),
        sa.Column("mds", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("dossier_id", pg.UUID),
        sa.Column("orientation_id", pg.UUID),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("partner", sa.Text),
        sa.Column("requested_cents", sa.BigInteger, nullable=False),
        sa.Column("urgent", sa.Boolean, nullable=False),
        sa.Column("filed_on", sa.Date, nullable=False),
        sa.Column("filed_by", pg.UUID),
        sa.Column("reglement_id", pg.UUID, nullable=False),
        sa.Column("age_at_filing", sa.SmallInteger),
        sa.Column("instructor_ids", pg.ARRAY(pg.UUID), nullable=False),
        sa.Column("instructed_on", sa.Date),
        sa.Column("situation", sa.LargeBinary),
        sa.Column("social_note", sa.LargeBinary),
        sa.Column("missing_documents", pg.ARRAY(sa.Text), nullable=False),
        sa.Column("proposed_cents", sa.BigInteger),
        sa.Column("payee", sa.LargeBinary),
        sa.Column("explanation", sa.LargeBinary, nullable=False),
        sa.Column("needs_commission", sa.Boolean, nullable=False),
        sa.Column("enveloppe_id", pg.UUID),
        sa.Column("reserved_cents", sa.BigInteger, nullable=False),
        sa.Column("outcome", sa.Text),
        sa.Column("granted_cents", sa.BigInteger, nullable=False),
        sa.Column("decided_on", sa.Date),
        sa.Column("decided_by", pg.UUID),
        sa.Column("decisions_count", sa.Integer, nullable=False),
        sa.Column("instalments", pg.JSONB, nullable=False),
        sa.Column("paid_instalments", pg.ARRAY(sa.Integer), nullable=False),
        sa.Column("paid_cents", sa.BigInteger, nullable=False),
        sa.Column("withdrawal_reason", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_demande"),
        sa.CheckConstraint(
            "granted_cents BETWEEN 0 AND requested_cents"
            " AND paid_cents BETWEEN 0 AND granted_cents",
            name=op.f("ck_demande_amounts"),
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR NOT (decided_by = ANY (instructor_ids))",
            name=op.f("ck_demande_decider"),
        ),
        sa.CheckConstraint("cardinality(personne_ids) > 0", name=op.f("ck_demande_personnes")),
        sa.ForeignKeyConstraint(["enveloppe_id"], ["enveloppe.id"], name="fk_demande_enveloppe_id"),
        sa.ForeignKeyConstraint(["reglement_id"], ["reglement.id"], name="fk_demande_reglement_id"),
    )
    op.create_index("ix_demande_mds_status", "demande", ["mds", "status", "id"])
    op.create_index("ix_demande_personne_ids", "demande", ["personne_ids"], postgresql_using="gin")


def _create_decision() -> None:
    op.create_table(
        "decision",
        sa.Column("id", pg.UUID, nullable=False),
        sa.Column("demande_id", pg.UUID, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("amount_cents", sa.BigInteger, nullable=False),
        sa.Column("decided_on", sa.Date, nullable=False),
        sa.Column("decided_by", pg.UUID, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("instance", sa.Text),
        sa.Column("session_on", sa.Date),
        sa.Column("session_reference", sa.Text),
        sa.Column("act", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("text", sa.LargeBinary),
        sa.Column("reglement_id", pg.UUID, nullable=False),
        sa.Column("explanation", sa.LargeBinary, nullable=False),
        sa.Column("voies", pg.JSONB),
        sa.Column("to_regularise", sa.Boolean, nullable=False),
        sa.Column("awaits_budget", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
        sa.CheckConstraint(
            "(outcome IN ('GRANTED', 'PARTLY')) = (amount_cents > 0)",
            name=op.f("ck_decision_amount"),
        ),
        sa.CheckConstraint(
            "outcome = 'ADJOURNED' OR voies IS NOT NULL", name=op.f("ck_decision_voies")
        ),
        sa.ForeignKeyConstraint(["demande_id"], ["demande.id"], name="fk_decision_demande_id"),
        sa.ForeignKeyConstraint(
            ["reglement_id"], ["reglement.id"], name="fk_decision_reglement_id"
        ),
        sa.UniqueConstraint("demande_id", "rank", name="uq_decision_demande_id_rank"),
    )
    op.create_index("ix_decision_decided_on", "decision", ["decided_on"])
    op.create_index(
        "uq_decision_final",
        "decision",
        ["demande_id"],
        unique=True,
        postgresql_where=sa.text("outcome <> 'ADJOURNED'"),
    )


def _create_paiement() -> None:
    op.create_table(
        "paiement",
        sa.Column("id", pg.UUID, nullable=False),
        sa.Column("demande_id", pg.UUID, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("instalment", sa.Integer, nullable=False),
        sa.Column("amount_cents", sa.BigInteger, nullable=False),
        sa.Column("paid_on", sa.Date, nullable=False),
        sa.Column("paid_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_paiement"),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_paiement_amount")),
        sa.ForeignKeyConstraint(["demande_id"], ["demande.id"], name="fk_paiement_demande_id"),
        sa.UniqueConstraint("demande_id", "instalment", name="uq_paiement_demande_id_instalment"),
        sa.UniqueConstraint("reference", name="uq_paiement_reference"),
    )


def _create_personne() -> None:
    op.create_table(
        "personne",
        sa.Column("personne_id", pg.UUID, nullable=False),
        sa.Column("died_on", sa.Date),
        sa.PrimaryKeyConstraint("personne_id", name="pk_personne"),
    )


def _create_dossier() -> None:
    op.create_table(
        "dossier",
        sa.Column("dossier_id", pg.UUID, nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("dossier_id", name="pk_dossier"),
    )
