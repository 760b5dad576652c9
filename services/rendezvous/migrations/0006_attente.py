"""The waiting list, and the freed times offered to it."""

from alembic import op

revision = "0006"
down_revision = "0005"

#: Names match `persistence/tables.py`. Motifs known before offer one at a time, for four hours.
_UP = (
    """
    ALTER TABLE motif
        ADD COLUMN offers_at_once INTEGER NOT NULL DEFAULT 1,
        ADD COLUMN offer_minutes INTEGER NOT NULL DEFAULT 240,
        ADD CONSTRAINT ck_motif_offers CHECK (offers_at_once >= 1 AND offer_minutes >= 1)
    """,
    "ALTER TABLE motif ALTER offers_at_once DROP DEFAULT, ALTER offer_minutes DROP DEFAULT",
    """
    CREATE TABLE attente (
        id UUID NOT NULL,
        status TEXT NOT NULL,
        reason TEXT,
        personne_ids UUID[] NOT NULL,
        motif TEXT NOT NULL,
        discreet BOOLEAN NOT NULL,
        mds TEXT NOT NULL,
        site TEXT,
        agent_id UUID,
        from_on DATE NOT NULL,
        until_on DATE NOT NULL,
        half_days TEXT[] NOT NULL,
        priority TEXT NOT NULL,
        priority_reason TEXT,
        rendezvous_id UUID,
        dossier_id UUID,
        orientation_id UUID,
        registered_by TEXT NOT NULL,
        registered_at TIMESTAMP WITH TIME ZONE NOT NULL,
        queued_at TIMESTAMP WITH TIME ZONE NOT NULL,
        passes INTEGER NOT NULL,
        obtained_id UUID,
        closed_at TIMESTAMP WITH TIME ZONE,
        version INTEGER NOT NULL,
        CONSTRAINT pk_attente PRIMARY KEY (id),
        CONSTRAINT ck_attente_status CHECK (status IN ('WAITING', 'PLACED', 'CLOSED')),
        CONSTRAINT ck_attente_closed CHECK ((status = 'CLOSED') = (reason IS NOT NULL)),
        CONSTRAINT ck_attente_placed CHECK ((status = 'PLACED') = (obtained_id IS NOT NULL)),
        CONSTRAINT ck_attente_urgent
            CHECK ((priority = 'URGENT') = (priority_reason IS NOT NULL)),
        CONSTRAINT ck_attente_ordered CHECK (from_on <= until_on),
        CONSTRAINT ck_attente_personnes CHECK (cardinality(personne_ids) >= 1),
        CONSTRAINT fk_attente_rendezvous_id FOREIGN KEY(rendezvous_id) REFERENCES rendezvous (id),
        CONSTRAINT fk_attente_obtained_id FOREIGN KEY(obtained_id) REFERENCES rendezvous (id)
    )
    """,
    """
    CREATE UNIQUE INDEX uq_attente_once ON attente (motif, personne_ids)
        WHERE status = 'WAITING'
    """,
    """
    CREATE INDEX ix_attente_waiting ON attente (mds, motif, queued_at)
        WHERE status = 'WAITING'
    """,
    """
    CREATE INDEX ix_attente_agent_id ON attente (agent_id)
        WHERE status = 'WAITING' AND agent_id IS NOT NULL
    """,
    "CREATE INDEX ix_attente_personne_ids ON attente USING gin (personne_ids)",
    """
    CREATE INDEX ix_attente_rendezvous_id ON attente (rendezvous_id)
        WHERE status = 'WAITING' AND rendezvous_id IS NOT NULL
    """,
    """
    CREATE TABLE offre (
        id UUID NOT NULL,
        attente_id UUID NOT NULL,
        creneau_id UUID NOT NULL,
        hold_id UUID NOT NULL,
        modality TEXT NOT NULL,
        discreet BOOLEAN NOT NULL,
        status TEXT NOT NULL,
        offered_at TIMESTAMP WITH TIME ZONE NOT NULL,
        expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
        closed_at TIMESTAMP WITH TIME ZONE,
        rendezvous_id UUID,
        CONSTRAINT pk_offre PRIMARY KEY (id),
        CONSTRAINT ck_offre_status CHECK
            (status IN ('OPEN', 'ACCEPTED', 'DECLINED', 'EXPIRED', 'TAKEN', 'CLOSED')),
        CONSTRAINT ck_offre_accepted
            CHECK ((status = 'ACCEPTED') = (rendezvous_id IS NOT NULL)),
        CONSTRAINT uq_offre_creneau_id_attente_id UNIQUE (creneau_id, attente_id),
        CONSTRAINT fk_offre_attente_id FOREIGN KEY(attente_id) REFERENCES attente (id),
        CONSTRAINT fk_offre_hold_id FOREIGN KEY(hold_id) REFERENCES hold (id),
        CONSTRAINT fk_offre_rendezvous_id FOREIGN KEY(rendezvous_id) REFERENCES rendezvous (id)
    )
    """,
    "CREATE UNIQUE INDEX uq_offre_one_winner ON offre (hold_id) WHERE status = 'ACCEPTED'",
    "CREATE UNIQUE INDEX uq_offre_one_open ON offre (attente_id) WHERE status = 'OPEN'",
    "CREATE INDEX ix_offre_hold_id ON offre (hold_id)",
)


def upgrade() -> None:
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("offre")
    op.drop_table("attente")
    op.drop_column("motif", "offer_minutes")
    op.drop_column("motif", "offers_at_once")
