"""Lines of an import that are done, tries that leave no trace, and rows read out in a stream."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis.clock import paris_day
from chassis.errors import DomainError
from chassis.locks import lock_resources
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.domain.planning import AbsenceKind
from services.rendezvous.domain.transfer import Entry, Transferred, id_in
from services.rendezvous.persistence.occupations import lock_names
from services.rendezvous.persistence.tables import (
    absence,
    import_line,
    opening,
    rendezvous,
    resource,
    serie,
)

#: Rows held in memory at once by an export.
_STREAM = 500


@dataclass(frozen=True, kw_only=True)
class _Out:
    """What an export reads: a table, which rows in what order, and what is said otherwise than
    its columns do (by name, an expression and its type)."""

    table: sa.Table
    where: str = "starts_at >= :start AND starts_at < :end"
    order: str = "starts_at, id"
    also: Mapping[str, tuple[str, Any]] = field(default_factory=dict)

    @property
    def statement(self) -> str:
        """The rows, by their plain columns, then by what is computed."""
        computed = (f"{sql} AS {name}" for name, (sql, _) in self.also.items())
        columns = [*(column.name for column in self._plain), *computed]
        return (
            f"SELECT {', '.join(columns)} FROM {self.table.name}"  # noqa: S608 - our own names
            f" WHERE {self.where} ORDER BY {self.order}"
        )

    @property
    def columns(self) -> list[sa.ColumnClause[Any]]:
        """The same, typed."""
        return [*self._plain, *(sa.column(name, kind) for name, (_, kind) in self.also.items())]

    @property
    def _plain(self) -> list[sa.Column[Any]]:
        return [column for column in self.table.columns if column.name not in self.also]


_SERIE = {"serie": ("serie_id", pg.UUID)}
_EDITS = """(
    SELECT jsonb_agg(to_jsonb(e) - 'serie_id' - 'mds' ORDER BY e.day)
    FROM serie_edit e WHERE e.serie_id = serie.id
)"""
_PARTICIPATIONS = """(
    SELECT jsonb_agg(to_jsonb(p) - 'rendezvous_id' ORDER BY p.personne_id)
    FROM participation p WHERE p.rendezvous_id = rendezvous.id
)"""
#: Those of a collective one are in its participations.
_PERSONNES = "CASE WHEN capacity = 1 THEN personne_ids ELSE '{}' END"
_EXPORTS: Mapping[Transferred, _Out] = {
    Transferred.RESOURCES: _Out(table=resource, where="true", order="site, kind, name"),
    # All that began: what an occurrence, or a series that goes on, refers to is there.
    Transferred.SERIES: _Out(
        table=serie,
        where="first_day <= :last_day",
        order="first_day, id",
        also={
            # What an import is told is filled, it looks for in the files of openings and absences.
            "filled_to": ("least(filled_to, :last_day)", sa.Date),
            "continues": ("continues_id", pg.UUID),
            "edits": (_EDITS, pg.JSONB),
        },
    ),
    Transferred.OPENINGS: _Out(table=opening, also=_SERIE),
    Transferred.ABSENCES: _Out(
        table=absence,
        where=f"starts_at >= :start AND starts_at < :end AND kind <> '{AbsenceKind.EXTERNAL}'",
        also=_SERIE,
    ),
    # Those that pass over another come after it, as they did.
    Transferred.RENDEZVOUS: _Out(
        table=rendezvous,
        order="override_reason IS NOT NULL, starts_at, id",
        also={
            "personne_ids": (_PERSONNES, pg.ARRAY(pg.UUID)),
            "participations": (_PARTICIPATIONS, pg.JSONB),
        },
    ),
}


class Transfers:
    """Imports and exports. `constraints`: what a row the database refuses is refused for."""

    def __init__(self, session: Session, constraints: Mapping[str, type[DomainError]]) -> None:
        self._session = session
        self._constraints = constraints

    def lock(self, resource_ids: Collection[UUID]) -> None:
        """Everything a batch may take, in one round with the rest of the service; and one batch of
        one import at a time: two runs of a file never do a line twice."""
        lock_resources(self._session, ["import", *lock_names(resource_ids)])

    def done(self, digest: str, lines: Collection[int]) -> set[int]:
        """Those of these lines of a file that are done."""
        query = sa.select(import_line.c.line).where(
            import_line.c.file_digest == digest, import_line.c.line.in_(lines)
        )
        return set(self._session.scalars(query))

    def known(self, kind: Transferred, references: Collection[str]) -> dict[str, UUID]:
        """Those of these references that are here, and by which id: an import brought them, from
        whatever file, or they are ids of this very installation."""
        table = _EXPORTS[kind].table
        ids = [one for one in map(id_in, references) if one is not None]
        here = self._session.scalars(sa.select(table.c.id).where(table.c.id.in_(ids)))
        query = sa.select(import_line.c.reference, import_line.c.target_id).where(
            import_line.c.kind == kind, import_line.c.reference.in_(references)
        )
        brought = {str(row.reference): row.target_id for row in self._session.execute(query)}
        return {str(one): one for one in here} | brought

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """What fails inside leaves no trace, and the transaction goes on."""
        try:
            with self._session.begin_nested():
                yield
        except IntegrityError as error:
            diagnosis = getattr(error.orig, "diag", None)
            refusal = self._constraints.get(getattr(diagnosis, "constraint_name", None) or "")
            if refusal is None:
                raise
            raise refusal() from None

    def note(
        self, digest: str, kind: Transferred, entry: Entry, target_id: UUID, at: datetime
    ) -> None:
        """Remember that a line is done, and what it became: a later one may refer to it."""
        self._session.execute(
            sa.insert(import_line).values(
                file_digest=digest,
                line=entry.line,
                kind=kind,
                reference=entry.reference,
                target_id=target_id,
                imported_at=at,
            )
        )

    def rows(self, kind: Transferred, window: Interval) -> Iterator[dict[str, Any]]:
        """Everything that starts in a window of whole Paris days, a few rows in memory at a time;
        rooms, vehicles and series, all there are by its end."""
        out = _EXPORTS[kind]
        # Declared by hand: SQLAlchemy's own would begin before the BEGIN that travels with it.
        declare = sa.text(f"DECLARE transfer NO SCROLL CURSOR FOR {out.statement}")
        last_day = paris_day(window.end) - timedelta(days=1)
        self._session.execute(declare, window._asdict() | {"last_day": last_day})
        fetch = sa.text(f"FETCH {_STREAM} FROM transfer").columns(*out.columns)
        while rows := self._session.execute(fetch).mappings().all():
            yield from map(dict, rows)
        self._session.execute(sa.text("CLOSE transfer"))
