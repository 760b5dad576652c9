"""accueil's tables. Columns named `*_at` here are trade time; nothing identifies in clear.

A migration test holds this file against `migrations/`.
"""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from chassis.columns import Code, Encrypted
from chassis.crypto import EncryptedText
from chassis.tables import Instant, new_metadata
from services.accueil.domain.annuaire import Profession, SecrecyBasis, SiteKind
from services.accueil.domain.contact import Channel
from services.accueil.domain.orientation import Target
from services.accueil.domain.personne import (
    AccessKind,
    Circumstance,
    Housing,
    NationalityGroup,
    Placement,
    ProtectionGround,
    Sex,
)
from services.accueil.domain.visite import Origin, Outcome, VisiteChannel, VisiteStatus

metadata = new_metadata()

_NO = sa.text("false")
_ONE = sa.text("1")

mds = sa.Table(
    "mds",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("label", sa.Text, nullable=False),
)

site = sa.Table(
    "site",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("mds", sa.ForeignKey("mds.code"), nullable=False),
    sa.Column("kind", Code(SiteKind), nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("open", sa.Boolean, nullable=False),
    sa.Column("version", sa.Integer, nullable=False, server_default=_ONE),
)

sector = sa.Table(
    "sector",
    metadata,
    sa.Column("sector_id", pg.UUID, primary_key=True),
    sa.Column("commune", sa.Text, nullable=False),
    sa.Column("street", sa.Text, nullable=False, server_default=""),
    sa.Column("site", sa.ForeignKey("site.code"), nullable=False),
    sa.Column("starts_on", sa.Date, nullable=False),
    sa.Column("ends_on", sa.Date),
    # Deferred, as for agents: ending one and starting the next are two statements of one change.
    pg.ExcludeConstraint(
        ("commune", "="),
        ("street", "="),
        ("site", "="),
        (sa.text("daterange(starts_on, ends_on, '[]')"), "&&"),
        name="ex_sector_period",
        using="gist",
        deferrable=True,
        initially="DEFERRED",
    ),
    sa.Index("ix_sector_commune", "commune"),
)

agent = sa.Table(
    "agent",
    metadata,
    sa.Column("agent_id", pg.UUID, primary_key=True),
    sa.Column("family_name", EncryptedText("agent.family_name"), nullable=False),
    sa.Column("first_names", EncryptedText("agent.first_names"), nullable=False),
    sa.Column("version", sa.Integer, nullable=False, server_default=_ONE),
)

affectation = sa.Table(
    "affectation",
    metadata,
    sa.Column("affectation_id", pg.UUID, primary_key=True),
    sa.Column("agent_id", sa.ForeignKey("agent.agent_id"), nullable=False),
    sa.Column("profession", Code(Profession), nullable=False),
    sa.Column("secrecy_basis", Code(SecrecyBasis), nullable=False),
    sa.Column("mds", sa.ForeignKey("mds.code"), nullable=False),
    sa.Column("site", sa.ForeignKey("site.code"), nullable=False),
    sa.Column("plateforme", sa.Boolean, nullable=False),
    sa.Column("volant", sa.Boolean, nullable=False),
    sa.Column("full_time_percent", sa.Integer, nullable=False),
    sa.Column("starts_on", sa.Date, nullable=False),
    sa.Column("ends_on", sa.Date),
    sa.Column("is_primary", sa.Boolean, nullable=False),
    sa.CheckConstraint("full_time_percent BETWEEN 1 AND 100", name="full_time_percent"),
    pg.ExcludeConstraint(
        ("agent_id", "="),
        (sa.text("daterange(starts_on, ends_on, '[]')"), "&&"),
        name="ex_affectation_primary",
        using="gist",
        where=sa.text("is_primary"),
        deferrable=True,
        initially="DEFERRED",
    ),
    sa.Index("ix_affectation_agent_id", "agent_id"),
    sa.Index("ix_affectation_mds", "mds"),
)

personne = sa.Table(
    "personne",
    metadata,
    sa.Column("personne_id", pg.UUID, primary_key=True),
    sa.Column("family_name", EncryptedText("personne.family_name"), nullable=False),
    sa.Column("birth_name", EncryptedText("personne.birth_name")),
    sa.Column("first_names", EncryptedText("personne.first_names"), nullable=False),
    sa.Column(
        "born_on", Encrypted("personne.born_on", write=date.isoformat, read=date.fromisoformat)
    ),
    sa.Column("sex", Encrypted("personne.sex", read=Sex)),
    sa.Column("housing", Code(Housing), nullable=False),
    sa.Column("address", EncryptedText("personne.address")),
    sa.Column("commune", sa.Text),
    sa.Column("mds", sa.ForeignKey("mds.code"), nullable=False),
    sa.Column("site", sa.ForeignKey("site.code"), nullable=False),
    sa.Column("placement", Code(Placement), nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("interpreter_needed", sa.Boolean, nullable=False),
    sa.Column("nationality_group", Encrypted("personne.nationality_group", read=NationalityGroup)),
    sa.Column("nationality_purpose", sa.Text),
    sa.Column("circumstance", Code(Circumstance), nullable=False),
    sa.Column("discernment_noted_by", pg.UUID),
    sa.Column("reference", sa.Text, unique=True),
    sa.Column("protected", sa.Boolean, nullable=False, server_default=_NO),
    sa.Column("protection_ground", Encrypted("personne.protection_ground", read=ProtectionGround)),
    sa.Column("no_contact", sa.Boolean, nullable=False, server_default=_NO),
    sa.Column("died_on", sa.Date),
    sa.Column("registered_at", Instant, nullable=False),
    sa.Column("registered_by", pg.UUID),
    sa.Column("version", sa.Integer, nullable=False, server_default=_ONE),
    sa.CheckConstraint("protected = (protection_ground IS NOT NULL)", name="protection_ground"),
    sa.CheckConstraint(
        "(nationality_group IS NULL) = (nationality_purpose IS NULL)", name="nationality_purpose"
    ),
    sa.Index("ix_personne_registered_at", "registered_at"),
)

#: What finds a personne: keyed digests only. A file of accouchement secret has no row here.
personne_index = sa.Table(
    "personne_index",
    metadata,
    sa.Column(
        "personne_id", sa.ForeignKey("personne.personne_id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("born", sa.Text),
    sa.Column("family", pg.ARRAY(sa.Text), nullable=False),
    sa.Column("given", pg.ARRAY(sa.Text), nullable=False),
    sa.Column("tokens", pg.ARRAY(sa.Text), nullable=False),
    sa.Index("ix_personne_index_born", "born"),
    sa.Index("ix_personne_index_tokens", "tokens", postgresql_using="gin"),
)

contact_point = sa.Table(
    "contact_point",
    metadata,
    sa.Column("contact_id", pg.UUID, primary_key=True),
    sa.Column(
        "personne_id", sa.ForeignKey("personne.personne_id", ondelete="CASCADE"), nullable=False
    ),
    sa.Column("channel", Code(Channel), nullable=False),
    sa.Column("value", EncryptedText("contact_point.value"), nullable=False),
    sa.Column("value_index", sa.Text, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("opted_in", sa.Boolean, nullable=False),
    sa.Column("opted_in_at", Instant),
    sa.Column("opted_in_by", pg.UUID),
    sa.Column("confirmed_safe", sa.Boolean, nullable=False),
    sa.Column("confirmed_at", Instant),
    sa.Column("confirmed_by", pg.UUID),
    sa.Column("confirmed_among", pg.ARRAY(pg.UUID(as_uuid=True)), nullable=False),
    sa.UniqueConstraint("personne_id", "value_index"),
    sa.Index("ix_contact_point_value_index", "value_index"),
)

file_access = sa.Table(
    "file_access",
    metadata,
    sa.Column(
        "personne_id", sa.ForeignKey("personne.personne_id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("agent_id", pg.UUID, primary_key=True),
    sa.Column("kind", Code(AccessKind), nullable=False),
)

visite = sa.Table(
    "visite",
    metadata,
    sa.Column("visite_id", pg.UUID, primary_key=True),
    sa.Column("mds", sa.ForeignKey("mds.code"), nullable=False),
    sa.Column("site", sa.ForeignKey("site.code"), nullable=False),
    sa.Column("channel", Code(VisiteChannel), nullable=False),
    sa.Column("origin", Code(Origin), nullable=False),
    sa.Column("personne_id", sa.ForeignKey("personne.personne_id")),
    sa.Column("declared_name", EncryptedText("visite.declared_name")),
    sa.Column("language", sa.Text),
    sa.Column("interpreter_needed", sa.Boolean, nullable=False),
    sa.Column("status", Code(VisiteStatus), nullable=False),
    sa.Column("arrived_at", Instant, nullable=False),
    sa.Column("registered_by", pg.UUID),
    sa.Column("waiting_at", Instant),
    sa.Column("interview_at", Instant),
    sa.Column("ended_at", Instant),
    sa.Column("agent_id", pg.UUID),
    sa.Column("outcome", Code(Outcome)),
    sa.Column("attached_at", Instant),
    sa.Column("version", sa.Integer, nullable=False, server_default=_ONE),
    sa.CheckConstraint(
        "(status IN ('CLOSED', 'LEFT')) = (outcome IS NOT NULL)"
        " AND (outcome IS NULL) = (ended_at IS NULL)",
        name="outcome",
    ),
    sa.CheckConstraint(
        "outcome IS NULL OR (status = 'LEFT') = (outcome = 'LEFT')", name="outcome_left"
    ),
    sa.Index(
        "ix_visite_queue",
        "site",
        "arrived_at",
        postgresql_where=sa.text("outcome IS NULL"),
    ),
    sa.Index("ix_visite_arrived_at", "arrived_at"),
    sa.Index("ix_visite_personne_id", "personne_id"),
)

orientation = sa.Table(
    "orientation",
    metadata,
    sa.Column("orientation_id", pg.UUID, primary_key=True),
    sa.Column("visite_id", sa.ForeignKey("visite.visite_id")),
    sa.Column("personne_id", sa.ForeignKey("personne.personne_id")),
    sa.Column("mds", sa.ForeignKey("mds.code"), nullable=False),
    sa.Column("site", sa.ForeignKey("site.code"), nullable=False),
    sa.Column("target", Code(Target), nullable=False),
    sa.Column("target_agent_id", pg.UUID),
    sa.Column("target_code", sa.Text),
    sa.Column("reason", EncryptedText("orientation.reason")),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("requested_at", Instant, nullable=False),
    sa.Column("requested_by", pg.UUID),
    sa.Column("answered_at", Instant),
    sa.Column("answered_by", sa.Text),
    sa.Column("overdue_at", Instant),
    sa.Column("version", sa.Integer, nullable=False, server_default=_ONE),
    sa.CheckConstraint("(answered_at IS NULL) = (answered_by IS NULL)", name="answered_by"),
    sa.Index("ix_orientation_due_on", "due_on", "orientation_id"),
    sa.Index("ix_orientation_requested_at", "requested_at"),
)
