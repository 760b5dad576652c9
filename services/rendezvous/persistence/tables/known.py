"""What is known of others: ids, codes and flags."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from services.rendezvous.persistence.tables.base import UUIDS, metadata

personne = sa.Table(
    "personne",
    metadata,
    sa.Column("personne_id", pg.UUID, primary_key=True),
    sa.Column("deceased", sa.Boolean, nullable=False),
    sa.Column("protected", sa.Boolean, nullable=False),
    #: Null, both: accueil has not said.
    sa.Column("opened_to", UUIDS),
    sa.Column("closed_to", UUIDS),
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
    sa.Column("personne_ids", UUIDS),
)
