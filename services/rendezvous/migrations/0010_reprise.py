"""The rendezvous of an absence, taken up in bulk: one reprise per absence, a line for each."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"

#: Names match `persistence/tables.py`.
_UP = (
    """
    CREATE TABLE reprise (
        id UUID NOT NULL,
        absence_id UUID NOT NULL,
        agent_id UUID NOT NULL,
        launched_by TEXT NOT NULL,
        launched_at TIMESTAMP WITH TIME ZONE NOT NULL,
        stopped_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_reprise PRIMARY KEY (id),
        CONSTRAINT uq_reprise_absence_id UNIQUE (absence_id)
    )
    """,
    """
    CREATE TABLE reprise_line (
        id UUID NOT NULL,
        reprise_id UUID NOT NULL,
        rendezvous_id UUID NOT NULL,
        mds TEXT NOT NULL,
        seen_version INTEGER NOT NULL,
        auto BOOLEAN NOT NULL,
        act TEXT,
        agent_id UUID,
        starts_at TIMESTAMP WITH TIME ZONE,
        outside_opening BOOLEAN NOT NULL,
        decided_by TEXT NOT NULL,
        decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
        state TEXT NOT NULL,
        refusal TEXT,
        settled_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_reprise_line PRIMARY KEY (id),
        CONSTRAINT uq_reprise_line_reprise_id_rendezvous_id UNIQUE (reprise_id, rendezvous_id),
        CONSTRAINT ck_reprise_line_act CHECK (auto OR act IS NOT NULL),
        CONSTRAINT ck_reprise_line_state
            CHECK (state IN ('TODO', 'DONE', 'REFUSED', 'LEFT', 'STOPPED')),
        CONSTRAINT ck_reprise_line_refusal CHECK ((state = 'REFUSED') = (refusal IS NOT NULL)),
        CONSTRAINT ck_reprise_line_settled CHECK ((state = 'TODO') = (settled_at IS NULL)),
        CONSTRAINT fk_reprise_line_reprise_id FOREIGN KEY(reprise_id) REFERENCES reprise (id),
        CONSTRAINT fk_reprise_line_rendezvous_id
            FOREIGN KEY(rendezvous_id) REFERENCES rendezvous (id)
    )
    """,
    "CREATE INDEX ix_reprise_line_rendezvous_id ON reprise_line (rendezvous_id)",
)


def upgrade() -> None:
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("reprise_line")
    op.drop_table("reprise")
