"""Connections that begin with their first statement: the transactions they make, and what they
cost in exchanges."""

from __future__ import annotations

from uuid import uuid4

import psycopg2
import psycopg2.extensions
import pytest
import sqlalchemy as sa
from psycopg2.extensions import TRANSACTION_STATUS_IDLE
from psycopg2.extras import execute_values, wait_select

from chassis.database import CONNECT_ARGS
from chassis.driver import BeginningConnection
from chassis.testing import published
from tests.chassis.sample.compteur.events import Incremented
from tests.chassis.sample.miroir.persistence import effect

COUNT = "SELECT count(*) FROM effect"
INSERT = "INSERT INTO effect (compteur_id, value) VALUES (%s, %s)"


@pytest.fixture
def link(miroir):
    """A bare connection of this kind."""
    made = psycopg2.connect(
        miroir.settings.database.app_url, connection_factory=BeginningConnection, **CONNECT_ARGS
    )
    yield made
    made.close()


@pytest.fixture
def seen(miroir):
    """How many rows another transaction sees."""

    def count():
        with miroir.engine.connect() as connection:
            return connection.execute(sa.text(COUNT)).scalar()

    return count


@pytest.fixture
def exchanges():
    """A count of what is sent and waited for: psycopg2 calls back at each exchange."""
    counted = []

    def wait(connection):
        counted.append(connection)
        wait_select(connection)

    psycopg2.extensions.set_wait_callback(wait)
    yield counted
    psycopg2.extensions.set_wait_callback(None)


def insert(link, value=1):
    with link.cursor() as cursor:
        cursor.execute(INSERT, (str(uuid4()), value))


def test_nothing_is_seen_before_the_commit_and_all_after(link, seen):
    insert(link)
    insert(link)
    assert seen() == 0

    link.commit()

    assert seen() == 2
    assert link.get_transaction_status() == TRANSACTION_STATUS_IDLE


def test_a_rollback_takes_back_the_first_statement_too(link, seen):
    insert(link)
    link.rollback()
    link.commit()

    assert seen() == 0


def test_a_first_statement_that_fails_leaves_a_transaction_to_roll_back(link, seen):
    with pytest.raises(psycopg2.Error):
        insert(link, value="pas un nombre")
    with pytest.raises(psycopg2.errors.InFailedSqlTransaction):
        insert(link)
    link.rollback()

    insert(link)
    link.commit()

    assert seen() == 1


def test_what_cannot_even_be_read_leaves_nothing_open(link):
    with link.cursor() as cursor, pytest.raises(psycopg2.errors.SyntaxError):
        cursor.execute("SELEC 1")
    link.rollback()

    assert link.get_transaction_status() == TRANSACTION_STATUS_IDLE


def test_batches_in_bytes_begin_a_transaction_as_well(link, seen):
    rows = [(str(uuid4()), value) for value in range(3)]
    with link.cursor() as cursor:
        execute_values(cursor, "INSERT INTO effect (compteur_id, value) VALUES %s", rows)
    assert seen() == 0

    link.rollback()

    assert seen() == 0


def test_what_would_go_round_the_beginning_is_refused(link):
    with link.cursor() as cursor:
        with pytest.raises(NotImplementedError):
            cursor.executemany("SELECT %s", [(1,)])
        with pytest.raises(NotImplementedError):
            cursor.callproc("now")


def test_a_transaction_costs_its_statements_and_a_commit(link, exchanges):
    insert(link)
    insert(link)
    link.commit()
    link.rollback()

    assert len(exchanges) == 3


def test_a_unit_of_work_commits_in_the_exchange_of_its_last_statement(compteur, exchanges):
    with compteur.engine.connect():
        pass
    exchanges.clear()

    compteur.transaction(lambda uow: uow.publish(Incremented(compteur_id=uuid4(), value=1)))

    assert len(exchanges) == 1
    assert len(published(compteur)) == 1


def test_a_last_statement_that_fails_commits_nothing(miroir, seen):
    row = {"compteur_id": uuid4(), "value": 1}

    def commit(uow):
        uow.session.execute(sa.insert(effect).values(row))
        uow.run_last("SELECT 1 / %s", (0,))
        uow.commit()

    with miroir.unit_of_work() as uow, pytest.raises(sa.exc.DataError):
        commit(uow)

    assert seen() == 0


def test_a_connection_given_back_leaves_no_transaction_open(miroir):
    with miroir.engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
        raw = connection.connection.driver_connection
    assert raw.get_transaction_status() == TRANSACTION_STATUS_IDLE
