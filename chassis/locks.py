"""Transaction-level advisory locks, always taken in sorted order so that none waits in a circle."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session


def lock_resources(session: Session, resources: Iterable[str], *, shared: bool = False) -> None:
    """Hold every named resource until the transaction ends.

    Take them before the first insert: an exclusion constraint checked by two crossing
    transactions deadlocks, sorted inserts or not. `shared` holders exclude only exclusive ones.
    """
    lock = sa.func.pg_advisory_xact_lock_shared if shared else sa.func.pg_advisory_xact_lock
    keys = sorted({_lock_key(resource) for resource in resources})
    if keys:
        ordered = sa.select(sa.func.unnest(sa.cast(keys, sa.ARRAY(sa.BigInteger))).label("key"))
        session.execute(sa.select(lock(ordered.subquery().c.key)))


def try_lock(session: Session, resource: str) -> bool:
    """Take one resource if nobody holds it, without waiting."""
    return bool(session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(_lock_key(resource)))))


def _lock_key(resource: str) -> int:
    return int.from_bytes(hashlib.blake2b(resource.encode(), digest_size=8).digest(), signed=True)
