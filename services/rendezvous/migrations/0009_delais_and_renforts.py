"""Waits measured every day, needs of reinforcement, and the plannings of the volants."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"

_UP = (
    """
    CREATE TABLE delai (
        mds TEXT NOT NULL,
        day DATE NOT NULL,
        motif TEXT NOT NULL,
        profession TEXT NOT NULL,
        third_at TIMESTAMP WITH TIME ZONE,
        days INTEGER,
        limit_days INTEGER NOT NULL,
        CONSTRAINT pk_delai PRIMARY KEY (mds, day, motif, profession),
        CONSTRAINT ck_delai_days CHECK ((third_at IS NULL) = (days IS NULL))
    )
    """,
    """
    CREATE TABLE besoin (
        id UUID NOT NULL,
        mds TEXT NOT NULL,
        profession TEXT NOT NULL,
        reason TEXT NOT NULL,
        starts_on DATE NOT NULL,
        ends_on DATE NOT NULL,
        days_per_week INTEGER NOT NULL,
        status TEXT NOT NULL,
        asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
        asked_on DATE NOT NULL,
        asked_by TEXT NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_besoin PRIMARY KEY (id),
        CONSTRAINT ck_besoin_ordered CHECK (starts_on <= ends_on),
        CONSTRAINT ck_besoin_days_per_week CHECK (days_per_week BETWEEN 1 AND 5),
        CONSTRAINT ck_besoin_status CHECK (status IN ('PROPOSED', 'OPEN', 'ENDED'))
    )
    """,
    """
    CREATE UNIQUE INDEX uq_besoin_one_proposal ON besoin (mds, profession)
        WHERE status = 'PROPOSED'
    """,
    """
    CREATE TABLE planning_volant (
        id UUID NOT NULL,
        month DATE NOT NULL,
        proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        proposed_by TEXT NOT NULL,
        gaps JSONB NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_planning_volant PRIMARY KEY (id),
        CONSTRAINT uq_planning_volant_month UNIQUE (month)
    )
    """,
    """
    CREATE TABLE renfort (
        id UUID NOT NULL,
        planning_id UUID NOT NULL,
        besoin_id UUID NOT NULL,
        agent_id UUID NOT NULL,
        mds TEXT NOT NULL,
        profession TEXT NOT NULL,
        reason TEXT NOT NULL,
        days DATE[] NOT NULL,
        explanation TEXT NOT NULL,
        status TEXT NOT NULL,
        refusal TEXT,
        decided_at TIMESTAMP WITH TIME ZONE,
        decided_by TEXT,
        CONSTRAINT pk_renfort PRIMARY KEY (id),
        CONSTRAINT ck_renfort_status CHECK (status IN ('PROPOSED', 'ACCEPTED', 'REFUSED')),
        CONSTRAINT ck_renfort_refused CHECK ((status = 'REFUSED') = (refusal IS NOT NULL)),
        CONSTRAINT ck_renfort_decided CHECK ((status = 'PROPOSED') = (decided_at IS NULL)),
        CONSTRAINT fk_renfort_planning_id FOREIGN KEY(planning_id)
            REFERENCES planning_volant (id),
        CONSTRAINT fk_renfort_besoin_id FOREIGN KEY(besoin_id) REFERENCES besoin (id)
    )
    """,
    "CREATE INDEX ix_renfort_planning_id ON renfort (planning_id)",
    """
    CREATE TABLE renfort_jour (
        agent_id UUID NOT NULL,
        day DATE NOT NULL,
        besoin_id UUID NOT NULL,
        renfort_id UUID NOT NULL,
        CONSTRAINT pk_renfort_jour PRIMARY KEY (agent_id, day),
        CONSTRAINT uq_renfort_jour_besoin_id UNIQUE (besoin_id, day),
        CONSTRAINT fk_renfort_jour_besoin_id FOREIGN KEY(besoin_id) REFERENCES besoin (id),
        CONSTRAINT fk_renfort_jour_renfort_id FOREIGN KEY(renfort_id)
            REFERENCES renfort (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_renfort_jour_day ON renfort_jour (day)",
    "CREATE INDEX ix_renfort_jour_renfort_id ON renfort_jour (renfort_id)",
    # The MDS known before are measured from the first round of due work on; each measure plans
    # the next. Those told later are planned with the fact that tells of their first site.
    """
    INSERT INTO due (id, kind, subject, due_at, payload, correlation_id)
    SELECT gen_random_uuid(), 'delai', mds, '1970-01-01T00:00:00Z', '{}', gen_random_uuid()
    FROM (SELECT DISTINCT mds FROM site) AS known
    """,
)
_TABLES = ("renfort_jour", "renfort", "planning_volant", "besoin", "delai")


def upgrade() -> None:
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DELETE FROM due WHERE kind = 'delai'")
    for table in _TABLES:
        op.drop_table(table)
