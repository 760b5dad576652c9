"""The waiting list and what it is offered."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from chassis.tables import Instant
from services.rendezvous.persistence.tables.base import TEXTS, UUIDS, metadata

#: The waiting list. The order: URGENT first, then `queued_at`, then the id.
attente = sa.Table(
    "attente",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("personne_ids", UUIDS, nullable=False),
    sa.Column("motif", sa.Text, nullable=False),
    sa.Column("discreet", sa.Boolean, nullable=False),
    sa.Column("mds", sa.Text, nullable=False),
    sa.Column("site", sa.Text),
    sa.Column("agent_id", pg.UUID),
    sa.Column("from_on", sa.Date, nullable=False),
    sa.Column("until_on", sa.Date, nullable=False),
    sa.Column("half_days", TEXTS, nullable=False),
    sa.Column("priority", sa.Text, nullable=False),
    sa.Column("priority_reason", sa.Text),
    #: The rendezvous they have, and would like earlier.
    sa.Column("rendezvous_id", pg.UUID, sa.ForeignKey("rendezvous.id")),
    #: Of a collective motif, the very session a seat is waited for in.
    sa.Column("session_id", pg.UUID, sa.ForeignKey("rendezvous.id")),
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
    sa.Index(
        "ix_attente_session_id",
        "session_id",
        postgresql_where=sa.text("status = 'WAITING' AND session_id IS NOT NULL"),
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
