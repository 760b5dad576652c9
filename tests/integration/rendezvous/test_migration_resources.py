"""Rooms keep their data when they become resources, and when they become rooms again."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from chassis.database import one_shot_engine
from chassis.ids import new_id
from chassis.migrations import config, migrate
from chassis.provision import drop, provision
from chassis.settings import database_settings


@pytest.fixture
def database(environment):
    prefix = environment["DATABASE_PREFIX"] + "r"
    settings = database_settings("rendezvous", environment | {"DATABASE_PREFIX": prefix})
    provision("rendezvous", settings)
    yield settings
    drop(settings)


def revisions():
    """(before, after) of the migration that makes rooms resources."""
    script = ScriptDirectory.from_config(config("rendezvous"))
    (found,) = [one for one in script.walk_revisions() if one.path.endswith("_resources.py")]
    return found.down_revision, found.revision


def test_rooms_keep_their_data_both_ways(database):
    before, after = revisions()
    room, vehicle = new_id(), new_id()
    engine = one_shot_engine(database.owner_url)
    migrate("rendezvous", database.owner_url, to=before)
    with engine.begin() as connection:
        add = sa.text("INSERT INTO room (id, site, name) VALUES (:id, 'SITE', 'Bureau 1')")
        connection.execute(add, {"id": room})

    migrate("rendezvous", database.owner_url, to=after)
    with engine.begin() as connection:
        kept = connection.execute(sa.text("SELECT id, kind, site, name FROM resource")).all()
        assert kept == [(room, "ROOM", "SITE", "Bureau 1")]
        add = sa.text(
            "INSERT INTO resource (id, kind, site, name) VALUES (:id, 'VEHICLE', 'SITE', 'Clio')"
        )
        connection.execute(add, {"id": vehicle})

    migrate("rendezvous", database.owner_url, to=before)
    with engine.begin() as connection:
        kept = connection.execute(sa.text("SELECT id, site, name FROM room")).all()
    assert kept == [(room, "SITE", "Bureau 1")]
