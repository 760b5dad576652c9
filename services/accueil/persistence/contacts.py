"""Contact points across personnes: who holds the same number, and how each may be reached."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accueil.domain.contact import ContactPoint, ContactPolicy, Holding
from services.accueil.domain.personne import Circumstance
from services.accueil.persistence import tables as t


class Contacts:
    """Reads that cross files: each is one statement, whatever the number of people."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def policies(self, personne_ids: Collection[UUID]) -> dict[UUID, ContactPolicy]:
        """What stands above the contact points of these people; the unknown are absent."""
        p = t.personne.c
        query = sa.select(p.personne_id, p.language, p.died_on, p.no_contact).where(
            p.personne_id.in_(personne_ids)
        )
        return {
            row.personne_id: ContactPolicy(
                personne_id=row.personne_id,
                language=row.language,
                deceased=row.died_on is not None,
                no_contact=row.no_contact,
            )
            for row in self._session.execute(query)
        }

    def points(self, personne_ids: Collection[UUID]) -> dict[UUID, list[ContactPoint]]:
        """The contact points of these people."""
        point = t.contact_point.c
        query = sa.select(point.personne_id, ContactPoint).where(
            point.personne_id.in_(personne_ids)
        )
        found: dict[UUID, list[ContactPoint]] = defaultdict(list)
        for personne_id, contact in self._session.execute(query):
            found[personne_id].append(contact)
        return found

    def holdings(self, value_indexes: Collection[str]) -> list[Holding]:
        """Every living person who holds one of these contact points.

        The dead cannot confirm anything: they no longer count among the holders.
        """
        point, p = t.contact_point.c, t.personne.c
        query = (
            sa.select(
                point.personne_id,
                point.channel,
                point.value_index,
                point.confirmed_safe,
                point.confirmed_among,
                p.circumstance,
            )
            .join(t.personne, p.personne_id == point.personne_id)
            .where(point.value_index.in_(value_indexes), p.died_on.is_(None))
        )
        return [
            Holding(
                personne_id=row.personne_id,
                channel=row.channel,
                value_index=row.value_index,
                confirmed_safe=row.confirmed_safe,
                confirmed_among=frozenset(row.confirmed_among),
                is_minor_alone=row.circumstance is Circumstance.MINOR_ALONE,
            )
            for row in self._session.execute(query)
        ]
