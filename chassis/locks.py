"""Transaction-level advisory locks, always taken in sorted order so that none waits in a circle."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from sqlalchemy.orm import Session

#: `unnest` answers in the order of its array.
_LOCK = "SELECT pg_advisory_xact_lock(key) FROM unnest(%(keys)s::bigint[]) AS key"
_LOCK_SHARED = "SELECT pg_advisory_xact_lock_shared(key) FROM unnest(%(keys)s::bigint[]) AS key"
#: Before another statement with named parameters, to lock and read in one exchange: each statement
#: sees what was committed when it starts, the second hence all that was done under the locks.
#: `keys`: what `lock_keys` answers.
LOCK_THEN = f"{_LOCK};"
_TRY_LOCK = "SELECT pg_try_advisory_xact_lock(%s)"


def lock_resources(session: Session, resources: Iterable[str], *, shared: bool = False) -> None:
    """Hold every named resource until the transaction ends.

    Take them before the first insert: an exclusion constraint checked by two crossing
    transactions deadlocks, sorted inserts or not. `shared` holders exclude only exclusive ones.
    """
    keys = lock_keys(resources)
    if keys:
        statement = _LOCK_SHARED if shared else _LOCK
        session.connection().exec_driver_sql(statement, {"keys": keys})


def lock_keys(resources: Iterable[str]) -> list[int]:
    """The numbers of these resources, in the one order everybody takes them."""
    return sorted({lock_key(resource) for resource in resources})


def try_lock(session: Session, resource: str) -> bool:
    """Take one resource if nobody holds it, without waiting."""
    key = (lock_key(resource),)
    return bool(session.connection().exec_driver_sql(_TRY_LOCK, key).scalar())


def lock_key(resource: str) -> int:
    """The 64-bit number PostgreSQL knows a resource by."""
    return int.from_bytes(hashlib.blake2b(resource.encode(), digest_size=8).digest(), signed=True)
