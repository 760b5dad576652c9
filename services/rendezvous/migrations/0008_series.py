"""Recurring openings and absences, and closing days."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0008"
down_revision = "0007"

#: Names match `persistence/tables.py`.
_UP = (
    """
    CREATE TABLE serie (
        id UUID NOT NULL,
        agent_id UUID NOT NULL,
        kind TEXT NOT NULL,
        rule TEXT NOT NULL,
        first_day DATE NOT NULL,
        last_day DATE,
        from_time TIME NOT NULL,
        to_time TIME,
        site TEXT,
        mds TEXT,
        kinds TEXT[] NOT NULL,
        motifs TEXT[] NOT NULL,
        filled_to DATE NOT NULL,
        continues_id UUID,
        version INTEGER NOT NULL,
        CONSTRAINT pk_serie PRIMARY KEY (id),
        CONSTRAINT ck_serie_kind CHECK (kind IN ('OPENING', 'ABSENCE', 'WORK')),
        CONSTRAINT ck_serie_site
            CHECK ((kind = 'OPENING') = (site IS NOT NULL AND mds IS NOT NULL)),
        CONSTRAINT ck_serie_ordered CHECK (from_time < to_time),
        CONSTRAINT ck_serie_ends CHECK (last_day >= first_day - 1),
        CONSTRAINT fk_serie_continues_id FOREIGN KEY(continues_id) REFERENCES serie (id)
    )
    """,
    "CREATE INDEX ix_serie_agent_id ON serie (agent_id)",
    """
    CREATE TABLE serie_edit (
        serie_id UUID NOT NULL,
        day DATE NOT NULL,
        kind TEXT NOT NULL,
        from_time TIME,
        to_time TIME,
        site TEXT,
        mds TEXT,
        CONSTRAINT pk_serie_edit PRIMARY KEY (serie_id, day),
        CONSTRAINT ck_serie_edit_kind CHECK (kind IN ('CHANGED', 'REMOVED', 'CONFLICT')),
        CONSTRAINT ck_serie_edit_ordered CHECK (from_time < to_time),
        CONSTRAINT ck_serie_edit_site CHECK ((site IS NULL) = (mds IS NULL)),
        CONSTRAINT fk_serie_edit_serie_id FOREIGN KEY(serie_id) REFERENCES serie (id)
    )
    """,
    """
    CREATE TABLE fermeture (
        id UUID NOT NULL,
        mds TEXT,
        site TEXT,
        starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
        ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
        label TEXT NOT NULL,
        ferie_on DATE,
        CONSTRAINT pk_fermeture PRIMARY KEY (id),
        CONSTRAINT ck_fermeture_ordered CHECK (starts_at < ends_at),
        CONSTRAINT ck_fermeture_site CHECK (site IS NULL OR mds IS NOT NULL)
    )
    """,
    """
    CREATE UNIQUE INDEX uq_fermeture_ferie ON fermeture (ferie_on, mds) NULLS NOT DISTINCT
        WHERE ferie_on IS NOT NULL
    """,
)
_HELD_IN = ("opening", "absence")


def upgrade() -> None:
    """What was there before belongs to no series."""
    for statement in _UP:
        op.execute(statement)
    for table in _HELD_IN:
        op.add_column(table, sa.Column("serie_id", pg.UUID))
        op.add_column(table, sa.Column("occurrence_on", sa.Date))
        op.add_column(
            table, sa.Column("edited", sa.Boolean, nullable=False, server_default=sa.false())
        )
        op.create_check_constraint(
            op.f(f"ck_{table}_occurrence"), table, "(serie_id IS NULL) = (occurrence_on IS NULL)"
        )
        op.create_unique_constraint(
            op.f(f"uq_{table}_serie_id_occurrence_on"), table, ["serie_id", "occurrence_on"]
        )
        op.create_foreign_key(op.f(f"fk_{table}_serie_id"), table, "serie", ["serie_id"], ["id"])


def downgrade() -> None:
    """The occurrences in the agenda stay, as openings and absences of their own."""
    for table in _HELD_IN:
        op.drop_column(table, "edited")
        op.drop_column(table, "occurrence_on")
        op.drop_column(table, "serie_id")
    for table in ("fermeture", "serie_edit", "serie"):
        op.drop_table(table)
