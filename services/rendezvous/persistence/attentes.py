"""The waiting list as rows, in its fair order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session

from chassis.clock import paris_day
from chassis.locks import lock_resources
from services.rendezvous.domain.attente import (
    Attente,
    AttenteReason,
    AttenteStatus,
    HalfDay,
    Priority,
    PriorityReason,
    Wanted,
    Where,
)
from services.rendezvous.domain.offre import Freed, FreedSeat, OffreStatus
from services.rendezvous.domain.rendezvous import Links, Place, Rendezvous, Status
from services.rendezvous.persistence.occupations import lock_names
from services.rendezvous.persistence.tables import attente, offre, participation, rendezvous

_UUIDS = pg.ARRAY(pg.UUID)
_ORDER = (attente.c.priority != Priority.URGENT, attente.c.queued_at, attente.c.id)
_WAITING = attente.c.status == AttenteStatus.WAITING


class Attentes:
    """The waiting list."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def lock_list(self, *resource_ids: UUID) -> None:
        """One match, withdrawal or closing at a time, so that the order is kept and an entry is
        never offered two times at once. The resources one needs besides are locked in the same
        round: whoever took the list first and them after could wait in a circle."""
        lock_resources(self._session, ["attentes", *lock_names(resource_ids)])

    def add(self, new: Attente) -> None:
        """Store an entry."""
        self._session.execute(sa.insert(attente).values(_as_row(new)))

    def get(self, attente_id: UUID, *, to_change: bool = False) -> Attente | None:
        """One entry; locked when it is read to be changed."""
        query = sa.select(attente).where(attente.c.id == attente_id)
        if to_change:
            query = query.with_for_update()
        row = self._session.execute(query).one_or_none()
        return as_attente(row._asdict()) if row else None

    def save(self, changed: Attente) -> None:
        """Store what became of it."""
        names = ("status", "reason", "queued_at", "passes", "obtained_id", "closed_at", "version")
        row = _as_row(changed)
        self._session.execute(
            sa.update(attente)
            .where(attente.c.id == changed.id)
            .values({name: row[name] for name in names})
        )

    def motifs_waited(self, freed: Freed, motifs: Collection[str]) -> list[str]:
        """Those of these motifs that anyone waits for where a time freed, or for its agents."""
        return list(
            self._session.scalars(
                sa.select(attente.c.motif)
                .distinct()
                .where(_WAITING, _where(freed), attente.c.motif.in_(motifs))
                .order_by(attente.c.motif)
            )
        )

    def in_line(
        self,
        freed: Freed,
        *,
        motifs: Collection[str],
        first_day: date,
        last_day: date,
        most: int,
    ) -> list[Attente]:
        """Who could be offered a freed time, in the fair order, after the last one looked at: they
        wait there and then for one of these motifs, have no offer open, and were not offered this
        very time before."""
        wanted = [
            _WAITING,
            _where(freed),
            attente.c.motif.in_(motifs),
            attente.c.from_on <= last_day,
            attente.c.until_on >= first_day,
            ~_offered(freed.id),
        ]
        return self._list(*wanted, *_after(freed.after), limit=most)

    def in_line_for_seat(self, seat: FreedSeat, session: Rendezvous, most: int) -> list[Attente]:
        """Who could be offered a seat of a session, in the fair order, after the last one looked
        at: whoever waits for that very session, or for its motif there and then."""
        place = session.place
        here = sa.and_(attente.c.session_id.is_(None), _where(place))
        day = paris_day(place.starts_at)
        return self._list(
            _WAITING,
            attente.c.motif == session.motif,
            sa.or_(attente.c.session_id == session.id, here),
            attente.c.from_on <= day,
            attente.c.until_on >= day,
            ~_offered(seat.id),
            *_after(seat.after),
            limit=most,
        )

    def list_of(self, mds: str, motif: str | None, *, after: int, limit: int) -> list[Any]:
        """(rank, entry) of an MDS in the fair order; the rank is that among those of the motif."""
        rank = sa.func.row_number().over(partition_by=attente.c.motif, order_by=_ORDER)
        wanted = [_WAITING, attente.c.mds == mds]
        if motif is not None:
            wanted.append(attente.c.motif == motif)
        rows = self._session.execute(
            sa.select(attente, rank.label("rank"))
            .where(*wanted)
            .order_by(attente.c.motif, *_ORDER)
            .offset(after)
            .limit(limit)
        )
        found = []
        for row in rows:
            values = row._asdict()
            rank_of = values.pop("rank")
            found.append((rank_of, as_attente(values)))
        return found

    def of_personne(self, personne_id: UUID) -> list[Attente]:
        """A personne's entries, the latest first."""
        rows = self._session.execute(
            sa.select(attente)
            .where(attente.c.personne_ids.contains(sa.cast([personne_id], _UUIDS)))
            .order_by(attente.c.registered_at.desc(), attente.c.id.desc())
            .limit(200)
        )
        return [as_attente(row._asdict()) for row in rows]

    def waiting_ids(self, personne_ids: Collection[UUID], motif: str | None = None) -> list[UUID]:
        """The entries that wait for any of these personnes (and that motif)."""
        wanted = [_WAITING, attente.c.personne_ids.overlap(sa.cast(list(personne_ids), _UUIDS))]
        if motif is not None:
            wanted.append(attente.c.motif == motif)
        return list(self._session.scalars(sa.select(attente.c.id).where(*wanted)))

    def ended_by(self, rendezvous_id: UUID) -> list[tuple[UUID, AttenteReason]]:
        """The entries that what became of a rendezvous ends: it was what they waited for, or the
        one they wanted earlier, or a seat of, is over. One that was honoured before anybody looked
        was booked."""
        booked = rendezvous.c.status == Status.BOOKED
        otherwise = sa.and_(
            rendezvous.c.status.in_((Status.BOOKED, Status.HONOURED)),
            attente.c.motif == rendezvous.c.motif,
            attente.c.personne_ids.overlap(rendezvous.c.personne_ids),
            _obtained_since(),
            attente.c.rendezvous_id.is_distinct_from(rendezvous.c.id),
        )
        named = sa.or_(
            attente.c.rendezvous_id == rendezvous.c.id, attente.c.session_id == rendezvous.c.id
        )
        over = sa.and_(~booked, named)
        reason = sa.case(
            (over, AttenteReason.RENDEZVOUS_OVER), else_=AttenteReason.BOOKED_MEANWHILE
        )
        rows = self._session.execute(
            sa.select(attente.c.id, reason)
            .select_from(attente)
            .join(rendezvous, rendezvous.c.id == rendezvous_id)
            .where(_WAITING, sa.or_(otherwise, over))
        )
        return [(found, AttenteReason(why)) for found, why in rows]

    def ended_among(self, attente_ids: Collection[UUID]) -> set[UUID]:
        """Those of these entries whose personnes have booked the same motif since."""
        booked = sa.exists().where(
            rendezvous.c.personne_ids.overlap(attente.c.personne_ids),
            rendezvous.c.motif == attente.c.motif,
            rendezvous.c.status.in_((Status.BOOKED, Status.HONOURED)),
            _obtained_since(),
            rendezvous.c.id.is_distinct_from(attente.c.rendezvous_id),
        )
        wanted = attente.c.id == sa.any_(sa.cast(list(attente_ids), _UUIDS))
        return set(self._session.scalars(sa.select(attente.c.id).where(wanted, booked)))

    def _list(self, *wanted: sa.ColumnElement[bool], limit: int) -> list[Attente]:
        rows = self._session.execute(
            sa.select(attente).where(*wanted).order_by(*_ORDER).limit(limit)
        )
        return [as_attente(row._asdict()) for row in rows]


