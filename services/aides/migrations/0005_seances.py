"""Sessions of the commissions: a decision names one on record that saw its demande."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from chassis.migrations import append_only

revision = "0005"
down_revision = "0004"

_SAME_SESSION = """
    seance.instance = decision.instance AND seance.session_on = decision.session_on
    AND seance.reference = decision.session_reference
"""


def upgrade() -> None:
    """Create them; sessions named freely before are put on record as they were named."""
    _create_seance()
    op.create_table(
        "seance_demande",
        sa.Column("seance_id", pg.UUID, nullable=False),
        sa.Column("demande_id", pg.UUID, nullable=False),
        sa.PrimaryKeyConstraint("seance_id", "demande_id", name="pk_seance_demande"),
        sa.ForeignKeyConstraint(["seance_id"], ["seance.id"], name="fk_seance_demande_seance_id"),
        sa.ForeignKeyConstraint(
            ["demande_id"], ["demande.id"], name="fk_seance_demande_demande_id"
        ),
    )
    op.add_column("decision", sa.Column("seance_id", pg.UUID))
    _record_named_sessions()
    op.create_foreign_key(
        "fk_decision_seance_id_demande_id",
        "decision",
        "seance_demande",
        ["seance_id", "demande_id"],
        ["seance_id", "demande_id"],
    )
    op.create_check_constraint(
        op.f("ck_decision_seance"), "decision", "path <> 'COMMISSION' OR seance_id IS NOT NULL"
    )
    append_only("seance")
    append_only("seance_demande")


def downgrade() -> None:
    """Drop them; a decision keeps the day and reference of its session."""
    op.drop_constraint(op.f("ck_decision_seance"), "decision")
    op.drop_constraint("fk_decision_seance_id_demande_id", "decision")
    op.drop_column("decision", "seance_id")
    op.drop_table("seance_demande")
    op.drop_table("seance")


def _create_seance() -> None:
    op.create_table(
        "seance",
        sa.Column("id", pg.UUID, nullable=False),
        sa.Column("instance", sa.Text, nullable=False),
        sa.Column("session_on", sa.Date, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("agent_ids", pg.ARRAY(pg.UUID), nullable=False),
        sa.Column("bodies", pg.ARRAY(sa.Text), nullable=False),
        sa.Column("registered_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_seance"),
        sa.UniqueConstraint(
            "instance", "session_on", "reference", name="uq_seance_instance_session_on_reference"
        ),
        sa.CheckConstraint(
            "cardinality(agent_ids) + cardinality(bodies) > 0", name=op.f("ck_seance_members")
        ),
    )


def _record_named_sessions() -> None:
    """Who decided is all that is known of who sat."""
    op.execute("""
        INSERT INTO seance (id, instance, session_on, reference, agent_ids, bodies, registered_by)
        SELECT gen_random_uuid(), instance, session_on, session_reference,
               array_agg(DISTINCT decided_by), '{}', 'migration 0005'
        FROM decision WHERE session_reference IS NOT NULL
        GROUP BY instance, session_on, session_reference
    """)
    op.execute(f"""
        INSERT INTO seance_demande (seance_id, demande_id)
        SELECT DISTINCT seance.id, decision.demande_id
        FROM decision JOIN seance ON {_SAME_SESSION}
    """)  # noqa: S608 - a constant of this module
    op.execute(f"""
        UPDATE decision SET seance_id = seance.id FROM seance WHERE {_SAME_SESSION}
    """)  # noqa: S608 - a constant of this module
