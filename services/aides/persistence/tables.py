"""The tables of aides, and the constraints that hold what must never happen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from chassis.columns import Code, EncryptedJson, Json, TupleOf
from chassis.crypto import EncryptedText
from chassis.tables import new_metadata
from services.aides.domain.decision import Path
from services.aides.domain.demande import (
    Outcome,
    Status,
)
from services.aides.domain.enveloppe import (
    Movement,
)
from services.aides.domain.examen import Situation
from services.aides.domain.lecture import What
from services.aides.domain.nature import (
    DecisionReason,
    Instance,
    Nature,
    Partner,
    Reason,
    WithdrawalReason,
)
from services.aides.domain.paiement import (
    Instalment,
    Payee,
)
from services.aides.domain.reglement import Act

metadata = new_metadata()


def _plain_instalments(instalments: Iterable[Instalment]) -> list[dict[str, Any]]:
    return [instalment.data() for instalment in instalments]


def _instalments(values: Iterable[dict[str, Any]]) -> tuple[Instalment, ...]:
    return tuple(Instalment.from_data(value) for value in values)


reglement = sa.Table(
    "reglement",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("is_example", sa.Boolean, nullable=False),
    sa.Column("effective_from", sa.Date, nullable=False),
    sa.Column("adopted_by", sa.Text, nullable=False),
    sa.Column("body", pg.JSONB, nullable=False),
    sa.UniqueConstraint("effective_from"),
    sa.UniqueConstraint("code", "version"),
)

enveloppe = sa.Table(
    "enveloppe",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("natures", TupleOf(sa.Text), nullable=False),
    sa.Column("voted_cents", sa.BigInteger, nullable=False),
    sa.Column("overrun_cents", sa.BigInteger, nullable=False),
    sa.Column("reserved_cents", sa.BigInteger, nullable=False),
    sa.Column("committed_cents", sa.BigInteger, nullable=False),
    sa.Column("paid_cents", sa.BigInteger, nullable=False),
    sa.Column("thresholds", TupleOf(sa.Integer), nullable=False),
    sa.Column("reached", TupleOf(sa.Integer), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint(
        "reserved_cents >= 0 AND committed_cents >= 0 AND paid_cents >= 0 AND overrun_cents >= 0",
        name="positive",
    ),
    sa.CheckConstraint(
        "reserved_cents + committed_cents + paid_cents <= voted_cents + overrun_cents",
        name="balance",
    ),
)

enveloppe_nature = sa.Table(
    "enveloppe_nature",
    metadata,
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("nature", sa.Text, primary_key=True),
    sa.Column("enveloppe_id", pg.UUID, sa.ForeignKey("enveloppe.id"), nullable=False),
)

mouvement = sa.Table(
    "mouvement",
    metadata,
    sa.Column("number", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("enveloppe_id", pg.UUID, sa.ForeignKey("enveloppe.id"), nullable=False),
    sa.Column("kind", Code(Movement), nullable=False),
    sa.Column("amount_cents", sa.BigInteger, nullable=False),
    sa.Column("effect_cents", sa.BigInteger, nullable=False),
    sa.Column("on", sa.Date, nullable=False),
    sa.Column("demande_id", pg.UUID),
    sa.Column("paiement_id", pg.UUID),
    sa.Column("reference", sa.Text),
    sa.Column("by", sa.Text, nullable=False),
    sa.CheckConstraint("amount_cents > 0", name="amount"),
    sa.CheckConstraint("kind <> 'OVERRUN' OR reference IS NOT NULL", name="overrun_is_named"),
    sa.CheckConstraint(
        "effect_cents = CASE WHEN kind IN ('OPEN', 'RELEASE', 'OVERRUN') THEN amount_cents"
        " WHEN kind IN ('RESERVE', 'COMMIT') THEN -amount_cents ELSE 0 END",
        name="effect",
    ),
    sa.Index("ix_mouvement_enveloppe_id_number", "enveloppe_id", "number"),
)

demande = sa.Table(
    "demande",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("nature", Code(Nature), nullable=False),
    sa.Column("status", Code(Status), nullable=False),
    sa.Column("personne_ids", TupleOf(pg.UUID), nullable=False),
    sa.Column("mds", sa.Text, nullable=False),
    sa.Column("site", sa.Text, nullable=False),
    sa.Column("dossier_id", pg.UUID),
    sa.Column("orientation_id", pg.UUID),
    sa.Column("reason", Code(Reason), nullable=False),
    sa.Column("partner", Code(Partner)),
    sa.Column("requested_cents", sa.BigInteger, nullable=False),
    sa.Column("urgent", sa.Boolean, nullable=False),
    sa.Column("filed_on", sa.Date, nullable=False),
    sa.Column("filed_by", pg.UUID),
    sa.Column("reglement_id", pg.UUID, sa.ForeignKey("reglement.id"), nullable=False),
    sa.Column("age_at_filing", sa.SmallInteger),
    sa.Column("instructor_ids", TupleOf(pg.UUID), nullable=False),
    sa.Column("instructed_on", sa.Date),
    sa.Column(
        "situation",
        EncryptedJson("demande.situation", write=Situation.data, read=lambda d: Situation(**d)),
    ),
    sa.Column("social_note", EncryptedText("demande.social_note")),
    sa.Column("missing_documents", TupleOf(sa.Text), nullable=False),
    sa.Column("proposed_cents", sa.BigInteger),
    sa.Column("payee", EncryptedJson("demande.payee", write=Payee.data, read=Payee.from_data)),
    sa.Column("explanation", EncryptedJson("demande.explanation"), nullable=False),
    sa.Column("needs_commission", sa.Boolean, nullable=False),
    sa.Column("enveloppe_id", pg.UUID, sa.ForeignKey("enveloppe.id")),
    sa.Column("reserved_cents", sa.BigInteger, nullable=False),
    sa.Column("outcome", Code(Outcome)),
    sa.Column("granted_cents", sa.BigInteger, nullable=False),
    sa.Column("decided_on", sa.Date),
    sa.Column("decided_by", pg.UUID),
    sa.Column("decisions_count", sa.Integer, nullable=False),
    sa.Column(
        "instalments",
        Json(write=_plain_instalments, read=_instalments),
        nullable=False,
    ),
    sa.Column("paid_instalments", TupleOf(sa.Integer), nullable=False),
    sa.Column("paid_cents", sa.BigInteger, nullable=False),
    sa.Column("withdrawal_reason", Code(WithdrawalReason)),
    sa.CheckConstraint("cardinality(personne_ids) > 0", name="personnes"),
    sa.CheckConstraint(
        "granted_cents BETWEEN 0 AND requested_cents AND paid_cents BETWEEN 0 AND granted_cents",
        name="amounts",
    ),
    # Who instructs does not decide, whatever the code does.
    sa.CheckConstraint(
        "decided_by IS NULL OR NOT (decided_by = ANY (instructor_ids))", name="decider"
    ),
    sa.Index("ix_demande_personne_ids", "personne_ids", postgresql_using="gin"),
    sa.Index("ix_demande_mds_status", "mds", "status", "id"),
)

seance = sa.Table(
    "seance",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("instance", Code(Instance), nullable=False),
    sa.Column("session_on", sa.Date, nullable=False),
    sa.Column("reference", sa.Text, nullable=False),
    sa.Column("agent_ids", TupleOf(pg.UUID), nullable=False),
    sa.Column("bodies", TupleOf(sa.Text), nullable=False),
    sa.Column("registered_by", sa.Text, nullable=False),
    sa.UniqueConstraint("instance", "session_on", "reference"),
    sa.CheckConstraint("cardinality(agent_ids) + cardinality(bodies) > 0", name="members"),
)

seance_demande = sa.Table(
    "seance_demande",
    metadata,
    sa.Column("seance_id", pg.UUID, sa.ForeignKey("seance.id"), primary_key=True),
    sa.Column("demande_id", pg.UUID, sa.ForeignKey("demande.id"), primary_key=True),
)

decision = sa.Table(
    "decision",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("demande_id", pg.UUID, sa.ForeignKey("demande.id"), nullable=False),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("outcome", Code(Outcome), nullable=False),
    sa.Column("amount_cents", sa.BigInteger, nullable=False),
    sa.Column("decided_on", sa.Date, nullable=False),
    sa.Column("decided_by", pg.UUID, nullable=False),
    sa.Column("path", Code(Path), nullable=False),
    sa.Column("seance_id", pg.UUID),
    sa.Column("instance", Code(Instance)),
    sa.Column("session_on", sa.Date),
    sa.Column("session_reference", sa.Text),
    sa.Column("act", Code(Act)),
    sa.Column("reason", Code(DecisionReason)),
    sa.Column("text", EncryptedText("decision.text")),
    sa.Column("reglement_id", pg.UUID, sa.ForeignKey("reglement.id"), nullable=False),
    sa.Column("explanation", EncryptedJson("decision.explanation"), nullable=False),
    sa.Column("voies", pg.JSONB(none_as_null=True)),
    sa.Column("to_regularise", sa.Boolean, nullable=False),
    sa.Column("awaits_budget", sa.Boolean, nullable=False),
    sa.UniqueConstraint("demande_id", "rank"),
    sa.CheckConstraint("(outcome IN ('GRANTED', 'PARTLY')) = (amount_cents > 0)", name="amount"),
    sa.CheckConstraint("outcome = 'ADJOURNED' OR voies IS NOT NULL", name="voies"),
    # No decision of a commission without a session that saw this very demande.
    sa.CheckConstraint("path <> 'COMMISSION' OR seance_id IS NOT NULL", name="seance"),
    sa.ForeignKeyConstraint(
        ["seance_id", "demande_id"], ["seance_demande.seance_id", "seance_demande.demande_id"]
    ),
    sa.Index(
        "uq_decision_final",
        "demande_id",
        unique=True,
        postgresql_where=sa.text("outcome <> 'ADJOURNED'"),
    ),
    sa.Index("ix_decision_decided_on", "decided_on"),
)

paiement = sa.Table(
    "paiement",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("demande_id", pg.UUID, sa.ForeignKey("demande.id"), nullable=False),
    sa.Column("reference", sa.Text, nullable=False),
    sa.Column("instalment", sa.Integer, nullable=False),
    sa.Column("amount_cents", sa.BigInteger, nullable=False),
    sa.Column("paid_on", sa.Date, nullable=False),
    sa.Column("paid_by", sa.Text, nullable=False),
    sa.UniqueConstraint("reference"),
    sa.UniqueConstraint("demande_id", "instalment"),
    sa.CheckConstraint("amount_cents > 0", name="amount"),
)

#: Who saw a protected personne's demande by rank.
reading = sa.Table(
    "reading",
    metadata,
    sa.Column("number", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("demande_id", pg.UUID, sa.ForeignKey("demande.id"), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("agent_id", pg.UUID),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("roles", sa.Text, nullable=False),
    sa.Column("what", Code(What), nullable=False),
    sa.Index("ix_reading_demande_id_number", "demande_id", "number"),
)

personne = sa.Table(
    "personne",
    metadata,
    sa.Column("personne_id", pg.UUID, primary_key=True),
    sa.Column("died_on", sa.Date),
    sa.Column("protected", sa.Boolean, nullable=False),
    #: Null, both: accueil has not said.
    sa.Column("opened_to", pg.ARRAY(pg.UUID)),
    sa.Column("closed_to", pg.ARRAY(pg.UUID)),
    sa.CheckConstraint("(opened_to IS NULL) = (closed_to IS NULL)", name="told"),
)

site = sa.Table(
    "site",
    metadata,
    sa.Column("site", sa.Text, primary_key=True),
    sa.Column("mds", sa.Text, nullable=False),
)

dossier = sa.Table(
    "dossier",
    metadata,
    sa.Column("dossier_id", pg.UUID, primary_key=True),
    sa.Column("is_open", sa.Boolean, nullable=False),
    #: Null: dsu has not said.
    sa.Column("personne_ids", pg.ARRAY(pg.UUID)),
)
