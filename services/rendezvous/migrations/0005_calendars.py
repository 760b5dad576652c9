"""Calendar feeds, agents' own calendars, and what an import has done."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"

_UP = (
    """
    CREATE TABLE calendar_feed (
        agent_id UUID NOT NULL,
        secret_digest TEXT NOT NULL,
        drawn_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_calendar_feed PRIMARY KEY (agent_id),
        CONSTRAINT uq_calendar_feed_secret_digest UNIQUE (secret_digest)
    )
    """,
    """
    CREATE TABLE external_calendar (
        agent_id UUID NOT NULL,
        source TEXT NOT NULL,
        url BYTEA,
        busy INTEGER NOT NULL,
        ignored INTEGER NOT NULL,
        failures INTEGER NOT NULL,
        trouble TEXT,
        tried_at TIMESTAMP WITH TIME ZONE,
        read_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_external_calendar PRIMARY KEY (agent_id),
        CONSTRAINT ck_external_calendar_source CHECK ((source = 'URL') = (url IS NOT NULL))
    )
    """,
    """
    CREATE TABLE import_line (
        file_digest TEXT NOT NULL,
        line INTEGER NOT NULL,
        kind TEXT NOT NULL,
        reference TEXT,
        target_id UUID NOT NULL,
        imported_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_import_line PRIMARY KEY (file_digest, line),
        CONSTRAINT uq_import_line_kind_reference UNIQUE (kind, reference)
    )
    """,
)


def upgrade() -> None:
    """Three new tables; busy times of agents' own calendars are absences of a new kind."""
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    """Without the tables, nothing would renew those busy times: they go too."""
    op.execute("DELETE FROM absence WHERE kind = 'EXTERNAL'")
    for table in ("import_line", "external_calendar", "calendar_feed"):
        op.drop_table(table)
