"""Partners, and which of them a fact interests (read once per transaction)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.consent.domain.partenaire import Channel, Partenaire, PartenaireNotFound
from services.consent.persistence import tables


class Partenaires:
    """Recipients and their contracts."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, partenaire: Partenaire) -> None:
        """Keep a new one; its code must be free (constraint)."""
        self._session.add(partenaire)

    def get(self, code: str) -> Partenaire:
        """As it stands now. Raises PartenaireNotFound."""
        found = self._session.get(Partenaire, code, populate_existing=True)
        if found is None:
            raise PartenaireNotFound()
        return found

    def find(self, code: str) -> Partenaire | None:
        """The same, None when there is none."""
        return self._session.get(Partenaire, code, populate_existing=True)

    def all(self) -> Sequence[Partenaire]:
        """Every partner, by code."""
        return self._session.scalars(sa.select(Partenaire).order_by(tables.partenaire.c.code)).all()

    def on_amqp(self) -> list[str]:
        """Codes of the partners that read a queue."""
        column = tables.partenaire.c
        query = sa.select(column.code).where(
            column.channel == Channel.AMQP, column.suspended_at.is_(None)
        )
        return list(self._session.scalars(query.order_by(column.code)))

    @cached_property
    def by_topic(self) -> Mapping[str, Sequence[Partenaire]]:
        """Fact → partners whose contract names it. One query for the whole transaction."""
        interested: defaultdict[str, list[Partenaire]] = defaultdict(list)
        for partenaire in self.all():
            for topic in partenaire.contract.topics:
                interested[topic].append(partenaire)
        return interested

    def take_sequences(self, code: str, count: int) -> int:
        """Reserve that many places in what the partner receives; answers the first."""
        table = tables.partenaire
        last = self._session.scalar(
            sa.update(table)
            .where(table.c.code == code)
            .values(last_sequence=table.c.last_sequence + count)
            .returning(table.c.last_sequence)
        )
        assert last is not None  # the caller holds this partner's feed
        return int(last) - count + 1
