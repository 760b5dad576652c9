"""Freed times offered to the waiting list."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session

from services.rendezvous.domain.motif import Modality
from services.rendezvous.domain.offre import Offre, OffreStatus
from services.rendezvous.domain.rendezvous import Place
from services.rendezvous.persistence.tables import attente, hold, offre

_UUIDS = pg.ARRAY(pg.UUID)
_PLACE = tuple(Place.__dataclass_fields__)
_OWN = tuple(offre.columns.keys())
#: Where and when is the hold's; to whom, the entry's.
_WHOLE = (
    sa.select(
        offre,
        hold.c.motif,
        hold.c.session_id,
        *(hold.c[name] for name in _PLACE),
        attente.c.personne_ids,
    )
    .join(hold, hold.c.id == offre.c.hold_id)
    .join(attente, attente.c.id == offre.c.attente_id)
)


class Offres:
    """The offers."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, new: Collection[Offre]) -> None:
        """Store offers made at once."""
        self._session.execute(
            sa.insert(offre), [{name: vars(one)[name] for name in _OWN} for one in new]
        )

    def get(self, offer_id: UUID) -> Offre | None:
        """One offer, to read."""
        return next(iter(self._list(offre.c.id == offer_id)), None)

    def get_many(self, ids: Collection[UUID]) -> list[Offre]:
        """Those of these offers that exist."""
        return self._list(offre.c.id == sa.any_(sa.cast(list(ids), _UUIDS)))

    def of_hold(self, hold_id: UUID) -> list[Offre]:
        """Every offer of one kept time, locked: in the order of their ids, after the hold."""
        query = _WHOLE.where(offre.c.hold_id == hold_id).order_by(offre.c.id)
        rows = self._session.execute(query.with_for_update(of=offre))
        return [_as_offre(row) for row in rows]

    def last_freed(self, session_id: UUID) -> UUID | None:
        """What the last seat of a session that was offered came from."""
        query = (
            sa.select(offre.c.creneau_id)
            .join(hold, hold.c.id == offre.c.hold_id)
            .where(hold.c.session_id == session_id)
            .order_by(offre.c.offered_at.desc(), offre.c.id.desc())
            .limit(1)
        )
        return self._session.scalars(query).one_or_none()

    def open_of(self, attente_ids: Collection[UUID]) -> dict[UUID, Offre]:
        """The open offer of each of these entries that has one."""
        wanted = offre.c.attente_id == sa.any_(sa.cast(list(attente_ids), _UUIDS))
        found = self._list(wanted, offre.c.status == OffreStatus.OPEN)
        return {one.attente_id: one for one in found}

    def open_seat(self, session_id: UUID, personne_id: UUID) -> Offre | None:
        """The open offer a person has of a seat of a session."""
        is_theirs = attente.c.personne_ids.contains(sa.cast([personne_id], _UUIDS))
        is_open = offre.c.status == OffreStatus.OPEN
        found = self._list(hold.c.session_id == session_id, is_theirs, is_open)
        return next(iter(found), None)

    def save(self, changed: Offre) -> None:
        """Store what became of it."""
        names = ("status", "closed_at", "rendezvous_id")
        self._session.execute(
            sa.update(offre)
            .where(offre.c.id == changed.id)
            .values({name: vars(changed)[name] for name in names})
        )

    def _list(self, *wanted: sa.ColumnElement[bool]) -> list[Offre]:
        rows = self._session.execute(_WHOLE.where(*wanted).order_by(offre.c.id))
        return [_as_offre(row) for row in rows]


def _as_offre(row: sa.Row[Any]) -> Offre:
    values = dict(row._mapping)
    taken = {name: values.pop(name) for name in _PLACE}
    place = Place(**taken | {"agent_ids": tuple(taken["agent_ids"])})
    return Offre(
        place=place,
        **values
        | {
            "status": OffreStatus(values["status"]),
            "modality": Modality(values["modality"]),
            "personne_ids": tuple(values["personne_ids"]),
        },
    )
