"""What is exchanged with agents' calendars and former tools."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from chassis.crypto import EncryptedText
from chassis.tables import Instant
from services.rendezvous.persistence.tables.base import metadata

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
