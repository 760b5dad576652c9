"""The statements some work sends, to be sent again by a reference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

#: The statements of one transaction, with their parameters.
Request = list[tuple[str, Any]]


def record(engine: sa.Engine, work: Callable[[], None]) -> list[Request]:
    """The statements `work` sends, transaction by transaction."""
    transactions: list[Request] = [[]]

    def sent(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        transactions[-1].append((statement, parameters))

    def committed(_: Any) -> None:
        transactions.append([])

    sa.event.listen(engine, "before_cursor_execute", sent)
    sa.event.listen(engine, "commit", committed)
    try:
        work()
    finally:
        sa.event.remove(engine, "before_cursor_execute", sent)
        sa.event.remove(engine, "commit", committed)
    return [transaction for transaction in transactions if transaction]
