"""The books of one service, which must describe one moment."""

from __future__ import annotations

from uuid import uuid4

import sqlalchemy as sa

from chassis.testing import deliver
from chassis.traffic import report


def _increment(runtime, counter, version):
    return deliver(
        runtime,
        "compteur",
        "incremented.v1",
        aggregate=("compteur", counter),
        version=version,
        data={"compteur_id": counter, "value": version},
    )


def test_applied_and_waiting_are_counted(service_runtime):
    runtime = service_runtime("miroir")
    counter = uuid4()
    _increment(runtime, counter, 1)
    _increment(runtime, counter, 3)

    with runtime.unit_of_work() as uow:
        books = report(runtime, uow)

    assert books["applied"] == {"compteur/compteur": 1}
    assert books["inbox_waiting"] == 1
    assert books["outbox_pending"] == 0
    assert ["compteur", "compteur"] in books["follows"]


def test_an_empty_service_has_empty_books(service_runtime):
    runtime = service_runtime("miroir")

    with runtime.unit_of_work() as uow:
        books = report(runtime, uow)

    assert books["published"] == {}
    assert books["applied"] == {}
    assert books["duplicates"] == 0


def test_the_books_are_read_in_one_statement(service_runtime):
    runtime = service_runtime("miroir")
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_):
        if "traffic" in statement or "outbox" in statement or "inbox" in statement:
            statements.append(statement)

    sa.event.listen(runtime.engine, "before_cursor_execute", note)
    try:
        with runtime.unit_of_work() as uow:
            report(runtime, uow)
    finally:
        sa.event.remove(runtime.engine, "before_cursor_execute", note)

    assert len(statements) == 1
