"""A row is written whether or not it is there, and only what is given changes."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from chassis.database import one_shot_engine
from chassis.upsert import upsert
from tests.support.servers import postgresql_url

TABLE = sa.Table(
    "essai",
    sa.MetaData(),
    sa.Column("site", sa.Text, primary_key=True),
    sa.Column("day", sa.Integer, primary_key=True),
    sa.Column("label", sa.Text),
    sa.Column("open", sa.Boolean, nullable=False),
)


@pytest.fixture
def session():
    engine = one_shot_engine(postgresql_url())
    with engine.connect() as connection:
        connection.execute(
            sa.text(
                "CREATE TEMPORARY TABLE essai (site text, day int, label text,"
                " open boolean NOT NULL, PRIMARY KEY (site, day))"
            )
        )
        yield Session(connection)


def rows(session):
    return [tuple(row) for row in session.execute(sa.select(TABLE).order_by(TABLE.c.day))]


def test_the_last_word_on_a_key_wins(session):
    upsert(session, TABLE, {"site": "A", "day": 1, "label": "un", "open": True})
    upsert(session, TABLE, {"site": "A", "day": 1, "label": "deux", "open": False})
    upsert(session, TABLE, {"site": "A", "day": 2, "label": "trois", "open": True})

    assert rows(session) == [("A", 1, "deux", False), ("A", 2, "trois", True)]


def test_what_is_not_given_stays_as_it_is(session):
    upsert(session, TABLE, {"site": "A", "day": 1, "label": "un"}, initially={"open": True})
    upsert(session, TABLE, {"site": "A", "day": 1, "open": False})
    upsert(session, TABLE, {"site": "A", "day": 1, "label": "deux"}, initially={"open": True})

    assert rows(session) == [("A", 1, "deux", False)]


def test_several_rows_are_written_in_one_statement(session):
    upsert(session, TABLE, {"site": "A", "day": 1, "open": True})
    upsert(
        session,
        TABLE,
        {"site": "A", "day": 1, "open": False},
        {"site": "A", "day": 2, "open": True},
    )

    assert rows(session) == [("A", 1, None, False), ("A", 2, None, True)]
