"""One table of counters, one of secrets."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import registry

from chassis import unit_of_work
from chassis.crypto import EncryptedText
from chassis.errors import Conflict, DomainError
from chassis.tables import new_metadata

metadata = new_metadata()
compteur = sa.Table(
    "compteur",
    metadata,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("label", sa.Text, nullable=False, unique=True),
    sa.Column("secret", EncryptedText("compteur.secret")),
    sa.Column("value", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)


@dataclass(eq=False, kw_only=True)
class Compteur:
    """A counter."""

    id: UUID
    label: str
    secret: str | None = None
    value: int = 0
    version: int = 1


class LabelTaken(Conflict):
    """Two counters may not share a label."""

    code = "libelle-pris"
    title = "Libellé déjà pris"
    members: ClassVar = {"suggestion": ("Un libellé libre.", "entrées (2)")}


CONSTRAINTS: dict[str, type[DomainError]] = {"uq_compteur_label": LabelTaken}
registry(metadata=metadata).map_imperatively(Compteur, compteur, version_id_col=compteur.c.version)


class UnitOfWork(unit_of_work.UnitOfWork):
    """Nothing to add."""
