"""Collective rendezvous, binômes, lateness, marks, and a person's time passed over on purpose."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

#: Name, type and, for what is never null, the value of the rows that are there.
_MOTIF = (
    ("capacity", sa.Integer, "1"),
    ("min_agents", sa.Integer, "1"),
    ("late_after_minutes", sa.Integer, "0"),
)
_RENDEZVOUS = (
    ("capacity", sa.Integer, "1"),
    ("origin", sa.Text, None),
    ("aggression_risk", sa.Boolean, sa.false()),
    ("late_minutes", sa.Integer, None),
    ("override_reason", sa.Text, None),
    ("override_by", sa.Text, None),
    ("override_at", sa.DateTime(timezone=True), None),
)
_OCCUPATION = (("overridden", sa.Boolean, sa.false()),)
_COLUMNS = (("motif", _MOTIF), ("rendezvous", _RENDEZVOUS), ("occupation", _OCCUPATION))
_CHECKS = (
    ("motif", "capacity", "capacity >= 1"),
    ("motif", "min_agents", "min_agents BETWEEN 1 AND 4"),
    ("rendezvous", "seats", "capacity = 1 OR cardinality(personne_ids) <= capacity"),
    ("rendezvous", "late", "late_minutes > 0"),
    ("rendezvous", "override", "num_nonnulls(override_reason, override_by, override_at) IN (0, 3)"),
    ("occupation", "overridden", "NOT overridden OR kind = 'personne'"),
)
_PARTICIPATION = """
    CREATE TABLE participation (
        rendezvous_id UUID NOT NULL,
        personne_id UUID NOT NULL,
        status TEXT NOT NULL,
        joined_by TEXT NOT NULL,
        joined_at TIMESTAMP WITH TIME ZONE NOT NULL,
        cancelled_by TEXT,
        cancel_reason TEXT,
        excused BOOLEAN,
        closed_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_participation PRIMARY KEY (rendezvous_id, personne_id),
        CONSTRAINT ck_participation_status
            CHECK (status IN ('BOOKED', 'HONOURED', 'MISSED', 'CANCELLED')),
        CONSTRAINT ck_participation_cancelled
            CHECK ((status = 'CANCELLED') = (cancelled_by IS NOT NULL
                AND cancel_reason IS NOT NULL)),
        CONSTRAINT ck_participation_missed CHECK ((status = 'MISSED') = (excused IS NOT NULL)),
        CONSTRAINT ck_participation_closed CHECK ((status = 'BOOKED') = (closed_at IS NULL)),
        CONSTRAINT fk_participation_rendezvous_id
            FOREIGN KEY(rendezvous_id) REFERENCES rendezvous (id) ON DELETE CASCADE
    )
"""
_NATURE = """
    ALTER TABLE motif ADD CONSTRAINT ex_motif_one_nature
        EXCLUDE USING gist (code WITH =, ((capacity > 1)::int) WITH <>)
"""
_DROP_GUARD = "ALTER TABLE occupation DROP CONSTRAINT ex_occupation_one_at_a_time"
_GUARD = """
    ALTER TABLE occupation ADD CONSTRAINT ex_occupation_one_at_a_time
        EXCLUDE USING gist (resource_id WITH =, during WITH &&)
"""


def upgrade() -> None:
    """The guard is rebuilt: on a large table, in the maintenance window."""
    for table, columns in _COLUMNS:
        for name, kind, default in columns:
            column = sa.Column(name, kind, nullable=default is None, server_default=default)
            op.add_column(table, column)
    for table, name, condition in _CHECKS:
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
    op.execute(_NATURE)
    op.execute(_DROP_GUARD)
    op.execute(f"{_GUARD} WHERE (NOT overridden)")
    op.create_index(
        "ix_occupation_overridden",
        "occupation",
        ["resource_id"],
        postgresql_where=sa.text("overridden"),
    )
    op.create_index(
        "ix_rendezvous_session",
        "rendezvous",
        ["motif", "starts_at"],
        postgresql_where=sa.text("capacity > 1"),
    )
    op.execute(_PARTICIPATION)


def downgrade() -> None:
    """Drop them; what was passed over on purpose no longer stands in anyone's way."""
    op.drop_table("participation")
    op.drop_index("ix_rendezvous_session", "rendezvous")
    op.drop_index("ix_occupation_overridden", "occupation")
    op.execute(_DROP_GUARD)
    op.execute("DELETE FROM occupation WHERE overridden")
    op.execute(_GUARD)
    op.execute("ALTER TABLE motif DROP CONSTRAINT ex_motif_one_nature")
    for table, name, _ in reversed(_CHECKS):
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    for table, columns in reversed(_COLUMNS):
        for name, *_ in reversed(columns):
            op.drop_column(table, name)
