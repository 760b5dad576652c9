"""Engines for the green api process and for plain threads, with limits that fail fast.

psycopg2 is named in full: SQLAlchemy 2.1's default driver (psycopg 3) blocks the eventlet hub
while it waits (docs/decisions/0002). Limits: 5 s a statement, 4 s a lock, 15 s idle in a
transaction, 15 s for a dead peer, on both sides: a lost relay gives its leadership back. Only
prepared.py prepares statements, to be planned once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from chassis.driver import BeginningConnection

_SERVER_OPTIONS = (
    "-c statement_timeout=5s -c lock_timeout=4s"
    " -c idle_in_transaction_session_timeout=15s -c timezone=UTC -c jit=off"
    " -c plan_cache_mode=force_generic_plan"
    " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"
)
#: libpq parameters of every connection.
CONNECT_ARGS: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 15000,
    "options": _SERVER_OPTIONS,
}


def technical_time() -> sa.ColumnElement[datetime]:
    """Real time as the server has it, one clock for every process: for leases, never for a fact."""
    return sa.func.clock_timestamp(type_=sa.DateTime(timezone=True))


def sqlalchemy_url(libpq_url: str) -> str:
    """The same URL with its driver spelled out."""
    return "postgresql+psycopg2://" + libpq_url.partition("://")[2]


def new_engine(
    libpq_url: str, *, pool_size: int, application: str, patience: float = 2
) -> sa.Engine:
    """A pooled engine: never more than `pool_size` connections, `patience` seconds to get one."""
    return sa.create_engine(
        sqlalchemy_url(libpq_url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=patience,
        pool_recycle=1800,
        pool_pre_ping=False,
        pool_use_lifo=True,
        query_cache_size=1500,
        executemany_mode="values_plus_batch",
        hide_parameters=True,
        # No column is one; asking for its number opens a transaction at each connection.
        use_native_hstore=False,
        connect_args=CONNECT_ARGS
        | {"application_name": application, "connection_factory": BeginningConnection},
    )


def one_shot_engine(libpq_url: str) -> sa.Engine:
    """An engine for a command that runs once: no pool, no statement limit."""
    return sa.create_engine(sqlalchemy_url(libpq_url), poolclass=NullPool)
