"""Series, what single days of them have of their own, and their occurrences in the agenda."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from operator import attrgetter
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session

from chassis.ids import new_id
from chassis.upsert import upsert
from services.rendezvous.domain.planning import Held
from services.rendezvous.domain.serie import Edit, EditKind, Occurrence, Serie, SerieKind
from services.rendezvous.persistence.plannings import as_absence, as_opening
from services.rendezvous.persistence.tables import absence, opening, serie, serie_edit


class Series:
    """Recurring openings and absences. Take the agent's lock before what is read to be changed."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, new: Serie, edits: Collection[Edit] = ()) -> None:
        """Store a series and what some of its days have of their own."""
        self._session.execute(sa.insert(serie).values(_as_row(new)))
        if edits:
            rows = [vars(edit) | {"serie_id": new.id} for edit in edits]
            self._session.execute(sa.insert(serie_edit), rows)

    def get(self, serie_id: UUID, *, to_change: bool = False) -> Serie | None:
        """One series; locked when it is read to be changed."""
        query = sa.select(serie).where(serie.c.id == serie_id)
        row = self._session.execute(query.with_for_update() if to_change else query).one_or_none()
        return _as_serie(row) if row else None

    def save(self, changed: Serie) -> None:
        """Store a change."""
        self._session.execute(
            sa.update(serie).where(serie.c.id == changed.id).values(_as_row(changed))
        )

    def of_agent(self, agent_id: UUID, *, on_or_after: date) -> list[Serie]:
        """An agent's series that have not ended before a day, by their first day."""
        rows = self._session.execute(
            sa.select(serie)
            .where(
                serie.c.agent_id == agent_id,
                sa.or_(serie.c.last_day.is_(None), serie.c.last_day >= on_or_after),
            )
            .order_by(serie.c.first_day, serie.c.id)
        )
        return [_as_serie(row) for row in rows]

    def edits(self, serie_ids: Collection[UUID]) -> dict[UUID, dict[date, Edit]]:
        """What days of these series have of their own, by series and day, in order."""
        found: dict[UUID, dict[date, Edit]] = {serie_id: {} for serie_id in serie_ids}
        rows = self._session.execute(
            sa.select(serie_edit)
            .where(serie_edit.c.serie_id == sa.any_(sa.cast(list(serie_ids), pg.ARRAY(pg.UUID))))
            .order_by(serie_edit.c.serie_id, serie_edit.c.day)
        )
        for row in rows:
            values = dict(row._mapping)
            of = values.pop("serie_id")
            found[of][row.day] = Edit(**values | {"kind": EditKind(row.kind)})
        return found

    def put_edit(self, serie_id: UUID, edit: Edit) -> None:
        """Say what a day has of its own, in place of what was said."""
        upsert(self._session, serie_edit, vars(edit) | {"serie_id": serie_id})

    def drop_edits(self, serie_id: UUID, start: date, end: date | None = None) -> None:
        """Forget what the days from `start` to `end` had of their own."""
        self._session.execute(
            sa.delete(serie_edit).where(
                serie_edit.c.serie_id == serie_id, *_between(serie_edit.c.day, start, end)
            )
        )

    def fill(self, of: Serie, new: Sequence[Occurrence]) -> list[Held]:
        """Put occurrences in the agenda. Answers those that could be: on the other days the agent
        is open on another site."""
        if not new:
            return []
        table, read = _held_in(of)
        statement = pg.insert(table).on_conflict_do_nothing().returning(*table.c)
        rows = [_occurrence_row(of, one) for one in new]
        return _by_time(map(read, self._session.execute(statement, rows)))

    def keep_absences(self, old: Serie, new: Serie, wanted: Sequence[Occurrence]) -> set[date]:
        """Have absences of one series that another wants at the same hours be of that one, the
        rows they are; both are of one agent and kind. Answers their days."""
        if old.kind is SerieKind.OPENING or not wanted:
            return set()
        values = {
            "old": old.id,
            "new": new.id,
            "days": [one.day for one in wanted],
            "starts": [one.during.start for one in wanted],
            "ends": [one.during.end for one in wanted],
            "edits": [one.edited for one in wanted],
        }
        found = self._session.connection().exec_driver_sql(_KEEP, values)
        return {row.occurrence_on for row in found}

    def clear(
        self, of: Serie, start: date, end: date | None = None, *, but: Collection[date] = ()
    ) -> list[Held]:
        """Take the occurrences from `start` to `end` out of the agenda, those of some days
        excepted; answers them."""
        table, read = _held_in(of)
        days = _between(table.c.occurrence_on, start, end)
        rows = self._session.execute(
            sa.delete(table)
            .where(table.c.serie_id == of.id, *days, table.c.occurrence_on.not_in(but))
            .returning(*table.c)
        )
        return _by_time(map(read, rows))


_KEEP = """
    UPDATE absence SET serie_id = %(new)s::uuid, edited = wanted.edited
    FROM unnest(%(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[],
                %(edits)s::boolean[]) AS wanted(day, starts_at, ends_at, edited)
    WHERE absence.serie_id = %(old)s::uuid AND absence.occurrence_on = wanted.day
      AND absence.starts_at = wanted.starts_at AND absence.ends_at = wanted.ends_at
    RETURNING occurrence_on
"""


def _by_time(found: Iterable[Held]) -> list[Held]:
    return sorted(found, key=attrgetter("starts_at"))


def _between(
    column: sa.Column[Any], start: date, end: date | None
) -> tuple[sa.ColumnElement[bool], ...]:
    return (column >= start, *([column <= end] if end is not None else []))


def _held_in(of: Serie) -> tuple[sa.Table, Callable[[sa.Row[Any]], Held]]:
    """The table its occurrences are in, and how a row of it is read."""
    return (opening, as_opening) if of.kind is SerieKind.OPENING else (absence, as_absence)


def _occurrence_row(of: Serie, one: Occurrence) -> dict[str, Any]:
    common = {
        "id": new_id(),
        "agent_id": of.agent_id,
        "starts_at": one.during.start,
        "ends_at": one.during.end,
        "serie_id": of.id,
        "occurrence_on": one.day,
        "edited": one.edited,
    }
    if of.kind is not SerieKind.OPENING:
        return common | {"kind": of.kind.value}
    codes = {"kinds": sorted(of.kinds), "motifs": sorted(of.motifs)}
    return common | codes | {"site": one.site, "mds": one.mds}


def _as_row(item: Serie) -> dict[str, Any]:
    return vars(item) | {"kinds": sorted(item.kinds), "motifs": sorted(item.motifs)}


def _as_serie(row: sa.Row[Any]) -> Serie:
    codes = {"kinds": frozenset(row.kinds), "motifs": frozenset(row.motifs)}
    return Serie(**{**row._mapping, **codes, "kind": SerieKind(row.kind)})
