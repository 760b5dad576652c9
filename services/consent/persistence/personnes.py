"""What is known of people for a decision, read in one go for a batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from chassis.upsert import upsert
from services.consent.domain.consentement import Consentement, Opposition
from services.consent.domain.livraison import Record
from services.consent.domain.partage import Partage
from services.consent.domain.question import Situation
from services.consent.persistence import tables


class Personnes:
    """Situations that close every feed, and whole records."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def set_protected(self, personne_id: UUID, protected: bool) -> None:
        """As accueil says."""
        self._learn(personne_id, is_protected=protected)

    def set_deceased(self, personne_id: UUID) -> None:
        """As accueil says; nobody comes back from it."""
        self._learn(personne_id, is_deceased=True)

    def set_minor_until(self, personne_id: UUID, minor_until: date | None) -> None:
        """The day of majority, kept only while the person is a minor."""
        self._learn(personne_id, minor_until=minor_until)

    def record_of(self, personne_ids: Collection[UUID]) -> Record:
        """Read now: the caller holds these persons' locks."""
        partages: defaultdict[UUID, list[Partage]] = defaultdict(list)
        for partage in self._all(Partage, tables.partage, personne_ids):
            partages[partage.personne_id].append(partage)
        oppositions: defaultdict[UUID, list[Opposition]] = defaultdict(list)
        for opposition in self._all(Opposition, tables.opposition, personne_ids):
            oppositions[opposition.personne_id].append(opposition)
        consents = self._all(Consentement, tables.consentement, personne_ids)
        return Record(
            partages=partages,
            consentements={consent.id: consent for consent in consents},
            oppositions=oppositions,
            situations=self._situations(personne_ids),
        )

    def _all(self, kind: type[Any], table: sa.Table, personne_ids: Collection[UUID]) -> Any:
        query = sa.select(kind).where(table.c.personne_id.in_(personne_ids))
        return self._session.scalars(query.execution_options(populate_existing=True))

    def _situations(self, personne_ids: Collection[UUID]) -> dict[UUID, Situation]:
        table = tables.situation
        rows = self._session.execute(sa.select(table).where(table.c.personne_id.in_(personne_ids)))
        return {
            row.personne_id: Situation(
                is_protected=row.is_protected,
                is_deceased=row.is_deceased,
                minor_until=row.minor_until,
            )
            for row in rows
        }

    def _learn(self, personne_id: UUID, **values: Any) -> None:
        upsert(self._session, tables.situation, {"personne_id": personne_id, **values})
