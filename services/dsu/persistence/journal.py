"""The journal of reads in the database: appended under the lock of each dossier's head."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session

from chassis.crypto import Keyring
from chassis.upsert import upsert
from services.dsu.domain.journal import (
    GENESIS,
    BadRow,
    Entry,
    Head,
    Row,
    Sealer,
    first_bad,
)
from services.dsu.persistence.tables import reading, reading_head

_FIELDS = (
    "dossier_id",
    "at",
    "agent_id",
    "subject",
    "roles",
    "quality",
    "purpose",
    "what",
    "matrix_version",
)
_FETCH = 500


class Journal:
    """Appends and verifies chains; no lock is shared by two dossiers."""

    def __init__(self, session: Session, keyring: Keyring) -> None:
        self._session = session
        self._sealer = Sealer(keys=keyring.keys, current=keyring.current)

    def append(self, entries: Sequence[Entry]) -> None:
        """Add one read to the chain of each entry's dossier (each dossier once)."""
        if not entries:
            return
        heads = self._lock_heads(sorted({entry.dossier_id for entry in entries}))
        rows = [self._next(entry, heads[entry.dossier_id]) for entry in entries]
        self._session.execute(sa.insert(reading), [_row_values(row) for row in rows])
        self._move_heads(rows)

    def page(self, dossier_id: UUID, *, after: int, limit: int) -> list[dict[str, Any]]:
        """Reads of a dossier from the one that follows `after`."""
        found = self._session.execute(
            sa.select(reading)
            .where(reading.c.dossier_id == dossier_id, reading.c.seq > after)
            .order_by(reading.c.seq)
            .limit(limit)
        )
        return [dict(row) for row in found.mappings()]

    def length(self, dossier_id: UUID) -> int:
        """How many reads are there."""
        query = sa.select(sa.func.count()).where(reading.c.dossier_id == dossier_id)
        return int(self._session.scalar(query) or 0)

    def verify(self, dossier_id: UUID) -> BadRow | None:
        """The first bad row of a dossier's chain, or None. Holds the chain still meanwhile."""
        head = self._session.execute(
            sa.select(reading_head).where(reading_head.c.dossier_id == dossier_id).with_for_update()
        ).one_or_none()
        return first_bad(dossier_id, self._rows(dossier_id), _head(head), sealer=self._sealer)

    def _rows(self, dossier_id: UUID) -> Iterator[Row]:
        after = -(2**31)
        while True:
            page = self.page(dossier_id, after=after, limit=_FETCH)
            for values in page:
                entry = Entry(**{name: values[name] for name in _FIELDS})
                yield Row(
                    entry=entry, seq=values["seq"], key_id=values["key_id"], mac=values["mac"]
                )
            if len(page) < _FETCH:
                return
            after = page[-1]["seq"]

    def _lock_heads(self, dossier_ids: Sequence[UUID]) -> dict[UUID, tuple[int, str]]:
        """(last seq, last digest) of each chain, locked in sorted order."""
        fresh = [
            {"dossier_id": key, "seq": 0, "row_mac": GENESIS, "key_id": "", "mac": ""}
            for key in dossier_ids
        ]
        self._session.execute(pg.insert(reading_head).values(fresh).on_conflict_do_nothing())
        locked = self._session.execute(
            sa.select(reading_head.c.dossier_id, reading_head.c.seq, reading_head.c.row_mac)
            .where(reading_head.c.dossier_id.in_(dossier_ids))
            .order_by(reading_head.c.dossier_id)
            .with_for_update()
        )
        return {row.dossier_id: (row.seq, row.row_mac) for row in locked}

    def _next(self, entry: Entry, head: tuple[int, str]) -> Row:
        seq, previous = head
        return self._sealer.row(entry, seq=seq + 1, previous=previous)

    def _move_heads(self, rows: Sequence[Row]) -> None:
        values = []
        for row in rows:
            head = self._sealer.head(row.entry.dossier_id, row)
            values.append(
                {
                    "dossier_id": row.entry.dossier_id,
                    "seq": head.seq,
                    "row_mac": head.row_mac,
                    "key_id": head.key_id,
                    "mac": head.mac,
                }
            )
        upsert(self._session, reading_head, *values)


def _row_values(row: Row) -> dict[str, Any]:
    values = {name: getattr(row.entry, name) for name in _FIELDS}
    return values | {"seq": row.seq, "key_id": row.key_id, "mac": row.mac}


def _head(row: Any) -> Head | None:
    if row is None:
        return None
    return Head(seq=row.seq, row_mac=row.row_mac, key_id=row.key_id, mac=row.mac)
