"""What the supply of rendezvous is made of."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from chassis.tables import Instant
from services.rendezvous.persistence.tables.base import TEXTS, metadata

motif = sa.Table(
    "motif",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("modality", sa.Text, nullable=False),
    sa.Column("professions", TEXTS, nullable=False),
    sa.Column("duration_minutes", sa.Integer, nullable=False),
    sa.Column("buffer_before_minutes", sa.Integer, nullable=False),
    sa.Column("buffer_after_minutes", sa.Integer, nullable=False),
    sa.Column("min_notice_minutes", sa.Integer, nullable=False),
    sa.Column("max_ahead_days", sa.Integer, nullable=False),
    sa.Column("cancel_notice_minutes", sa.Integer, nullable=False),
    sa.Column("bookable_by", TEXTS, nullable=False),
    sa.Column("bookable_by_personne", sa.Boolean, nullable=False),
    sa.Column("discreet", sa.Boolean, nullable=False),
    sa.Column("instructions", sa.Text, nullable=False),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("valid_to", sa.Date),
    sa.Column("offers_at_once", sa.Integer, nullable=False),
    sa.Column("offer_minutes", sa.Integer, nullable=False),
    sa.Column("needs_room", sa.Boolean, nullable=False),
    sa.Column("needs_vehicle", sa.Boolean, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("capacity", sa.Integer, nullable=False, server_default="1"),
    sa.Column("min_agents", sa.Integer, nullable=False, server_default="1"),
    sa.Column("late_after_minutes", sa.Integer, nullable=False, server_default="0"),
    sa.CheckConstraint("duration_minutes > 0", name="duration"),
    sa.CheckConstraint("offers_at_once >= 1 AND offer_minutes >= 1", name="offers"),
    sa.CheckConstraint("capacity >= 1", name="capacity"),
    sa.CheckConstraint("min_agents BETWEEN 1 AND 4", name="min_agents"),
    pg.ExcludeConstraint(
        ("code", "="), (sa.text("((capacity > 1)::int)"), "<>"), name="ex_motif_one_nature"
    ),
    pg.ExcludeConstraint(
        ("code", "="),
        (sa.text("daterange(valid_from, valid_to, '[]')"), "&&"),
        name="ex_motif_one_version_a_day",
    ),
)

#: Rooms and vehicles.
resource = sa.Table(
    "resource",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("site", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    #: From this Paris day on nothing new is taken in it.
    sa.Column("retired_on", sa.Date),
    sa.CheckConstraint("kind IN ('ROOM', 'VEHICLE')", name="kind"),
    sa.Index(
        "uq_room_site_name", "site", "name", unique=True, postgresql_where=sa.text("kind = 'ROOM'")
    ),
    sa.Index(
        "uq_vehicle_site_name",
        "site",
        "name",
        unique=True,
        postgresql_where=sa.text("kind = 'VEHICLE'"),
    ),
)

zone = sa.Table(
    "zone",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)

#: Travel each way from a site to a zone.
zone_minutes = sa.Table(
    "zone_minutes",
    metadata,
    sa.Column("site", sa.Text, primary_key=True),
    sa.Column("zone_id", pg.UUID, sa.ForeignKey("zone.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("minutes", sa.Integer, nullable=False),
    sa.CheckConstraint("minutes BETWEEN 0 AND 240", name="minutes"),
)

opening = sa.Table(
    "opening",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("agent_id", pg.UUID, nullable=False),
    sa.Column("site", sa.Text, nullable=False),
    sa.Column("mds", sa.Text, nullable=False),
    sa.Column("starts_at", Instant, nullable=False),
    sa.Column("ends_at", Instant, nullable=False),
    sa.Column("kinds", TEXTS, nullable=False),
    sa.Column("motifs", TEXTS, nullable=False),
    #: Of an occurrence: its series, its day in it, and whether it has something of its own.
    sa.Column("serie_id", pg.UUID, sa.ForeignKey("serie.id")),
    sa.Column("occurrence_on", sa.Date),
    sa.Column("edited", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.CheckConstraint("starts_at < ends_at", name="ordered"),
    sa.CheckConstraint("(serie_id IS NULL) = (occurrence_on IS NULL)", name="occurrence"),
    sa.UniqueConstraint("serie_id", "occurrence_on"),
    pg.ExcludeConstraint(
        ("agent_id", "="),
        ("site", "<>"),
        (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
        name="ex_opening_one_site_at_a_time",
    ),
    sa.Index("ix_opening_site_ends_at", "site", "ends_at"),
    sa.Index(
        "ix_opening_site_during",
        "site",
        sa.text("tstzrange(starts_at, ends_at)"),
        postgresql_using="gist",
    ),
)

absence = sa.Table(
    "absence",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("agent_id", pg.UUID, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("starts_at", Instant, nullable=False),
    sa.Column("ends_at", Instant, nullable=False),
    #: Of an occurrence: its series, its day in it, and whether it has something of its own.
    sa.Column("serie_id", pg.UUID, sa.ForeignKey("serie.id")),
    sa.Column("occurrence_on", sa.Date),
    sa.Column("edited", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.CheckConstraint("starts_at < ends_at", name="ordered"),
    sa.CheckConstraint("(serie_id IS NULL) = (occurrence_on IS NULL)", name="occurrence"),
    sa.UniqueConstraint("serie_id", "occurrence_on"),
    sa.Index("ix_absence_agent_id_ends_at", "agent_id", "ends_at"),
    sa.Index(
        "ix_absence_during", sa.text("tstzrange(starts_at, ends_at)"), postgresql_using="gist"
    ),
)

#: Recurring openings and absences; their occurrences are rows of `opening` and `absence`.
serie = sa.Table(
    "serie",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("agent_id", pg.UUID, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("last_day", sa.Date),
    sa.Column("from_time", sa.Time, nullable=False),
    #: Null: midnight, the end of the day.
    sa.Column("to_time", sa.Time),
    sa.Column("site", sa.Text),
    sa.Column("mds", sa.Text),
    sa.Column("kinds", TEXTS, nullable=False),
    sa.Column("motifs", TEXTS, nullable=False),
    sa.Column("filled_to", sa.Date, nullable=False),
    sa.Column("continues_id", pg.UUID, sa.ForeignKey("serie.id")),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("kind IN ('OPENING', 'ABSENCE', 'WORK')", name="kind"),
    sa.CheckConstraint("(kind = 'OPENING') = (site IS NOT NULL AND mds IS NOT NULL)", name="site"),
    sa.CheckConstraint("from_time < to_time", name="ordered"),
    sa.CheckConstraint("last_day >= first_day - 1", name="ends"),
    sa.Index("ix_serie_agent_id", "agent_id"),
)

#: What single occurrences of a series have of their own.
serie_edit = sa.Table(
    "serie_edit",
    metadata,
    sa.Column("serie_id", pg.UUID, sa.ForeignKey("serie.id"), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("from_time", sa.Time),
    sa.Column("to_time", sa.Time),
    sa.Column("site", sa.Text),
    sa.Column("mds", sa.Text),
    sa.CheckConstraint("kind IN ('CHANGED', 'REMOVED', 'CONFLICT')", name="kind"),
    sa.CheckConstraint("from_time < to_time", name="ordered"),
    sa.CheckConstraint("(site IS NULL) = (mds IS NULL)", name="site"),
)

#: Closings, each one stretch of time: of a site, of an MDS, or of everybody (both null).
fermeture = sa.Table(
    "fermeture",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("mds", sa.Text),
    sa.Column("site", sa.Text),
    sa.Column("starts_at", Instant, nullable=False),
    sa.Column("ends_at", Instant, nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("ferie_on", sa.Date),
    sa.CheckConstraint("starts_at < ends_at", name="ordered"),
    sa.CheckConstraint("site IS NULL OR mds IS NOT NULL", name="site"),
    sa.Index(
        "uq_fermeture_ferie",
        "ferie_on",
        "mds",
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("ferie_on IS NOT NULL"),
    ),
)
