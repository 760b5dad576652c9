"""Repositories of consentements, oppositions and partages."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.consent.domain.consentement import (
    Consentement,
    ConsentementNotFound,
    Opposition,
    OppositionNotFound,
)
from services.consent.domain.partage import Partage, PartageNotFound
from services.consent.persistence import tables


class Consentements:
    """Agreements of people."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, consentement: Consentement) -> None:
        """Keep a new one."""
        self._session.add(consentement)

    def get(self, consentement_id: UUID) -> Consentement:
        """As it stands now, whatever was read before. Raises ConsentementNotFound."""
        found = self._session.get(Consentement, consentement_id, populate_existing=True)
        if found is None:
            raise ConsentementNotFound()
        return found

    def find(self, consentement_id: UUID) -> Consentement | None:
        """The same, None when there is none."""
        return self._session.get(Consentement, consentement_id, populate_existing=True)

    def of_personne(self, personne_id: UUID) -> Sequence[Consentement]:
        """All of a person's, newest first."""
        table = tables.consentement
        query = sa.select(Consentement).where(table.c.personne_id == personne_id)
        return self._session.scalars(query.order_by(table.c.granted_at.desc(), table.c.id)).all()


class Oppositions:
    """Refusals of people."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, opposition: Opposition) -> None:
        """Keep a new one."""
        self._session.add(opposition)

    def get(self, opposition_id: UUID) -> Opposition:
        """As it stands now. Raises OppositionNotFound."""
        found = self._session.get(Opposition, opposition_id, populate_existing=True)
        if found is None:
            raise OppositionNotFound()
        return found

    def of_personne(self, personne_id: UUID) -> Sequence[Opposition]:
        """All of a person's, newest first."""
        table = tables.opposition
        query = sa.select(Opposition).where(table.c.personne_id == personne_id)
        return self._session.scalars(query.order_by(table.c.registered_at.desc(), table.c.id)).all()


class Partages:
    """Acts of sharing signed by professionals."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, partage: Partage) -> None:
        """Keep a new one."""
        self._session.add(partage)

    def get(self, partage_id: UUID) -> Partage:
        """As it stands now. Raises PartageNotFound."""
        found = self._session.get(Partage, partage_id, populate_existing=True)
        if found is None:
            raise PartageNotFound()
        return found

    def of_personne(self, personne_id: UUID) -> Sequence[Partage]:
        """All of a person's, newest first."""
        table = tables.partage
        query = sa.select(Partage).where(table.c.personne_id == personne_id)
        return self._session.scalars(query.order_by(table.c.signed_at.desc(), table.c.id)).all()