def _where(freed: Freed | Place) -> sa.ColumnElement[bool]:
    """They wait for one of its agents, else for its site or its MDS."""
    here = sa.and_(
        attente.c.agent_id.is_(None),
        attente.c.mds == freed.mds,
        sa.or_(attente.c.site.is_(None), attente.c.site == freed.site),
    )
    return sa.or_(here, attente.c.agent_id == sa.any_(sa.cast(list(freed.agent_ids), _UUIDS)))


def _offered(freed_id: UUID) -> sa.ColumnElement[bool]:
    """They have an offer open, or had one of this very time."""
    return sa.exists().where(
        offre.c.attente_id == attente.c.id,
        sa.or_(offre.c.status == OffreStatus.OPEN, offre.c.creneau_id == freed_id),
    )


def _after(order: tuple[bool, datetime, UUID] | None) -> list[sa.ColumnElement[bool]]:
    """Those who come after a place in the fair order."""
    return [] if order is None else [sa.tuple_(*_ORDER) > order]


def _obtained_since() -> sa.ColumnElement[bool]:
    """A rendezvous was booked since an entry was registered; a seat of a collective one taken."""
    seated = sa.exists().where(
        participation.c.rendezvous_id == rendezvous.c.id,
        participation.c.personne_id == sa.any_(attente.c.personne_ids),
        participation.c.status == Status.BOOKED,
        participation.c.joined_at >= attente.c.registered_at,
    )
    alone = sa.and_(rendezvous.c.capacity == 1, rendezvous.c.booked_at >= attente.c.registered_at)
    return sa.or_(alone, sa.and_(rendezvous.c.capacity > 1, seated))


def _as_row(item: Attente) -> dict[str, Any]:
    row = vars(item) | vars(item.where) | vars(item.wanted) | vars(item.links)
    for part in ("where", "wanted", "links"):
        del row[part]
    lists: dict[str, Sequence[Any]] = {
        "personne_ids": list(item.personne_ids),
        "half_days": sorted(item.wanted.half_days),
    }
    return row | lists


def as_attente(values: dict[str, Any]) -> Attente:
    """An entry out of a row."""
    values["half_days"] = frozenset(map(HalfDay, values["half_days"]))
    parts: dict[str, Any] = {
        name: kind(**{field: values.pop(field) for field in kind.__dataclass_fields__})
        for name, kind in (("where", Where), ("wanted", Wanted), ("links", Links))
    }
    reason, urgent = values["reason"], values["priority_reason"]
    return Attente(
        **values
        | parts
        | {
            "status": AttenteStatus(values["status"]),
            "priority": Priority(values["priority"]),
            "personne_ids": tuple(values["personne_ids"]),
            "reason": AttenteReason(reason) if reason else None,
            "priority_reason": PriorityReason(urgent) if urgent else None,
        }
    )
