"""Rooms become resources beside vehicles; zones of home visits and their travel."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"

#: Names match `persistence/tables.py`.
_UP = (
    "ALTER TABLE room RENAME TO resource",
    "ALTER TABLE resource RENAME CONSTRAINT pk_room TO pk_resource",
    "ALTER TABLE resource ADD COLUMN kind TEXT NOT NULL DEFAULT 'ROOM'",
    "ALTER TABLE resource ALTER COLUMN kind DROP DEFAULT",
    "ALTER TABLE resource ADD CONSTRAINT ck_resource_kind CHECK (kind IN ('ROOM', 'VEHICLE'))",
    "ALTER TABLE resource DROP CONSTRAINT uq_room_site_name",
    "CREATE UNIQUE INDEX uq_room_site_name ON resource (site, name) WHERE kind = 'ROOM'",
    "CREATE UNIQUE INDEX uq_vehicle_site_name ON resource (site, name) WHERE kind = 'VEHICLE'",
    "ALTER TABLE occupation DROP CONSTRAINT ck_occupation_kind",
    """
    ALTER TABLE occupation ADD CONSTRAINT ck_occupation_kind
        CHECK (kind IN ('agent', 'room', 'vehicle', 'personne'))
    """,
    "ALTER TABLE motif ADD COLUMN needs_room BOOLEAN NOT NULL DEFAULT false",
    "ALTER TABLE motif ADD COLUMN needs_vehicle BOOLEAN NOT NULL DEFAULT false",
    "ALTER TABLE motif ALTER COLUMN needs_room DROP DEFAULT",
    "ALTER TABLE motif ALTER COLUMN needs_vehicle DROP DEFAULT",
    *(
        statement
        for table in ("rendezvous", "hold")
        for statement in (
            f"ALTER TABLE {table} ADD COLUMN vehicle_id UUID",
            f"ALTER TABLE {table} ADD COLUMN zone TEXT",
            f"ALTER TABLE {table} ADD COLUMN travel_minutes INTEGER NOT NULL DEFAULT 0",
            f"ALTER TABLE {table} ALTER COLUMN travel_minutes DROP DEFAULT",
        )
    ),
    """
    CREATE TABLE zone (
        id UUID NOT NULL,
        code TEXT NOT NULL,
        label TEXT NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_zone PRIMARY KEY (id),
        CONSTRAINT uq_zone_code UNIQUE (code)
    )
    """,
    """
    CREATE TABLE zone_minutes (
        site TEXT NOT NULL,
        zone_id UUID NOT NULL,
        minutes INTEGER NOT NULL,
        CONSTRAINT pk_zone_minutes PRIMARY KEY (site, zone_id),
        CONSTRAINT ck_zone_minutes_minutes CHECK (minutes BETWEEN 0 AND 240),
        CONSTRAINT fk_zone_minutes_zone_id
            FOREIGN KEY(zone_id) REFERENCES zone (id) ON DELETE CASCADE
    )
    """,
    "DROP INDEX ix_opening_site_starts_at",
    """
    CREATE INDEX ix_opening_site_during
        ON opening USING gist (site, tstzrange(starts_at, ends_at))
    """,
)
#: Rooms keep their data; what only vehicles and zones say goes.
_DOWN = (
    "DROP INDEX ix_opening_site_during",
    "CREATE INDEX ix_opening_site_starts_at ON opening (site, starts_at)",
    "DROP TABLE zone_minutes",
    "DROP TABLE zone",
    *(
        f"ALTER TABLE {table} DROP COLUMN {column}"
        for table in ("hold", "rendezvous")
        for column in ("travel_minutes", "zone", "vehicle_id")
    ),
    "ALTER TABLE motif DROP COLUMN needs_vehicle",
    "ALTER TABLE motif DROP COLUMN needs_room",
    "DELETE FROM occupation WHERE kind = 'vehicle'",
    "ALTER TABLE occupation DROP CONSTRAINT ck_occupation_kind",
    """
    ALTER TABLE occupation ADD CONSTRAINT ck_occupation_kind
        CHECK (kind IN ('agent', 'room', 'personne'))
    """,
    "DELETE FROM resource WHERE kind = 'VEHICLE'",
    "DROP INDEX uq_vehicle_site_name",
    "DROP INDEX uq_room_site_name",
    "ALTER TABLE resource ADD CONSTRAINT uq_room_site_name UNIQUE (site, name)",
    "ALTER TABLE resource DROP COLUMN kind",
    "ALTER TABLE resource RENAME CONSTRAINT pk_resource TO pk_room",
    "ALTER TABLE resource RENAME TO room",
)


def upgrade() -> None:
    """Every room becomes a resource of kind ROOM; what is booked has no travel."""
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    """Vehicles, zones and travel are dropped."""
    for statement in _DOWN:
        op.execute(statement)
