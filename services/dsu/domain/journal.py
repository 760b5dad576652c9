"""The journal of reads: one chain of keyed digests per dossier, so that any alteration shows.

Each row's HMAC-SHA-256 covers its content and the digest before it; the head, sealed too, tells
how many rows there must be. Whoever lacks the service's keys can change, remove or swap a row,
not make the chain hold. Someone who put back an older copy of *all* rows and of the head at once
would not show: that is what the database's backups and write-ahead log are for.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import count
from uuid import UUID

_ROW = b"dsu.reading.row"
_HEAD = b"dsu.reading.head"
GENESIS = ""


class Fault(StrEnum):
    """What is wrong with a chain, at the first bad row."""

    ALTERED = "ALTERED"
    MISSING = "MISSING"
    UNEXPECTED = "UNEXPECTED"
    HEAD = "HEAD"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One read, before it has a place in a chain. `at` is trade time."""

    dossier_id: UUID
    at: datetime
    agent_id: UUID | None
    subject: str
    roles: str
    quality: str
    purpose: str | None
    what: str
    matrix_version: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """One read in its chain."""

    entry: Entry
    seq: int
    key_id: str
    mac: str


@dataclass(frozen=True, kw_only=True)
class Head:
    """How far a chain goes, sealed."""

    seq: int
    row_mac: str
    key_id: str
    mac: str


@dataclass(frozen=True, kw_only=True)
class BadRow:
    """The first row that does not hold, and why."""

    seq: int
    fault: Fault


@dataclass(frozen=True, kw_only=True)
class Sealer:
    """Seals rows under the current key; checks under the key each names."""

    keys: Mapping[str, bytes]
    current: str

    def row(self, entry: Entry, *, seq: int, previous: str) -> Row:
        """The next row of a chain whose last digest is `previous`."""
        mac = self._row_mac(self.current, entry, seq, previous)
        return Row(entry=entry, seq=seq, key_id=self.current, mac=mac)

    def head(self, dossier_id: UUID, row: Row) -> Head:
        """The head of a chain that ends with `row`."""
        mac = self._head_mac(self.current, dossier_id, row.seq, row.mac)
        return Head(seq=row.seq, row_mac=row.mac, key_id=self.current, mac=mac)

    def holds(self, row: Row, *, previous: str) -> bool:
        """Whether a row is as it was written, after that digest."""
        if row.key_id not in self.keys:
            return False
        expected = self._row_mac(row.key_id, row.entry, row.seq, previous)
        return hmac.compare_digest(expected, row.mac)

    def head_holds(self, dossier_id: UUID, head: Head) -> bool:
        """Whether a head is as it was written."""
        if head.key_id not in self.keys:
            return False
        expected = self._head_mac(head.key_id, dossier_id, head.seq, head.row_mac)
        return hmac.compare_digest(expected, head.mac)

    def _row_mac(self, key_id: str, entry: Entry, seq: int, previous: str) -> str:
        content: list[str | int | None] = [
            str(entry.dossier_id),
            seq,
            entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
            str(entry.agent_id) if entry.agent_id else None,
            entry.subject,
            entry.roles,
            entry.quality,
            entry.purpose,
            entry.what,
            entry.matrix_version,
            key_id,
            previous,
        ]
        return self._mac(key_id, _ROW, content)

    def _head_mac(self, key_id: str, dossier_id: UUID, seq: int, row_mac: str) -> str:
        return self._mac(key_id, _HEAD, [str(dossier_id), seq, row_mac, key_id])

    def _mac(self, key_id: str, purpose: bytes, content: list[str | int | None]) -> str:
        subkey = hmac.new(self.keys[key_id], purpose, hashlib.sha256).digest()
        message = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        return hmac.new(subkey, message, hashlib.sha256).hexdigest()


def first_bad(
    dossier_id: UUID, rows: Iterable[Row], head: Head | None, *, sealer: Sealer
) -> BadRow | None:
    """The first row that was altered, removed, added or swapped; None when all hold.

    `rows` come in the order of their `seq`. A swap shows at the earlier of the two rows, a
    removal at the number that is missing, a removal at the end by the head.
    """
    previous, last = GENESIS, 0
    for expected, row in zip(count(1), rows, strict=False):
        if row.seq != expected:
            return BadRow(seq=expected, fault=Fault.MISSING)
        if row.entry.dossier_id != dossier_id or not sealer.holds(row, previous=previous):
            return BadRow(seq=expected, fault=Fault.ALTERED)
        previous, last = row.mac, row.seq
    return _check_head(dossier_id, head, sealer, last=last, last_mac=previous)


def _check_head(
    dossier_id: UUID, head: Head | None, sealer: Sealer, *, last: int, last_mac: str
) -> BadRow | None:
    if head is None:
        return BadRow(seq=last, fault=Fault.HEAD) if last else None
    if not sealer.head_holds(dossier_id, head):
        return BadRow(seq=last, fault=Fault.HEAD)
    if head.seq > last:
        return BadRow(seq=last + 1, fault=Fault.MISSING)
    if head.seq < last:
        return BadRow(seq=head.seq + 1, fault=Fault.UNEXPECTED)
    return (
        None if hmac.compare_digest(head.row_mac, last_mac) else BadRow(seq=last, fault=Fault.HEAD)
    )
