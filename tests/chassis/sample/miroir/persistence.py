"""Mirrors, and an append-only line for each event applied."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from chassis import unit_of_work
from chassis.errors import DomainError
from chassis.tables import new_metadata

metadata = new_metadata()
miroir = sa.Table(
    "miroir",
    metadata,
    sa.Column("compteur_id", pg.UUID, primary_key=True),
    sa.Column("value", sa.Integer, nullable=False),
)
effect = sa.Table(
    "effect",
    metadata,
    sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("compteur_id", pg.UUID, nullable=False),
    sa.Column("value", sa.Integer, nullable=False),
)
CONSTRAINTS: dict[str, type[DomainError]] = {}


class UnitOfWork(unit_of_work.UnitOfWork):
    """Nothing to add."""
