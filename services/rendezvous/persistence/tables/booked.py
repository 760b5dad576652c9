"""Rendezvous, what they take, and what is done of them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from chassis.tables import Instant
from services.rendezvous.persistence.tables.base import UUIDS, metadata

rendezvous = sa.Table(
    "rendezvous",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("personne_ids", UUIDS, nullable=False),
    sa.Column("agent_ids", UUIDS, nullable=False),
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
    sa.Column("agent_ids", UUIDS, nullable=False),
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
    #: Of a seat: the collective rendezvous it is in. It takes nobody's time.
    sa.Column("session_id", pg.UUID, sa.ForeignKey("rendezvous.id")),
    sa.CheckConstraint("status IN ('OPEN', 'USED', 'RELEASED', 'EXPIRED')", name="status"),
    sa.Index(
        "ix_hold_session_id",
        "session_id",
        postgresql_where=sa.text("session_id IS NOT NULL"),
    ),
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
    sa.CheckConstraint("upper(during) - lower(during) <= interval '24 hours'", name="length"),
    pg.ExcludeConstraint(
        ("resource_id", "="),
        ("during", "&&"),
        where=sa.text("NOT overridden"),
        name="ex_occupation_one_at_a_time",
    ),
    #: What a search reads: far cheaper than the guard's index, and a check bounds the length.
    sa.Index("ix_occupation_resource_start", "resource_id", sa.text("lower(during)")),
    sa.Index("ix_occupation_overridden", "resource_id", postgresql_where=sa.text("overridden")),
    sa.Index("ix_occupation_rendezvous_id", "rendezvous_id"),
    sa.Index("ix_occupation_hold_id", "hold_id", postgresql_where=sa.text("hold_id IS NOT NULL")),
)

#: One per absence, which it outlives: no foreign key, the absence may be lifted.
reprise = sa.Table(
    "reprise",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    #: What is taken up: an absence, or what an agent who left an MDS still holds there.
    sa.Column("absence_id", pg.UUID),
    sa.Column("mds_left", sa.Text),
    sa.Column("agent_id", pg.UUID, nullable=False),
    sa.Column("launched_by", sa.Text, nullable=False),
    sa.Column("launched_at", Instant, nullable=False),
    sa.Column("stopped_at", Instant),
    sa.CheckConstraint("num_nonnulls(absence_id, mds_left) = 1", name="one_cause"),
    sa.UniqueConstraint("absence_id"),
    sa.UniqueConstraint("agent_id", "mds_left"),
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
