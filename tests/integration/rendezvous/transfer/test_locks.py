"""Import beside bookings: everything a batch may take is locked in one round."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.integration.rendezvous.conftest import MDS, NINE, OVERLAPS, SITE, minutes
from tests.integration.rendezvous.storm import crowded, deadlocks
from tests.integration.rendezvous.transfer.conftest import bring, write

DAYS = ("2023-01-10", "2023-01-11", "2023-01-12")


@pytest.fixture
def crowd(world):
    """The same world behind a pool that waits, as a queue of requests does."""
    with crowded(world, 12) as crowd:
        crowd.motif(code="SALLE", needs_room=True)
        for name in ("Bureau 1", "Bureau 2", "Bureau 3"):
            crowd.room(name)
        yield crowd


def line(agent, personne, hour=0, day=0, **changes):
    start = NINE + timedelta(days=day, hours=hour)
    return {
        "status": "BOOKED",
        "motif": "SALLE",
        "site": SITE,
        "agent_ids": [str(agent)],
        "personne_ids": [str(personne)],
        "starts_at": start.isoformat(),
    } | changes


def test_a_batch_locks_once_before_its_first_line(crowd, tmp_path):
    agents = [crowd.agent() for _ in range(3)]
    for agent in agents:
        crowd.open(agent, *DAYS)
    file = write(tmp_path, [line(agent, crowd.personne()) for agent in agents])
    locks = []

    def note(_, __, statement, *rest):
        if "pg_advisory_xact_lock" in statement:
            locks.append(statement)

    sa.event.listen(crowd.runtime.engine, "before_cursor_execute", note)
    counts, _ = bring(crowd, file)
    sa.event.remove(crowd.runtime.engine, "before_cursor_execute", note)

    assert counts == {"faite(s)": 3}
    assert len(locks) == 1


def test_an_import_and_crossing_bookings_of_rooms_never_deadlock(crowd, tmp_path):
    agents = [crowd.agent() for _ in range(8)]
    for agent in agents:
        crowd.open(agent, *DAYS)
    hours = [(day, hour) for day in range(3) for hour in (0, 1, 2)]
    lines = [line(agent, crowd.personne(), hour, day) for day, hour in hours for agent in agents]
    file = write(tmp_path, lines)
    personnes = [crowd.personne() for _ in range(60)]
    before = deadlocks(crowd)

    def book(place):
        day, hour = hours[place % len(hours)]
        start = NINE + timedelta(days=day) + minutes(60 * hour)
        wanted = {"motif": "SALLE", "starts_at": start.isoformat()}
        agent = agents[-1 - place % len(agents)]
        return crowd.book([agent], [personnes[place]], changes=wanted).status

    with ThreadPoolExecutor(9) as pool:
        imported = pool.submit(bring, crowd, file)
        statuses = set(pool.map(book, range(60)))
        counts, refused = imported.result()

    assert statuses <= {201, 409}
    assert sum(counts.values()) == len(lines)
    assert {one["code"] for one in refused} <= {"creneau-pris"}
    assert deadlocks(crowd) == before
    assert crowd.sql(OVERLAPS) == 0
    assert crowd.sql("SELECT count(*) FROM rendezvous WHERE mds <> :mds", mds=MDS) == 0
