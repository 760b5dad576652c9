"""psycopg2 connections whose BEGIN and COMMIT travel with statements: two exchanges less each.

psycopg2 sends BEGIN apart, before the first statement of a transaction, and COMMIT apart, after
the last. Each is an exchange that costs both processes a switch and does nothing else. Here BEGIN
goes in the message of the first statement; a last message that ends in COMMIT is not followed by
another. Nothing else changes: a transaction still begins by itself with the first statement, and
whether one is open is asked of libpq, which has it from the server's own answers, so that no flag
of ours can be wrong.
"""

from __future__ import annotations

from typing import Any

from psycopg2.extensions import TRANSACTION_STATUS_IDLE, connection, cursor

_BEGIN = "BEGIN;"
_ROUND = "passerait à côté de BEGIN : appelez execute"


class BeginningCursor(cursor):
    """Begins the transaction of its connection with the first statement.

    `executemany` and `callproc` would go round it: they are refused (SQLAlchemy sends its batches
    through `execute`).
    """

    def execute(self, query: Any, vars: Any = None) -> None:  # noqa: A002 - psycopg2's own name
        if self.connection.get_transaction_status() == TRANSACTION_STATUS_IDLE:
            query = _BEGIN.encode() + query if isinstance(query, bytes) else _BEGIN + query
        super().execute(query, vars)

    def executemany(self, *_: Any) -> None:
        raise NotImplementedError(_ROUND)

    def callproc(self, *_: Any) -> None:
        raise NotImplementedError(_ROUND)


class BeginningConnection(connection):
    """To psycopg2 it is in autocommit; its users find the transactions they are used to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        super().set_session(autocommit=True)
        self.cursor_factory = BeginningCursor

    def commit(self) -> None:
        self._end("COMMIT")

    def rollback(self) -> None:
        self._end("ROLLBACK")

    def _end(self, how: str) -> None:
        if self.get_transaction_status() != TRANSACTION_STATUS_IDLE:
            with super().cursor(cursor_factory=cursor) as plain:
                plain.execute(how)
