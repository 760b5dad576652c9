"""Lines of an import that are done, tries that leave no trace, and rows read out in a stream."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis.locks import lock_resources
from services.rendezvous.domain.errors import OpeningOverlaps
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.domain.planning import AbsenceKind
from services.rendezvous.domain.transfer import Entry, Transferred
from services.rendezvous.persistence.occupations import lock_names
from services.rendezvous.persistence.tables import absence, import_line, opening, rendezvous

_TABLES = {
    Transferred.OPENINGS: opening,
    Transferred.ABSENCES: absence,
    Transferred.RENDEZVOUS: rendezvous,
}
#: Rows held in memory at once by an export.
_STREAM = 500


class Transfers:
    """Imports and exports."""

    def __init__(self, session: Session) -> None:
        self._session = session

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

    def known(self, kind: Transferred, references: Collection[str]) -> set[str]:
        """Those of these references that an import brought, from whatever file."""
        query = sa.select(import_line.c.reference).where(
            import_line.c.kind == kind, import_line.c.reference.in_(references)
        )
        return {str(found) for found in self._session.scalars(query)}

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """What fails inside leaves no trace, and the transaction goes on."""
        try:
            with self._session.begin_nested():
                yield
        except IntegrityError as error:
            diagnosis = getattr(error.orig, "diag", None)
            if getattr(diagnosis, "constraint_name", None) != "ex_opening_one_site_at_a_time":
                raise
            raise OpeningOverlaps() from None

    def note(
        self, digest: str, kind: Transferred, made: Sequence[tuple[Entry, UUID]], at: datetime
    ) -> None:
        """Remember that lines are done, and what they became."""
        rows = [
            {
                "file_digest": digest,
                "line": entry.line,
                "kind": kind,
                "reference": entry.reference,
                "target_id": target_id,
                "imported_at": at,
            }
            for entry, target_id in made
        ]
        if rows:
            self._session.execute(sa.insert(import_line), rows)

    def rows(self, kind: Transferred, window: Interval) -> Iterator[dict[str, Any]]:
        """Everything that starts in a window, by start, a few rows in memory at a time."""
        table = _TABLES[kind]
        columns = ", ".join(table.columns.keys())
        theirs = f"AND kind <> '{AbsenceKind.EXTERNAL}'" if kind is Transferred.ABSENCES else ""
        # Declared by hand: SQLAlchemy's own would begin before the BEGIN that travels with it.
        declare = sa.text(
            f"DECLARE transfer NO SCROLL CURSOR FOR SELECT {columns} FROM {table.name}"  # noqa: S608 - our own names
            f" WHERE starts_at >= :start AND starts_at < :end {theirs} ORDER BY starts_at, id"
        )
        self._session.execute(declare, window._asdict())
        fetch = sa.text(f"FETCH {_STREAM} FROM transfer").columns(*table.columns)
        while rows := self._session.execute(fetch).mappings().all():
            yield from map(dict, rows)
        self._session.execute(sa.text("CLOSE transfer"))
