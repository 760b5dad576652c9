"""A statement planned once per connection, whatever becomes of the transactions it runs in."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from chassis.prepared import Prepared

LATER = Prepared(
    "later",
    "SELECT count(*), max(one) + %(by)s FROM unnest(%(of)s) AS one WHERE one IS NOT NULL",
    {"of": "interval[]", "by": "interval"},
)
KNOWN = "SELECT name, generic_plans > 0, custom_plans FROM pg_prepared_statements"
HOUR = timedelta(hours=1)


@pytest.fixture
def connection(miroir):
    with miroir.engine.connect() as connection:
        yield connection


def later(connection, *of):
    return tuple(LATER.run(connection, {"of": list(of), "by": HOUR}).one())


def test_is_planned_once_for_any_values(connection):
    assert later(connection, HOUR, 3 * HOUR) == (2, 4 * HOUR)
    assert later(connection) == (0, None)

    assert connection.execute(sa.text(KNOWN)).all() == [("later", True, 0)]


def test_outlives_the_transaction_that_failed_after_it(connection):
    later(connection)
    with pytest.raises(sa.exc.DBAPIError):
        connection.exec_driver_sql("SELECT 1 / 0")
    connection.rollback()

    assert later(connection, HOUR) == (1, 2 * HOUR)


def test_a_connection_that_replaces_a_lost_one_learns_it_anew(miroir):
    with miroir.engine.connect() as first:
        later(first)
        first.invalidate()
    with miroir.engine.connect() as second:
        assert later(second, HOUR) == (1, 2 * HOUR)


def test_a_statement_that_could_not_be_prepared_is_not_taken_for_known(connection):
    wrong = Prepared("wrong", "SELECT * FROM pas_encore WHERE n = %(n)s", {"n": "int"})
    for _ in range(2):
        with pytest.raises(sa.exc.ProgrammingError, match="pas_encore"):
            wrong.run(connection, {"n": 1})
        connection.rollback()
