"""Transaction-level advisory locks, always taken in sorted order so that none waits in a circle."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from sqlalchemy.orm import Session

#: `unnest` answers in the order of its array.
_LOCK = "SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key"
_LOCK_SHARED = "SELECT pg_advisory_xact_lock_shared(key) FROM unnest(%s::bigint[]) AS key"
_TRY_LOCK = "SELECT pg_try_advisory_xact_lock(%s)"


def lock_resources(session: Session, resources: Iterable[str], *, shared: bool = False) -> None:
    """Hold every named resource until the transaction ends.

    Take them before the first insert: an exclusion constraint checked by two crossing
    transactions deadlocks, sorted inserts or not. `shared` holders exclude only exclusive ones.
    """
    keys = sorted({lock_key(resource) for resource in resources})
    if keys:
        statement = _LOCK_SHARED if shared else _LOCK
        session.connection().exec_driver_sql(statement, (keys,))


def try_lock(session: Session, resource: str) -> bool:
    """Take one resource if nobody holds it, without waiting."""
    key = (lock_key(resource),)
    return bool(session.connection().exec_driver_sql(_TRY_LOCK, key).scalar())


def lock_key(resource: str) -> int:
    """The 64-bit number PostgreSQL knows a resource by."""
    return int.from_bytes(hashlib.blake2b(resource.encode(), digest_size=8).digest(), signed=True)
