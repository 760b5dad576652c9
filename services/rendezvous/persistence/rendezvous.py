"""Rendezvous as rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session

from chassis.clock import paris_day
from services.rendezvous.domain.motif import Kind, Modality, day_of
from services.rendezvous.domain.occupation import Claim, Interval
from services.rendezvous.domain.rendezvous import (
    CancelledBy,
    CancelReason,
    Origin,
    OverrideReason,
    Place,
    Rendezvous,
    Status,
    Told,
)
from services.rendezvous.domain.rights import Seen
from services.rendezvous.persistence.knowns import as_personne
from services.rendezvous.persistence.motifs import instructions
from services.rendezvous.persistence.occupations import Occupations
from services.rendezvous.persistence.tables import (
    dossier,
    occupation,
    personne,
    rendezvous,
)

_PLACE = tuple(Place.__dataclass_fields__)
_STATE = ("status", "cancelled_by", "cancel_reason", "excused", "closed_at", "version")
_OVERRIDE = ("override_reason", "override_by", "override_at")
_MOTIF = ("motif_id", "motif", "kind", "modality", "discreet", "capacity")
_MOVED = (*_MOTIF, *_OVERRIDE, "held_on", "late_minutes", "version")
_NOTES = ("late_minutes", "origin", "aggression_risk", "version")
_SEATS = ("personne_ids", "version")
_UUIDS = pg.ARRAY(pg.UUID)
#: A rendezvous ends at the latest on the day after the one it counts for.
_DAY = timedelta(days=1)
_CODES: dict[str, type[StrEnum]] = {
    "status": Status,
    "kind": Kind,
    "modality": Modality,
    "origin": Origin,
    "override_reason": OverrideReason,
    "cancelled_by": CancelledBy,
    "cancel_reason": CancelReason,
}
#: Statements of every booking and every outcome are written once: building one costs more than
#: running it.
_GET = sa.select(rendezvous).where(rendezvous.c.id == sa.bindparam("rendezvous_id"))
_GET_TO_CHANGE = _GET.with_for_update()
#: A rendezvous with what decides who sees it, in the same statement.
_SEEN = sa.select(
    rendezvous,
    sa.select(dossier.c.referent_agent_id)
    .where(dossier.c.dossier_id == rendezvous.c.dossier_id)
    .correlate(rendezvous)
    .scalar_subquery()
    .label("referent_id"),
    sa.select(
        sa.type_coerce(sa.func.jsonb_agg(sa.func.to_jsonb(sa.literal_column("personne"))), pg.JSONB)
    )
    .select_from(personne)
    .where(personne.c.personne_id == sa.any_(rendezvous.c.personne_ids))
    .correlate(rendezvous)
    .scalar_subquery()
    .label("personnes"),
)
#: The same with what to bring and to know: for one, or one person's, not for whole agendas.
_SEEN_WHOLE = _SEEN.add_columns(instructions(told=False).label("instructions"))
_SEEN_ONE = _SEEN_WHOLE.where(rendezvous.c.id == sa.bindparam("rendezvous_id"))
_SEEN_TO_CHANGE = _SEEN_ONE.with_for_update(of=rendezvous)

_MINUTES_BOOKED = """
    SELECT held.agent_id, sum(extract(epoch FROM ends_at - starts_at) / 60)::int AS minutes
    FROM rendezvous CROSS JOIN LATERAL unnest(agent_ids) AS held(agent_id)
    WHERE agent_ids && %(agents)s::uuid[] AND held.agent_id = ANY(%(agents)s::uuid[])
      AND held_on BETWEEN %(first)s AND %(last)s AND status <> 'CANCELLED'
    GROUP BY held.agent_id
