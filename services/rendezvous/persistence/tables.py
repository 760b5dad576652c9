"""The tables of rendezvous. Times are trade time; ranges are half-open."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from chassis.crypto import EncryptedText
from chassis.tables import Instant, new_metadata

metadata = new_metadata()
_UUIDS = pg.ARRAY(pg.UUID)
_TEXTS = pg.ARRAY(sa.Text)

motif = sa.Table(
    "motif",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("modality", sa.Text, nullable=False),
    sa.Column("professions", _TEXTS, nullable=False),
    sa.Column("duration_minutes", sa.Integer, nullable=False),
    sa.Column("buffer_before_minutes", sa.Integer, nullable=False),
    sa.Column("buffer_after_minutes", sa.Integer, nullable=False),
    sa.Column("min_notice_minutes", sa.Integer, nullable=False),
    sa.Column("max_ahead_days", sa.Integer, nullable=False),
    sa.Column("cancel_notice_minutes", sa.Integer, nullable=False),
    sa.Column("bookable_by", _TEXTS, nullable=False),
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
    sa.Column("kinds", _TEXTS, nullable=False),
    sa.Column("motifs", _TEXTS, nullable=False),
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
)

rendezvous = sa.Table(
    "rendezvous",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("personne_ids", _UUIDS, nullable=False),
    sa.Column("agent_ids", _UUIDS, nullable=False),
    sa.Column("site", sa.Text, nullable=False),
    sa.Column("mds", sa.Text, nullable=False),
    sa.Column("room_id", pg.UUID),
    sa.Column("vehicle_id", pg.UUID),
    sa.Column("zone", sa.Text),
    sa.Column("travel_minutes", sa.Integer, nullable=False),
    sa.Column("starts_at", Instant, nullable=False),
    sa.Column("ends_at", Instant, nullable=False),
    #: The Paris day of `starts_at`, written with it: the day it counts.
    sa.Column("held_on", sa.Date, nullable=False),
    sa.Column("motif_id", pg.UUID, sa.ForeignKey("motif.id"), nullable=False),
    sa.Column("motif", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("modality", sa.Text, nullable=False),
    sa.Column("discreet", sa.Boolean, nullable=False),
    sa.Column("outside_opening", sa.Boolean, nullable=False),
    sa.Column("outside_delay", sa.Boolean, nullable=False),
    sa.Column("dossier_id", pg.UUID),
    sa.Column("orientation_id", pg.UUID),
    sa.Column("booked_by", sa.Text, nullable=False),
    sa.Column("booked_at", Instant, nullable=False),
    sa.Column("cancelled_by", sa.Text),
    sa.Column("cancel_reason", sa.Text),
    sa.Column("excused", sa.Boolean),
    sa.Column("closed_at", Instant),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("capacity", sa.Integer, nullable=False, server_default="1"),
    sa.Column("origin", sa.Text),
    sa.Column("aggression_risk", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("late_minutes", sa.Integer),
    sa.Column("override_reason", sa.Text),
    sa.Column("override_by", sa.Text),
    sa.Column("override_at", Instant),
    sa.CheckConstraint("starts_at < ends_at", name="ordered"),
    sa.CheckConstraint("capacity = 1 OR cardinality(personne_ids) <= capacity", name="seats"),
    sa.CheckConstraint("late_minutes > 0", name="late"),
    sa.CheckConstraint(
        "num_nonnulls(override_reason, override_by, override_at) IN (0, 3)", name="override"
    ),
    sa.CheckConstraint("cardinality(agent_ids) BETWEEN 1 AND 4", name="agents"),
    sa.CheckConstraint("status IN ('BOOKED', 'HONOURED', 'MISSED', 'CANCELLED')", name="status"),
    sa.CheckConstraint(
        "(status = 'CANCELLED') = (cancelled_by IS NOT NULL AND cancel_reason IS NOT NULL)",
        name="cancelled",
    ),
    sa.CheckConstraint("(status = 'MISSED') = (excused IS NOT NULL)", name="missed"),
    sa.Index("ix_rendezvous_held_on", "held_on"),
    sa.Index("ix_rendezvous_personne_ids", "personne_ids", postgresql_using="gin"),
    sa.Index("ix_rendezvous_agent_ids", "agent_ids", postgresql_using="gin"),
    sa.Index(
        "ix_rendezvous_session", "motif", "starts_at", postgresql_where=sa.text("capacity > 1")
    ),
)

#: Who takes part in a collective rendezvous, those who left included; `rendezvous.personne_ids`
#: are those who did not.
participation = sa.Table(
    "participation",
    metadata,
    sa.Column(
        "rendezvous_id",
        pg.UUID,
        sa.ForeignKey("rendezvous.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column("personne_id", pg.UUID, primary_key=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("joined_by", sa.Text, nullable=False),
    sa.Column("joined_at", Instant, nullable=False),
    sa.Column("cancelled_by", sa.Text),
    sa.Column("cancel_reason", sa.Text),
    sa.Column("excused", sa.Boolean),
    sa.Column("closed_at", Instant),
    sa.CheckConstraint("status IN ('BOOKED', 'HONOURED', 'MISSED', 'CANCELLED')", name="status"),
    sa.CheckConstraint(
        "(status = 'CANCELLED') = (cancelled_by IS NOT NULL AND cancel_reason IS NOT NULL)",
        name="cancelled",
    ),
    sa.CheckConstraint("(status = 'MISSED') = (excused IS NOT NULL)", name="missed"),
    sa.CheckConstraint("(status = 'BOOKED') = (closed_at IS NULL)", name="closed"),
)

hold = sa.Table(
    "hold",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("motif_id", pg.UUID, sa.ForeignKey("motif.id"), nullable=False),
    sa.Column("motif", sa.Text, nullable=False),
    sa.Column("agent_ids", _UUIDS, nullable=False),
    sa.Column("site", sa.Text, nullable=False),
    sa.Column("mds", sa.Text, nullable=False),
    sa.Column("room_id", pg.UUID),
    sa.Column("vehicle_id", pg.UUID),
    sa.Column("zone", sa.Text),
    sa.Column("travel_minutes", sa.Integer, nullable=False),
    sa.Column("starts_at", Instant, nullable=False),
    sa.Column("ends_at", Instant, nullable=False),
    sa.Column("outside_opening", sa.Boolean, nullable=False),
    sa.Column("outside_delay", sa.Boolean, nullable=False),
    sa.Column("held_by", sa.Text, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.CheckConstraint("status IN ('OPEN', 'USED', 'RELEASED', 'EXPIRED')", name="status"),
    sa.Index("ix_hold_held_by", "held_by", postgresql_where=sa.text("status = 'OPEN'")),
)

#: Who and what is taken, and when. The one truth about double booking: agents and vehicles with
#: buffers and travel, rooms with buffers, personnes without. A resource is a UUID, whatever its
#: kind.
occupation = sa.Table(
    "occupation",
    metadata,
    sa.Column("resource_id", pg.UUID, nullable=False),
    sa.Column("during", pg.TSTZRANGE, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("rendezvous_id", pg.UUID, sa.ForeignKey("rendezvous.id", ondelete="CASCADE")),
    sa.Column("hold_id", pg.UUID, sa.ForeignKey("hold.id", ondelete="CASCADE")),
    #: Until when a hold keeps it; past that, it no longer stands in anyone's way.
    sa.Column("held_until", Instant),
    #: A person's time that a responsable lets overlap: it is seen under lock, and guards nothing.
    sa.Column("overridden", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.CheckConstraint("NOT overridden OR kind = 'personne'", name="overridden"),
    sa.CheckConstraint("kind IN ('agent', 'room', 'vehicle', 'personne')", name="kind"),
    sa.CheckConstraint("num_nonnulls(rendezvous_id, hold_id) = 1", name="one_owner"),
    sa.CheckConstraint("(hold_id IS NULL) = (held_until IS NULL)", name="held"),
    sa.CheckConstraint("NOT isempty(during)", name="during"),
    pg.ExcludeConstraint(
        ("resource_id", "="),
        ("during", "&&"),
        where=sa.text("NOT overridden"),
        name="ex_occupation_one_at_a_time",
    ),
    sa.Index("ix_occupation_overridden", "resource_id", postgresql_where=sa.text("overridden")),
    sa.Index("ix_occupation_rendezvous_id", "rendezvous_id"),
    sa.Index("ix_occupation_hold_id", "hold_id", postgresql_where=sa.text("hold_id IS NOT NULL")),
)

personne = sa.Table(
    "personne",
    metadata,
    sa.Column("personne_id", pg.UUID, primary_key=True),
    sa.Column("deceased", sa.Boolean, nullable=False),
    sa.Column("protected", sa.Boolean, nullable=False),
    #: Null, both: accueil has not said.
    sa.Column("opened_to", _UUIDS),
    sa.Column("closed_to", _UUIDS),
    sa.CheckConstraint("(opened_to IS NULL) = (closed_to IS NULL)", name="told"),
)

assignment = sa.Table(
    "assignment",
    metadata,
    sa.Column("agent_id", pg.UUID, primary_key=True),
    sa.Column("effective_on", sa.Date, primary_key=True),
    sa.Column("profession", sa.Text, nullable=False),
    sa.Column("mds", sa.Text, nullable=False),
    sa.Column("site", sa.Text, nullable=False),
    sa.Column("plateforme", sa.Boolean, nullable=False),
    sa.Column("volant", sa.Boolean, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
)

site = sa.Table(
    "site",
    metadata,
    sa.Column("site", sa.Text, primary_key=True),
    sa.Column("mds", sa.Text, nullable=False),
    sa.Column("open", sa.Boolean, nullable=False),
)

dossier = sa.Table(
    "dossier",
    metadata,
    sa.Column("dossier_id", pg.UUID, primary_key=True),
    #: The lead référent; null once the dossier is closed.
    sa.Column("referent_agent_id", pg.UUID),
    #: Null: dsu has not said.
    sa.Column("personne_ids", _UUIDS),
)

#: The secret address an agent's calendar program reads; the secret itself is not kept.
calendar_feed = sa.Table(
    "calendar_feed",
    metadata,
    sa.Column("agent_id", pg.UUID, primary_key=True),
    sa.Column("secret_digest", sa.Text, nullable=False, unique=True),
    sa.Column("drawn_at", Instant, nullable=False),
)

#: An agent's own calendar. Its busy times are absences of kind EXTERNAL.
external_calendar = sa.Table(
    "external_calendar",
    metadata,
    sa.Column("agent_id", pg.UUID, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    #: It often holds a secret of its own.
    sa.Column("url", EncryptedText("external_calendar.url")),
    sa.Column("busy", sa.Integer, nullable=False),
    sa.Column("ignored", sa.Integer, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("trouble", sa.Text),
    sa.Column("tried_at", Instant),
    sa.Column("read_at", Instant),
    sa.CheckConstraint("(source = 'URL') = (url IS NOT NULL)", name="source"),
)

#: Lines of an import that are done: sent again, they are not done twice.
import_line = sa.Table(
    "import_line",
    metadata,
    sa.Column("file_digest", sa.Text, primary_key=True),
    sa.Column("line", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    #: The line's name in the tool it comes from.
    sa.Column("reference", sa.Text),
    sa.Column("target_id", pg.UUID, nullable=False),
    sa.Column("imported_at", Instant, nullable=False),
    sa.UniqueConstraint("kind", "reference"),
)

#: The waiting list. The order: URGENT first, then `queued_at`, then the id.
attente = sa.Table(
    "attente",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("personne_ids", _UUIDS, nullable=False),
    sa.Column("motif", sa.Text, nullable=False),
    sa.Column("discreet", sa.Boolean, nullable=False),
    sa.Column("mds", sa.Text, nullable=False),
    sa.Column("site", sa.Text),
    sa.Column("agent_id", pg.UUID),
    sa.Column("from_on", sa.Date, nullable=False),
    sa.Column("until_on", sa.Date, nullable=False),
    sa.Column("half_days", _TEXTS, nullable=False),
    sa.Column("priority", sa.Text, nullable=False),
    sa.Column("priority_reason", sa.Text),
    #: The rendezvous they have, and would like earlier.
    sa.Column("rendezvous_id", pg.UUID, sa.ForeignKey("rendezvous.id")),
    sa.Column("dossier_id", pg.UUID),
    sa.Column("orientation_id", pg.UUID),
    sa.Column("registered_by", sa.Text, nullable=False),
    sa.Column("registered_at", Instant, nullable=False),
    #: Since when its place in the list counts.
    sa.Column("queued_at", Instant, nullable=False),
    sa.Column("passes", sa.Integer, nullable=False),
    #: The rendezvous it ended with.
    sa.Column("obtained_id", pg.UUID, sa.ForeignKey("rendezvous.id")),
    sa.Column("closed_at", Instant),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("status IN ('WAITING', 'PLACED', 'CLOSED')", name="status"),
    sa.CheckConstraint("(status = 'CLOSED') = (reason IS NOT NULL)", name="closed"),
    sa.CheckConstraint("(status = 'PLACED') = (obtained_id IS NOT NULL)", name="placed"),
    sa.CheckConstraint("(priority = 'URGENT') = (priority_reason IS NOT NULL)", name="urgent"),
    sa.CheckConstraint("from_on <= until_on", name="ordered"),
    sa.CheckConstraint("cardinality(personne_ids) >= 1", name="personnes"),
    # The same people wait once for a motif; `personne_ids` is sorted.
    sa.Index(
        "uq_attente_once",
        "motif",
        "personne_ids",
        unique=True,
        postgresql_where=sa.text("status = 'WAITING'"),
    ),
    sa.Index(
        "ix_attente_waiting",
        "mds",
        "motif",
        "queued_at",
        postgresql_where=sa.text("status = 'WAITING'"),
    ),
    sa.Index(
        "ix_attente_agent_id",
        "agent_id",
        postgresql_where=sa.text("status = 'WAITING' AND agent_id IS NOT NULL"),
    ),
    sa.Index("ix_attente_personne_ids", "personne_ids", postgresql_using="gin"),
    sa.Index(
        "ix_attente_rendezvous_id",
        "rendezvous_id",
        postgresql_where=sa.text("status = 'WAITING' AND rendezvous_id IS NOT NULL"),
    ),
)

#: A freed time offered to an entry. Where and when is in the hold, which offers at once share.
offre = sa.Table(
    "offre",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("attente_id", pg.UUID, sa.ForeignKey("attente.id"), nullable=False),
    sa.Column("creneau_id", pg.UUID, nullable=False),
    sa.Column("hold_id", pg.UUID, sa.ForeignKey("hold.id"), nullable=False),
    sa.Column("modality", sa.Text, nullable=False),
    sa.Column("discreet", sa.Boolean, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("offered_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("closed_at", Instant),
    sa.Column("rendezvous_id", pg.UUID, sa.ForeignKey("rendezvous.id")),
    sa.CheckConstraint(
        "status IN ('OPEN', 'ACCEPTED', 'DECLINED', 'EXPIRED', 'TAKEN', 'CLOSED')", name="status"
    ),
    sa.CheckConstraint("(status = 'ACCEPTED') = (rendezvous_id IS NOT NULL)", name="accepted"),
    # One winner, whatever happens; and one offer at a time for an entry.
    sa.Index(
        "uq_offre_one_winner",
        "hold_id",
        unique=True,
        postgresql_where=sa.text("status = 'ACCEPTED'"),
    ),
    sa.Index(
        "uq_offre_one_open",
        "attente_id",
        unique=True,
        postgresql_where=sa.text("status = 'OPEN'"),
    ),
    sa.UniqueConstraint("creneau_id", "attente_id"),
    sa.Index("ix_offre_hold_id", "hold_id"),
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
    sa.Column("kinds", _TEXTS, nullable=False),
    sa.Column("motifs", _TEXTS, nullable=False),
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

#: Third slot of each day; `third_at` null: none within the horizon.
delai = sa.Table(
    "delai",
    metadata,
    sa.Column("mds", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("motif", sa.Text, primary_key=True),
    sa.Column("profession", sa.Text, primary_key=True),
    sa.Column("third_at", Instant),
    sa.Column("days", sa.Integer),
    sa.Column("limit_days", sa.Integer, nullable=False),
    sa.CheckConstraint("(third_at IS NULL) = (days IS NULL)", name="days"),
)

besoin = sa.Table(
    "besoin",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("mds", sa.Text, nullable=False),
    sa.Column("profession", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("starts_on", sa.Date, nullable=False),
    sa.Column("ends_on", sa.Date, nullable=False),
    sa.Column("days_per_week", sa.Integer, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
    #: The Paris day of `asked_at`, written with it: who waits longest is served first.
    sa.Column("asked_on", sa.Date, nullable=False),
    sa.Column("asked_by", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("starts_on <= ends_on", name="ordered"),
    sa.CheckConstraint("days_per_week BETWEEN 1 AND 5", name="days_per_week"),
    sa.CheckConstraint("status IN ('PROPOSED', 'OPEN', 'ENDED')", name="status"),
    sa.Index(
        "uq_besoin_one_proposal",
        "mds",
        "profession",
        unique=True,
        postgresql_where=sa.text("status = 'PROPOSED'"),
    ),
)

planning_volant = sa.Table(
    "planning_volant",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("month", sa.Date, nullable=False),
    sa.Column("proposed_at", Instant, nullable=False),
    sa.Column("proposed_by", sa.Text, nullable=False),
    sa.Column("gaps", pg.JSONB, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint("month"),
)

renfort = sa.Table(
    "renfort",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("planning_id", pg.UUID, sa.ForeignKey("planning_volant.id"), nullable=False),
    sa.Column("besoin_id", pg.UUID, sa.ForeignKey("besoin.id"), nullable=False),
    sa.Column("agent_id", pg.UUID, nullable=False),
    sa.Column("mds", sa.Text, nullable=False),
    sa.Column("profession", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("days", pg.ARRAY(sa.Date), nullable=False),
    sa.Column("explanation", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("refusal", sa.Text),
    sa.Column("decided_at", Instant),
    sa.Column("decided_by", sa.Text),
    sa.CheckConstraint("status IN ('PROPOSED', 'ACCEPTED', 'REFUSED')", name="status"),
    sa.CheckConstraint("(status = 'REFUSED') = (refusal IS NOT NULL)", name="refused"),
    sa.CheckConstraint("(status = 'PROPOSED') = (decided_at IS NULL)", name="decided"),
    sa.Index("ix_renfort_planning_id", "planning_id"),
)

#: The days of lines proposed or accepted. The one truth: a volant is at one MDS a day, and a
#: besoin takes one volant a day.
renfort_jour = sa.Table(
    "renfort_jour",
    metadata,
    sa.Column("agent_id", pg.UUID, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("besoin_id", pg.UUID, sa.ForeignKey("besoin.id"), nullable=False),
    sa.Column(
        "renfort_id", pg.UUID, sa.ForeignKey("renfort.id", ondelete="CASCADE"), nullable=False
    ),
    sa.UniqueConstraint("besoin_id", "day", name="uq_renfort_jour_besoin_id"),
    sa.Index("ix_renfort_jour_day", "day"),
    sa.Index("ix_renfort_jour_renfort_id", "renfort_id"),
)

#: One per absence, which it outlives: no foreign key, the absence may be lifted.
reprise = sa.Table(
    "reprise",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("absence_id", pg.UUID, nullable=False),
    sa.Column("agent_id", pg.UUID, nullable=False),
    sa.Column("launched_by", sa.Text, nullable=False),
    sa.Column("launched_at", Instant, nullable=False),
    sa.Column("stopped_at", Instant),
    sa.UniqueConstraint("absence_id"),
)

reprise_line = sa.Table(
    "reprise_line",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("reprise_id", pg.UUID, sa.ForeignKey("reprise.id"), nullable=False),
    sa.Column("rendezvous_id", pg.UUID, sa.ForeignKey("rendezvous.id"), nullable=False),
    sa.Column("mds", sa.Text, nullable=False),
    #: The version of the rendezvous that was decided upon: another one is not touched.
    sa.Column("seen_version", sa.Integer, nullable=False),
    sa.Column("auto", sa.Boolean, nullable=False),
    #: Null, with `auto`: the first proposal of the moment, written here once it is taken.
    sa.Column("act", sa.Text),
    sa.Column("agent_id", pg.UUID),
    sa.Column("starts_at", Instant),
    sa.Column("outside_opening", sa.Boolean, nullable=False),
    sa.Column("decided_by", sa.Text, nullable=False),
    sa.Column("decided_at", Instant, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("refusal", sa.Text),
    sa.Column("settled_at", Instant),
    sa.UniqueConstraint("reprise_id", "rendezvous_id"),
    sa.CheckConstraint("auto OR act IS NOT NULL", name="act"),
    sa.CheckConstraint("state IN ('TODO', 'DONE', 'REFUSED', 'LEFT', 'STOPPED')", name="state"),
    sa.CheckConstraint("(state = 'REFUSED') = (refusal IS NOT NULL)", name="refusal"),
    sa.CheckConstraint("(state = 'TODO') = (settled_at IS NULL)", name="settled"),
    sa.Index("ix_reprise_line_rendezvous_id", "rendezvous_id"),
)
