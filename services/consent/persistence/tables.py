"""The tables of consent. Instants are trade time unless the comment says otherwise."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from chassis.columns import Code, Codes, Json
from chassis.crypto import EncryptedText
from chassis.tables import Instant, new_metadata
from services.consent.domain.bases import Basis, FileRole
from services.consent.domain.consentement import Form, Grantor, Scope
from services.consent.domain.elements import Category
from services.consent.domain.livraison import State
from services.consent.domain.partage import EndReason
from services.consent.domain.partenaire import Channel
from services.consent.persistence.contracts import (
    elements_from,
    plain_elements,
    plain_terms,
    terms_from,
)

metadata = new_metadata()

partenaire = sa.Table(
    "partenaire",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("channel", Code(Channel), nullable=False),
    sa.Column("contract", Json(write=plain_terms, read=terms_from), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("suspended_at", Instant),
    sa.Column("version", sa.Integer, nullable=False),
    #: The place of the last fact this partner received.
    sa.Column("last_sequence", sa.BigInteger, nullable=False, server_default="0"),
)

#: Every version of every contract, who set it and when. Append-only.
contrat_journal = sa.Table(
    "contrat_journal",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("partenaire", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("terms", pg.JSONB, nullable=False),
    sa.Column("set_by", sa.Text, nullable=False),
    sa.Column("set_at", Instant, nullable=False),
    sa.UniqueConstraint("partenaire", "version"),
)

consentement = sa.Table(
    "consentement",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("personne_id", pg.UUID, nullable=False, index=True),
    sa.Column("partenaire", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("categories", Codes(Category), nullable=False),
    sa.Column("starts_on", sa.Date, nullable=False),
    sa.Column("ends_on", sa.Date, nullable=False),
    sa.Column("form", Code(Form), nullable=False),
    sa.Column("grantor", Code(Grantor), nullable=False),
    sa.Column("able", sa.Boolean, nullable=False),
    sa.Column("minor", sa.Boolean, nullable=False),
    sa.Column("mandate_reference", EncryptedText("consentement.mandate_reference")),
    sa.Column("explained", EncryptedText("consentement.explained"), nullable=False),
    sa.Column("explained_language", sa.Text, nullable=False),
    sa.Column("explained_on", sa.Date, nullable=False),
    sa.Column("proof_reference", EncryptedText("consentement.proof_reference"), nullable=False),
    sa.Column("proof_sha256", sa.Text),
    sa.Column("confirmed_on", sa.Date),
    sa.Column("recorded_by", pg.UUID, nullable=False),
    sa.Column("mds", sa.Text),
    sa.Column("granted_at", Instant, nullable=False, index=True),
    sa.Column("withdrawn_at", Instant, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("ends_on >= starts_on", name="period"),
)

opposition = sa.Table(
    "opposition",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("personne_id", pg.UUID, nullable=False, index=True),
    sa.Column("scope", Code(Scope), nullable=False),
    sa.Column("partenaire", sa.Text),
    sa.Column("category", Code(Category)),
    sa.Column("topic", sa.Text),
    sa.Column("field", sa.Text),
    sa.Column("recorded_by", pg.UUID),
    sa.Column("registered_at", Instant, nullable=False),
    sa.Column("lifted_at", Instant),
    sa.Column("version", sa.Integer, nullable=False),
)

partage = sa.Table(
    "partage",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("personne_id", pg.UUID, nullable=False, index=True),
    sa.Column("dossier_id", pg.UUID, nullable=False),
    sa.Column("partenaire", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("basis", Code(Basis), nullable=False),
    sa.Column("elements", Json(write=plain_elements, read=elements_from), nullable=False),
    sa.Column("attestations", Codes(), nullable=False),
    sa.Column("same_team", sa.Boolean, nullable=False),
    sa.Column("coordinator_agent_id", pg.UUID),
    sa.Column("consentement_id", pg.UUID, sa.ForeignKey("consentement.id")),
    sa.Column("agent_id", pg.UUID, nullable=False, index=True),
    sa.Column("agent_role", Code(FileRole), nullable=False),
    sa.Column("agent_mission", sa.Text),
    sa.Column("agent_profession", sa.Text, nullable=False),
    sa.Column("mds", sa.Text),
    sa.Column("site", sa.Text),
    sa.Column("reason", EncryptedText("partage.reason"), nullable=False),
    sa.Column("signed_at", Instant, nullable=False, index=True),
    sa.Column("ends_on", sa.Date, nullable=False),
    sa.Column("ended_at", Instant, index=True),
    sa.Column("end_reason", Code(EndReason)),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="ended"),
)

#: What closes every feed for a person, as accueil last said it. No identity.
situation = sa.Table(
    "situation",
    metadata,
    sa.Column("personne_id", pg.UUID, primary_key=True),
    sa.Column("is_protected", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("is_deceased", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("minor_until", sa.Date),
)

livraison = sa.Table(
    "livraison",
    metadata,
    sa.Column("position", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("id", pg.UUID, nullable=False, unique=True),
    sa.Column("partenaire", sa.Text, nullable=False),
    sa.Column("event_id", pg.UUID, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("aggregate_type", sa.Text, nullable=False),
    sa.Column("aggregate_id", pg.UUID, nullable=False),
    sa.Column("personne_ids", pg.ARRAY(pg.UUID), nullable=False),
    sa.Column("data", pg.JSONB, nullable=False),
    sa.Column("is_sensitive", sa.Boolean, nullable=False),
    sa.Column("happened_at", Instant, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("state", Code(State), nullable=False),
    sa.Column("sequence", sa.BigInteger),
    sa.Column("fields", Codes()),
    sa.Column("reason", sa.Text),
    sa.Column("rule", sa.Text),
    sa.Column("rule_version", sa.Text),
    sa.Column("contract_version", sa.Integer),
    sa.Column("explanation", sa.Text),
    sa.Column("decided_at", Instant, index=True),
    #: Technical time. Until then it may be in the partner's queue; past, and still waiting: it was
    #: there, and who took it is not known.
    sa.Column("in_queue_until", Instant),
    sa.UniqueConstraint("partenaire", "event_id"),
    sa.UniqueConstraint("partenaire", "sequence"),
    sa.CheckConstraint(
        "state IN ('WAITING', 'DELIVERED', 'UNCERTAIN', 'SUPPRESSED')", name="state"
    ),
    sa.CheckConstraint("in_queue_until IS NULL OR state = 'WAITING'", name="in_queue"),
    sa.CheckConstraint("(state = 'DELIVERED') = (sequence IS NOT NULL)", name="delivered"),
    sa.CheckConstraint("(state = 'WAITING') = (decided_at IS NULL)", name="decided"),
    sa.Index(
        "ix_livraison_waiting",
        "partenaire",
        "position",
        postgresql_where=sa.text("state = 'WAITING'"),
    ),
    sa.Index(
        "ix_livraison_in_queue",
        "partenaire",
        postgresql_where=sa.text("in_queue_until IS NOT NULL"),
    ),
)

#: Who asked for a decision, about whom, and what was answered. Append-only.
decision_journal = sa.Table(
    "decision_journal",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("personne_id", pg.UUID, nullable=False, index=True),
    sa.Column("partenaire", sa.Text, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("asked_by", sa.Text, nullable=False),
    sa.Column("allowed", sa.Boolean, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("fields", Codes(), nullable=False),
    sa.Column("conditions", pg.JSONB, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("rule_version", sa.Text, nullable=False),
    sa.Column("decided_at", Instant, nullable=False),
)

#: Each reading over HTTP: from where, what was given, what was withheld. Append-only.
lecture_journal = sa.Table(
    "lecture_journal",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("partenaire", sa.Text, nullable=False, index=True),
    sa.Column("after", sa.BigInteger, nullable=False),
    sa.Column("given", sa.Integer, nullable=False),
    sa.Column("withheld", sa.Integer, nullable=False),
    sa.Column("read_at", Instant, nullable=False),
)
