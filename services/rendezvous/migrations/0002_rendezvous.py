"""Motifs, plannings, rendezvous, what they take, and what is known of others."""

from alembic import op

revision = "0002"
down_revision = "0001"

#: Names match `persistence/tables.py`; the exclusion constraints need btree_gist.
_UP = (
    """
    CREATE TABLE motif (
        id UUID NOT NULL,
        code TEXT NOT NULL,
        label TEXT NOT NULL,
        kind TEXT NOT NULL,
        modality TEXT NOT NULL,
        professions TEXT[] NOT NULL,
        duration_minutes INTEGER NOT NULL,
        buffer_before_minutes INTEGER NOT NULL,
        buffer_after_minutes INTEGER NOT NULL,
        min_notice_minutes INTEGER NOT NULL,
        max_ahead_days INTEGER NOT NULL,
        cancel_notice_minutes INTEGER NOT NULL,
        bookable_by TEXT[] NOT NULL,
        bookable_by_personne BOOLEAN NOT NULL,
        discreet BOOLEAN NOT NULL,
        instructions TEXT NOT NULL,
        valid_from DATE NOT NULL,
        valid_to DATE,
        version INTEGER NOT NULL,
        CONSTRAINT pk_motif PRIMARY KEY (id),
        CONSTRAINT ck_motif_duration CHECK (duration_minutes > 0),
        CONSTRAINT ex_motif_one_version_a_day
            EXCLUDE USING gist (code WITH =, daterange(valid_from, valid_to, '[]') WITH &&)
    )
    """,
    """
    CREATE TABLE room (
        id UUID NOT NULL,
        site TEXT NOT NULL,
        name TEXT NOT NULL,
        CONSTRAINT pk_room PRIMARY KEY (id),
        CONSTRAINT uq_room_site_name UNIQUE (site, name)
    )
    """,
    """
    CREATE TABLE opening (
        id UUID NOT NULL,
        agent_id UUID NOT NULL,
        site TEXT NOT NULL,
        mds TEXT NOT NULL,
        starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
        ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
        kinds TEXT[] NOT NULL,
        motifs TEXT[] NOT NULL,
        CONSTRAINT pk_opening PRIMARY KEY (id),
        CONSTRAINT ck_opening_ordered CHECK (starts_at < ends_at),
        CONSTRAINT ex_opening_one_site_at_a_time
            EXCLUDE USING gist (agent_id WITH =, site WITH <>, tstzrange(starts_at,
                ends_at) WITH &&)
    )
    """,
    "CREATE INDEX ix_opening_site_starts_at ON opening (site, starts_at)",
    """
    CREATE TABLE absence (
        id UUID NOT NULL,
        agent_id UUID NOT NULL,
        kind TEXT NOT NULL,
        starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
        ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_absence PRIMARY KEY (id),
        CONSTRAINT ck_absence_ordered CHECK (starts_at < ends_at)
    )
    """,
    "CREATE INDEX ix_absence_agent_id_ends_at ON absence (agent_id, ends_at)",
    """
    CREATE TABLE rendezvous (
        id UUID NOT NULL,
        status TEXT NOT NULL,
        personne_ids UUID[] NOT NULL,
        agent_ids UUID[] NOT NULL,
        site TEXT NOT NULL,
        mds TEXT NOT NULL,
        room_id UUID,
        starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
        ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
        held_on DATE NOT NULL,
        motif_id UUID NOT NULL,
        motif TEXT NOT NULL,
        kind TEXT NOT NULL,
        modality TEXT NOT NULL,
        discreet BOOLEAN NOT NULL,
        outside_opening BOOLEAN NOT NULL,
        outside_delay BOOLEAN NOT NULL,
        dossier_id UUID,
        orientation_id UUID,
        booked_by TEXT NOT NULL,
        booked_at TIMESTAMP WITH TIME ZONE NOT NULL,
        cancelled_by TEXT,
        cancel_reason TEXT,
        excused BOOLEAN,
        closed_at TIMESTAMP WITH TIME ZONE,
        version INTEGER NOT NULL,
        CONSTRAINT pk_rendezvous PRIMARY KEY (id),
        CONSTRAINT ck_rendezvous_ordered CHECK (starts_at < ends_at),
        CONSTRAINT ck_rendezvous_agents CHECK (cardinality(agent_ids) BETWEEN 1 AND 4),
        CONSTRAINT ck_rendezvous_status
            CHECK (status IN ('BOOKED', 'HONOURED', 'MISSED', 'CANCELLED')),
        CONSTRAINT ck_rendezvous_cancelled
            CHECK ((status = 'CANCELLED') = (cancelled_by IS NOT NULL
                AND cancel_reason IS NOT NULL)),
        CONSTRAINT ck_rendezvous_missed CHECK ((status = 'MISSED') = (excused IS NOT NULL)),
        CONSTRAINT fk_rendezvous_motif_id FOREIGN KEY(motif_id) REFERENCES motif (id)
    )
    """,
    "CREATE INDEX ix_rendezvous_agent_ids ON rendezvous USING gin (agent_ids)",
    "CREATE INDEX ix_rendezvous_held_on ON rendezvous (held_on)",
    "CREATE INDEX ix_rendezvous_personne_ids ON rendezvous USING gin (personne_ids)",
    """
    CREATE TABLE hold (
        id UUID NOT NULL,
        status TEXT NOT NULL,
        motif_id UUID NOT NULL,
        motif TEXT NOT NULL,
        agent_ids UUID[] NOT NULL,
        site TEXT NOT NULL,
        mds TEXT NOT NULL,
        room_id UUID,
        starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
        ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
        outside_opening BOOLEAN NOT NULL,
        outside_delay BOOLEAN NOT NULL,
        held_by TEXT NOT NULL,
        expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_hold PRIMARY KEY (id),
        CONSTRAINT ck_hold_status CHECK (status IN ('OPEN', 'USED', 'RELEASED', 'EXPIRED')),
        CONSTRAINT fk_hold_motif_id FOREIGN KEY(motif_id) REFERENCES motif (id)
    )
    """,
    "CREATE INDEX ix_hold_held_by ON hold (held_by) WHERE status = 'OPEN'",
    """
    CREATE TABLE occupation (
        resource_id UUID NOT NULL,
        during TSTZRANGE NOT NULL,
        kind TEXT NOT NULL,
        rendezvous_id UUID,
        hold_id UUID,
        held_until TIMESTAMP WITH TIME ZONE,
        CONSTRAINT ck_occupation_kind CHECK (kind IN ('agent', 'room', 'personne')),
        CONSTRAINT ck_occupation_one_owner CHECK (num_nonnulls(rendezvous_id, hold_id) = 1),
        CONSTRAINT ck_occupation_held CHECK ((hold_id IS NULL) = (held_until IS NULL)),
        CONSTRAINT ck_occupation_during CHECK (NOT isempty(during)),
        CONSTRAINT ex_occupation_one_at_a_time
            EXCLUDE USING gist (resource_id WITH =, during WITH &&),
        CONSTRAINT fk_occupation_rendezvous_id
            FOREIGN KEY(rendezvous_id) REFERENCES rendezvous (id) ON DELETE CASCADE,
        CONSTRAINT fk_occupation_hold_id FOREIGN KEY(hold_id) REFERENCES hold (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_occupation_hold_id ON occupation (hold_id) WHERE hold_id IS NOT NULL",
    "CREATE INDEX ix_occupation_rendezvous_id ON occupation (rendezvous_id)",
    """
    CREATE TABLE personne (
        personne_id UUID NOT NULL,
        deceased BOOLEAN NOT NULL,
        protected BOOLEAN NOT NULL,
        CONSTRAINT pk_personne PRIMARY KEY (personne_id)
    )
    """,
    """
    CREATE TABLE assignment (
        agent_id UUID NOT NULL,
        effective_on DATE NOT NULL,
        profession TEXT NOT NULL,
        mds TEXT NOT NULL,
        site TEXT NOT NULL,
        plateforme BOOLEAN NOT NULL,
        volant BOOLEAN NOT NULL,
        active BOOLEAN NOT NULL,
        CONSTRAINT pk_assignment PRIMARY KEY (agent_id, effective_on)
    )
    """,
    """
    CREATE TABLE site (
        site TEXT NOT NULL,
        mds TEXT NOT NULL,
        open BOOLEAN NOT NULL,
        CONSTRAINT pk_site PRIMARY KEY (site)
    )
    """,
    """
    CREATE TABLE dossier (
        dossier_id UUID NOT NULL,
        referent_agent_id UUID,
        CONSTRAINT pk_dossier PRIMARY KEY (dossier_id)
    )
    """,
)
_TABLES = (
    "dossier",
    "site",
    "assignment",
    "personne",
    "occupation",
    "hold",
    "rendezvous",
    "absence",
    "opening",
    "room",
    "motif",
)


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
