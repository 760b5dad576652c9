"""The tables of dsu. Days are Paris days; `at` columns of the journal are trade time."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from chassis.columns import Code
from chassis.crypto import EncryptedText
from chassis.tables import Instant, new_metadata
from services.dsu.domain.dossier import ClosureReason, DossierStatus

metadata = new_metadata()


def _dossier_id(*, primary: bool = False) -> sa.Column[object]:
    return sa.Column(
        "dossier_id",
        pg.UUID,
        sa.ForeignKey("dossier.dossier_id"),
        nullable=False,
        primary_key=primary,
    )


#: One file. `referent_agent_id` is the current référent, the last one once closed.
dossier = sa.Table(
    "dossier",
    metadata,
    sa.Column("dossier_id", pg.UUID, primary_key=True),
    sa.Column("status", Code(DossierStatus), nullable=False),
    sa.Column("mds", sa.Text, nullable=False),
    sa.Column("site", sa.Text, nullable=False),
    sa.Column("opened_on", sa.Date, nullable=False),
    sa.Column("referent_agent_id", pg.UUID, nullable=False),
    sa.Column("reference", sa.Text, unique=True),
    sa.Column("orientation_id", pg.UUID),
    sa.Column("closed_on", sa.Date),
    sa.Column("closure_reason", Code(ClosureReason)),
    sa.Column("last_contact_on", sa.Date),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("status IN ('ACTIVE', 'CLOSED')", name="status"),
    sa.CheckConstraint(
        "(status = 'CLOSED') = (closed_on IS NOT NULL)"
        " AND (status = 'CLOSED') = (closure_reason IS NOT NULL)",
        name="closed",
    ),
    sa.CheckConstraint("closed_on >= opened_on", name="days"),
    sa.Index("ix_dossier_referent", "referent_agent_id", "status", "opened_on", "dossier_id"),
    sa.Index("ix_dossier_opened_on", "opened_on"),
)

#: Who the file is about. The partial index keeps one open dossier per personne.
member = sa.Table(
    "member",
    metadata,
    _dossier_id(primary=True),
    sa.Column("personne_id", pg.UUID, primary_key=True),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("deceased_on", sa.Date),
    sa.Index(
        "uq_member_open_personne",
        "personne_id",
        unique=True,
        postgresql_where=sa.text("active"),
    ),
    sa.Index("ix_member_personne_id", "personne_id"),
)

#: Référents over `[starts_on, ends_on)`: never two at once on one dossier.
referent_period = sa.Table(
    "referent_period",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    _dossier_id(),
    sa.Column("agent_id", pg.UUID, nullable=False),
    sa.Column("starts_on", sa.Date, nullable=False),
    sa.Column("ends_on", sa.Date),
    sa.CheckConstraint("ends_on >= starts_on", name="days"),
    sa.Index(
        "uq_referent_period_current",
        "dossier_id",
        unique=True,
        postgresql_where=sa.text("ends_on IS NULL"),
    ),
    pg.ExcludeConstraint(
        (sa.text("dossier_id"), "="),
        (sa.text("daterange(starts_on, ends_on)"), "&&"),
        name="ex_referent_period_one_at_once",
        using="gist",
    ),
    sa.Index("ix_referent_period_days", "starts_on", "ends_on"),
)

#: Professionals with a mission. `ends_on` planned and included, `ended_on` excluded.
association = sa.Table(
    "association",
    metadata,
    sa.Column("association_id", pg.UUID, primary_key=True),
    _dossier_id(),
    sa.Column("agent_id", pg.UUID, nullable=False),
    sa.Column("mission", sa.Text, nullable=False),
    sa.Column("starts_on", sa.Date, nullable=False),
    sa.Column("ends_on", sa.Date),
    sa.Column("ended_on", sa.Date),
    sa.CheckConstraint("ends_on >= starts_on", name="planned_days"),
    sa.CheckConstraint("ended_on >= starts_on", name="real_days"),
    pg.ExcludeConstraint(
        (sa.text("dossier_id"), "="),
        (sa.text("agent_id"), "="),
        (sa.text("mission"), "="),
        (sa.text("daterange(starts_on, LEAST(ends_on + 1, ended_on))"), "&&"),
        name="ex_association_once",
        using="gist",
    ),
    sa.Index("ix_association_dossier_id", "dossier_id"),
)

intervention = sa.Table(
    "intervention",
    metadata,
    sa.Column("intervention_id", pg.UUID, primary_key=True),
    _dossier_id(),
    sa.Column("agent_id", pg.UUID, nullable=False),
    sa.Column("occurred_on", sa.Date, nullable=False),
    sa.Column("champ", sa.Text, nullable=False),
    sa.Column("nomenclature", sa.Text, nullable=False),
    sa.Column("nomenclature_version", sa.Text, nullable=False),
    sa.Column("personne_ids", pg.ARRAY(pg.UUID(as_uuid=True)), nullable=False),
    sa.Column("note", EncryptedText("intervention.note")),
    sa.Column("note_scope", sa.Text),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.CheckConstraint("(note IS NULL) = (note_scope IS NULL)", name="scoped"),
    sa.Index("ix_intervention_dossier", "dossier_id", "occurred_on", "intervention_id"),
    sa.Index("ix_intervention_occurred_on", "occurred_on"),
)

#: What happened to a dossier, told by others or by its own life.
timeline = sa.Table(
    "timeline",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("dossier_id", pg.UUID, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("occurred_on", sa.Date, nullable=False),
    sa.Column("subject_id", pg.UUID),
    sa.Column("code", sa.Text),
    sa.Column("amount_cents", sa.BigInteger),
    sa.Index("ix_timeline_dossier", "dossier_id", "occurred_on", "id"),
    sa.Index("ix_timeline_kind", "kind", "occurred_on"),
)

#: Append-only (trigger and privileges): who read what. One chain per dossier.
reading = sa.Table(
    "reading",
    metadata,
    sa.Column("dossier_id", pg.UUID, primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("agent_id", pg.UUID),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("roles", sa.Text, nullable=False),
    sa.Column("quality", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("matrix_version", sa.Text, nullable=False),
    sa.Column("key_id", sa.Text, nullable=False),
    sa.Column("mac", sa.Text, nullable=False),
)

#: Where each chain stands, sealed; its row is the lock that orders a dossier's reads.
reading_head = sa.Table(
    "reading_head",
    metadata,
    sa.Column("dossier_id", pg.UUID, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("row_mac", sa.Text, nullable=False),
    sa.Column("key_id", sa.Text, nullable=False),
    sa.Column("mac", sa.Text, nullable=False),
)

#: accueil's agents, one row per dated assignment; the latest not after a day holds that day.
agent = sa.Table(
    "agent",
    metadata,
    sa.Column("agent_id", pg.UUID, primary_key=True),
    sa.Column("effective_on", sa.Date, primary_key=True),
    sa.Column("profession", sa.Text, nullable=False),
    sa.Column("mds", sa.Text),
    sa.Column("active", sa.Boolean, nullable=False),
)

#: accueil's personnes, without anything that names them.
personne = sa.Table(
    "personne",
    metadata,
    sa.Column("personne_id", pg.UUID, primary_key=True),
    sa.Column("deceased_on", sa.Date),
    sa.Column("protected", sa.Boolean, nullable=False),
    #: Null, both: accueil has not said.
    sa.Column("opened_to", pg.ARRAY(pg.UUID)),
    sa.Column("closed_to", pg.ARRAY(pg.UUID)),
    sa.CheckConstraint("(opened_to IS NULL) = (closed_to IS NULL)", name="told"),
)

#: accueil's sites, with their MDS.
site = sa.Table(
    "site",
    metadata,
    sa.Column("site", sa.Text, primary_key=True),
    sa.Column("mds", sa.Text, nullable=False),
)

orientation = sa.Table(
    "orientation",
    metadata,
    sa.Column("orientation_id", pg.UUID, primary_key=True),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("personne_ids", pg.ARRAY(pg.UUID(as_uuid=True)), nullable=False),
)