"""


def _saving(*names: str) -> sa.Update:
    return (
        sa.update(rendezvous)
        .where(rendezvous.c.id == sa.bindparam("rendezvous_id"))
        .values({name: sa.bindparam(name) for name in names})
    )


_SAVE_STATE = _saving(*_STATE)
_SAVE_PLACE = _saving(*_PLACE, *_MOVED)
_SAVE_NOTES = _saving(*_NOTES)
_SAVE_SEATS = _saving(*_SEATS)


class Agendas:
    """The rendezvous."""

    def __init__(self, session: Session, occupations: Occupations) -> None:
        self._session = session
        self._occupations = occupations

    def add(self, new: Rendezvous, claims: Sequence[Claim]) -> bool:
        """Store it with what it takes. False when something of it was taken."""
        return self._occupations.take_for_new(_as_row(new), claims, held_until=None)

    def get(self, rendezvous_id: UUID, *, to_change: bool = False) -> Rendezvous | None:
        """One rendezvous; locked when it is read to be changed."""
        query = _GET_TO_CHANGE if to_change else _GET
        row = self._session.execute(query, {"rendezvous_id": rendezvous_id}).one_or_none()
        return as_rendezvous(row) if row else None

    def seen(self, rendezvous_id: UUID, *, to_change: bool = False) -> Seen | None:
        """One rendezvous with what decides who sees it; locked when it is read to be changed."""
        query = _SEEN_TO_CHANGE if to_change else _SEEN_ONE
        row = self._session.execute(query, {"rendezvous_id": rendezvous_id}).one_or_none()
        return _as_seen(row) if row else None

    def get_many(self, ids: Collection[UUID]) -> list[Rendezvous]:
        """Those of these rendezvous that exist."""
        return self._list(rendezvous.c.id == sa.any_(sa.cast(list(ids), _UUIDS)))

    def told(self, ids: Collection[UUID]) -> list[Told]:
        """Those of these rendezvous that exist, with what messages may say of them."""
        rows = self._session.execute(
            sa.select(rendezvous, instructions(told=True).label("instructions"))
            .where(rendezvous.c.id == sa.any_(sa.cast(list(ids), _UUIDS)))
            .order_by(rendezvous.c.starts_at, rendezvous.c.id)
        )
        return [_as_told(row) for row in rows]

    def save_state(self, changed: Rendezvous) -> None:
        """Store what became of it."""
        row = vars(changed)
        self._update(_SAVE_STATE, changed.id, {name: row[name] for name in _STATE})

    def save_notes(self, changed: Rendezvous) -> None:
        """Store what agents noted of it."""
        row = vars(changed)
        self._update(_SAVE_NOTES, changed.id, {name: row[name] for name in _NOTES})

    def save_seats(self, changed: Rendezvous) -> None:
        """Store who takes part."""
        row = _as_row(changed)
        self._update(_SAVE_SEATS, changed.id, {name: row[name] for name in _SEATS})

    def save_place(self, changed: Rendezvous) -> None:
        """Store where, when and with whom it now takes place."""
        row = _as_row(changed)
        self._update(_SAVE_PLACE, changed.id, {name: row[name] for name in (*_PLACE, *_MOVED)})

    def of_agent(self, agent_id: UUID, window: Interval) -> list[Seen]:
        """An agent's rendezvous that are not cancelled, by time."""
        rows = self._session.execute(
            _SEEN.where(
                rendezvous.c.agent_ids.contains(sa.cast([agent_id], _UUIDS)),
                rendezvous.c.starts_at < window.end,
                rendezvous.c.ends_at > window.start,
                rendezvous.c.status != Status.CANCELLED,
            ).order_by(rendezvous.c.starts_at, rendezvous.c.id)
        )
        return [_as_seen(row) for row in rows]

    def of_agents(self, agent_ids: Collection[UUID], window: Interval) -> list[Seen]:
        """The rendezvous of these agents that are not cancelled, by time. Found by their day."""
        rows = self._session.execute(
            _SEEN.where(
                # The day is that of the start; none lasts a day.
                rendezvous.c.held_on.between(day_of(window.start - _DAY), day_of(window.end)),
                rendezvous.c.starts_at < window.end,
                rendezvous.c.ends_at > window.start,
                rendezvous.c.status != Status.CANCELLED,
                rendezvous.c.agent_ids.overlap(sa.cast(list(agent_ids), _UUIDS)),
            ).order_by(rendezvous.c.starts_at, rendezvous.c.id)
        )
        return [_as_seen(row) for row in rows]

    def booked_ids_of_agent(self, agent_id: UUID, window: Interval) -> list[UUID]:
        """Rendezvous still to be held that an agent has in a window, read from what they take."""
        return list(
            self._session.scalars(
                sa.select(rendezvous.c.id)
                .join(occupation, occupation.c.rendezvous_id == rendezvous.c.id)
                .where(
                    occupation.c.resource_id == agent_id,
                    ~occupation.c.overridden,
                    occupation.c.during.op("&&")(sa.func.tstzrange(window.start, window.end)),
                    rendezvous.c.starts_at < window.end,
                    rendezvous.c.ends_at > window.start,
                    rendezvous.c.status == Status.BOOKED,
                )
                .order_by(rendezvous.c.starts_at, rendezvous.c.id)
            )
        )

    def booked_of_agent(self, agent_id: UUID, window: Interval) -> list[Rendezvous]:
        """The same, whole."""
        return self.get_many(self.booked_ids_of_agent(agent_id, window))

    def booked_ids_in(
        self, windows: Sequence[Interval], *, mds: str | None, site: str | None
    ) -> list[UUID]:
        """Rendezvous still to be held in these windows on a site, in an MDS, or anywhere."""
        where = [rendezvous.c.site == site] if site else [rendezvous.c.mds == mds] if mds else []
        during = sa.or_(
            *(
                sa.and_(
                    rendezvous.c.held_on.between(
                        paris_day(window.start) - _DAY, paris_day(window.end)
                    ),
                    rendezvous.c.starts_at < window.end,
                    rendezvous.c.ends_at > window.start,
                )
                for window in windows
            )
        )
        return list(
            self._session.scalars(
                sa.select(rendezvous.c.id)
                .where(*where, rendezvous.c.status == Status.BOOKED, during)
                .order_by(rendezvous.c.starts_at, rendezvous.c.id)
            )
        )

    def booked_ids_in_resource(self, resource_id: UUID, *, after: datetime) -> list[UUID]:
        """Rendezvous still to be held in a room, or with a vehicle, from an instant on."""
        return list(
            self._session.scalars(
                sa.select(rendezvous.c.id)
                .where(
                    sa.or_(
                        rendezvous.c.room_id == resource_id, rendezvous.c.vehicle_id == resource_id
                    ),
                    rendezvous.c.starts_at >= after,
                    rendezvous.c.status == Status.BOOKED,
                )
                .order_by(rendezvous.c.starts_at, rendezvous.c.id)
            )
        )

    def affected(
        self,
        agent_id: UUID,
        window: Interval,
        *,
        mds: str | None = None,
        after: tuple[datetime, UUID] | None = None,
        limit: int | None = None,
    ) -> list[Seen]:
        """The same, with what decides who sees them; those held in one MDS, those after a place in
        that order."""
        query = (
            _SEEN.where(
                rendezvous.c.id.in_(
                    sa.select(occupation.c.rendezvous_id).where(
                        occupation.c.resource_id == agent_id,
                        ~occupation.c.overridden,
                        occupation.c.during.op("&&")(sa.func.tstzrange(window.start, window.end)),
                    )
                ),
                rendezvous.c.starts_at < window.end,
                rendezvous.c.ends_at > window.start,
                rendezvous.c.status == Status.BOOKED,
            )
            .order_by(rendezvous.c.starts_at, rendezvous.c.id)
            .limit(limit)
        )
        if mds is not None:
            query = query.where(rendezvous.c.mds == mds)
        if after is not None:
            query = query.where(sa.tuple_(rendezvous.c.starts_at, rendezvous.c.id) > after)
        return [_as_seen(row) for row in self._session.execute(query)]

    def minutes_booked(
        self, agent_ids: Collection[UUID], first_day: date, last_day: date
    ) -> dict[UUID, int]:
        """Minutes of rendezvous, not cancelled, of each of these agents over Paris days."""
        values = {"agents": list(agent_ids), "first": first_day, "last": last_day}
        rows = self._session.connection().exec_driver_sql(_MINUTES_BOOKED, values)
        return {row.agent_id: row.minutes for row in rows}

    def of_personne(
        self, personne_id: UUID, *, before: tuple[datetime, UUID] | None, limit: int
    ) -> list[Seen]:
        """A personne's rendezvous, latest first, after a place in that order."""
        wanted = [rendezvous.c.personne_ids.contains(sa.cast([personne_id], _UUIDS))]
        if before is not None:
            place = sa.tuple_(rendezvous.c.starts_at, rendezvous.c.id)
            wanted.append(place < sa.tuple_(*before))
        rows = self._session.execute(
            _SEEN_WHOLE.where(*wanted)
            .order_by(rendezvous.c.starts_at.desc(), rendezvous.c.id.desc())
            .limit(limit)
        )
        return [_as_seen(row) for row in rows]

    def has_a_part(self, agent_id: UUID, personne_id: UUID) -> bool:
        """Whether an agent holds a rendezvous of a personne, or is the référent of a dossier."""
        theirs = sa.cast([personne_id], _UUIDS)
        held = sa.exists().where(
            rendezvous.c.personne_ids.contains(theirs),
            rendezvous.c.agent_ids.contains(sa.cast([agent_id], _UUIDS)),
        )
        followed = sa.exists().where(
            dossier.c.referent_agent_id == agent_id, dossier.c.personne_ids.contains(theirs)
        )
        return bool(self._session.scalar(sa.select(sa.or_(held, followed))))

    def to_come_of_personne(self, personne_id: UUID, *, after: datetime) -> list[Rendezvous]:
        """What is booked for a personne after an instant, locked in one order."""
        rows = self._session.execute(
            sa.select(rendezvous)
            .where(
                rendezvous.c.personne_ids.contains(sa.cast([personne_id], _UUIDS)),
                rendezvous.c.status == Status.BOOKED,
                rendezvous.c.starts_at > after,
            )
            .order_by(rendezvous.c.id)
            .with_for_update()
        )
        return [as_rendezvous(row) for row in rows]

    def _update(self, saving: sa.Update, rendezvous_id: UUID, values: dict[str, Any]) -> None:
        # Over the connection: the session would look for mapped objects to refresh.
        self._session.connection().execute(saving, {"rendezvous_id": rendezvous_id, **values})

    def _list(self, *wanted: sa.ColumnElement[bool]) -> list[Rendezvous]:
        rows = self._session.execute(
            sa.select(rendezvous).where(*wanted).order_by(rendezvous.c.starts_at, rendezvous.c.id)
        )
        return [as_rendezvous(row) for row in rows]


