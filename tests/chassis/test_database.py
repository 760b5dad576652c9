"""What the database itself guarantees: its schema, its roles, its locks, what is kept how long."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from chassis.housekeeping import keep_house
from chassis.ids import new_id
from chassis.locks import lock_resources, try_lock
from chassis.migrations import head, migrate, revision
from chassis.testing import START, deliver
from tests.chassis.sample.miroir.persistence import effect


@pytest.fixture
def as_owner(miroir):
    url = miroir.settings.database.owner_url.replace("postgresql://", "postgresql+psycopg2://", 1)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    yield engine
    engine.dispose()


def is_told_of_rights(done, ours):
    """Exit 1 and one line without a password."""
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    assert ours.password(ours.app_role) not in done.stderr
    return "droits" in done.stderr


class TestRights:
    def test_an_account_that_may_not_make_roles_is_told(self, platform, compteur):
        ours = compteur.settings.database
        env = {"DATABASE_URL": ours.app_url, "DATABASE_PREFIX": f"autre{uuid4().hex[:6]}"}

        assert is_told_of_rights(platform.run("compteur", "provision", **env), ours)

    def test_a_role_that_may_not_change_the_schema_is_told(self, platform, compteur):
        owner = f"{platform.env['DATABASE_PREFIX']}_compteur_owner"
        with platform.database("compteur") as cursor:
            cursor.execute("ALTER TABLE alembic_version OWNER TO CURRENT_USER")
            try:
                done = platform.run("compteur", "migrate")
            finally:
                cursor.execute(f'ALTER TABLE alembic_version OWNER TO "{owner}"')

        assert is_told_of_rights(done, compteur.settings.database)


class TestSchema:
    def test_migrations_and_tables_say_the_same(self, miroir, as_owner):
        with as_owner.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})

            assert compare_metadata(context, miroir.service.metadata) == []

    def test_down_to_nothing_and_up_again(self, miroir, as_owner):
        url = miroir.settings.database.owner_url

        migrate("miroir", url, to="base")
        with as_owner.connect() as connection:
            assert sa.inspect(connection).get_table_names() == ["alembic_version"]
        migrate("miroir", url)

        with as_owner.connect() as connection:
            assert revision(connection) == head("miroir") == "0002"

    @pytest.mark.parametrize("act", ["UPDATE effect SET value = 2", "DELETE FROM effect"])
    def test_append_only_holds_against_app_and_owner(self, miroir, as_owner, act):
        row = {"compteur_id": uuid4(), "value": 1}
        miroir.transaction(lambda uow: uow.session.execute(sa.insert(effect).values(row)))

        for engine in (miroir.engine, as_owner):
            with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError):
                connection.execute(sa.text(act))

    def test_the_app_role_is_nobody_special(self, miroir):
        with miroir.engine.connect() as connection:
            role = connection.execute(
                sa.text(
                    "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole"
                    " FROM pg_roles WHERE rolname = current_user"
                )
            ).one()
            assert tuple(role) == (False, False, False, False)
            with pytest.raises(sa.exc.ProgrammingError):
                connection.execute(sa.text("CREATE TABLE mine (id int)"))


class TestLocks:
    def test_crossing_sets_never_deadlock(self, compteur):
        names = [f"agent:{n}" for n in range(20)]

        def work(order):
            for _ in range(20):
                compteur.transaction(lambda uow: lock_resources(uow.session, order))

        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(work, order) for order in (names, names[::-1])]:
                done.result(20)

    def test_shared_holders_exclude_only_exclusive_ones(self, compteur):
        with compteur.unit_of_work() as one, compteur.unit_of_work() as other:
            lock_resources(one.session, ["a"], shared=True)
            lock_resources(other.session, ["a"], shared=True)
            with compteur.unit_of_work() as third:
                assert not try_lock(third.session, "a")
                assert try_lock(third.session, "b")

    def test_a_lock_ends_with_its_transaction(self, compteur):
        compteur.transaction(lambda uow: lock_resources(uow.session, ["a"]))

        with compteur.unit_of_work() as uow:
            assert try_lock(uow.session, "a")

    def test_no_resource_is_no_lock(self, compteur):
        compteur.transaction(lambda uow: lock_resources(uow.session, []))


OLD = sa.func.now() - timedelta(days=31)


def test_housekeeping_removes_old_events_whose_fate_is_known_and_no_other(miroir):
    inbox = miroir.tables.inbox
    ids = {}
    for state in ("applied", "waiting", "parked", "discarded", "fresh"):
        ids[state] = deliver(
            miroir,
            "compteur",
            "incremented.v1",
            aggregate=("compteur", uuid4()),
            version=2,
            data={},
        )
    with miroir.engine.begin() as connection:
        for state, event_id in ids.items():
            changes = {"state": "applied" if state == "fresh" else state}
            if state != "fresh":
                changes["received_at"] = OLD
            connection.execute(sa.update(inbox).where(inbox.c.event_id == event_id).values(changes))

    keep_house(miroir)

    with miroir.engine.connect() as connection:
        kept = set(connection.scalars(sa.select(inbox.c.event_id)))
    assert kept == {ids["waiting"], ids["parked"], ids["fresh"]}


def test_housekeeping_removes_facts_published_long_ago_and_no_other(miroir):
    outbox = miroir.tables.outbox
    with miroir.engine.begin() as connection:
        for published_at in (OLD, None, sa.func.now()):
            key = new_id()
            connection.execute(
                sa.insert(outbox).values(
                    event_id=key,
                    aggregate_type="x",
                    aggregate_id=key,
                    aggregate_version=1,
                    routing_key="x.v1",
                    envelope=b"",
                    correlation_id=key,
                    time=START,
                    written_at=OLD,
                    published_at=published_at,
                )
            )

    keep_house(miroir)

    with miroir.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(outbox)) == 2
