"""Measured waits, and what the volants give."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from chassis.tables import Instant
from services.rendezvous.persistence.tables.base import metadata

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