def _as_row(item: Rendezvous) -> dict[str, Any]:
    row = vars(item) | vars(item.place) | {"held_on": item.held_on}
    del row["place"]
    return row | _lists(row)


def _lists(row: dict[str, Any]) -> dict[str, Any]:
    return {name: list(row[name]) for name in ("agent_ids", "personne_ids")}


def place_in(values: dict[str, Any]) -> Place:
    """Take the columns of a place out of those of a row."""
    taken = {name: values.pop(name) for name in _PLACE}
    return Place(**taken | {"agent_ids": tuple(taken["agent_ids"])})


def _as_seen(row: sa.Row[Any]) -> Seen:
    values = dict(row._mapping)
    referent_id, known = values.pop("referent_id"), values.pop("personnes") or ()
    personnes = {one.personne_id: one for one in map(as_personne, known)}
    said = values.pop("instructions", None)
    return Seen(
        rendezvous=revive(values), referent_id=referent_id, personnes=personnes, instructions=said
    )


def _as_told(row: sa.Row[Any]) -> Told:
    values = dict(row._mapping)
    said = values.pop("instructions") or ""
    return Told(rendezvous=revive(values), instructions=said)


def as_rendezvous(row: sa.Row[Any]) -> Rendezvous:
    """A row as the domain sees it."""
    return revive(dict(row._mapping))


def revive(values: dict[str, Any]) -> Rendezvous:
    """The columns of a row as the domain sees them."""
    del values["held_on"]
    codes = {name: _code(kind, values[name]) for name, kind in _CODES.items()}
    return Rendezvous(
        place=place_in(values),
        **values | codes | {"personne_ids": tuple(values["personne_ids"])},
    )


def _code(kind: type[StrEnum], value: str | None) -> Any:
    return None if value is None else kind(value)
