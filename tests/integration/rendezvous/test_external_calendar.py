"""The busy times of an agent's own calendar: by file, by address, kept fresh, kept apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from chassis.ids import new_id
from chassis.testing import run_due
from services.rendezvous.calendars import external
from services.rendezvous.deadlines import deadlines
from services.rendezvous.domain.calendar import Trouble, Troubled
from services.rendezvous.settings import Settings
from services.rendezvous.usecases.exchanged.calendars import REFRESH_DUE
from tests.integration.rendezvous.conftest import MDS, NINE

HOST = "agenda.exemple.fr"
URL = f"https://{HOST}/prive-8f3a/basic.ics"
DAY = "2023-01-10"


@pytest.fixture
def agent(world):
    world.runtime._services_settings[Settings] = Settings(calendar_hosts=frozenset({HOST}))
    made = world.agent()
    world.open(made, DAY)
    return made


@pytest.fixture
def host(monkeypatch):
    """The host of the calendar: what it answers, and how often it was asked."""
    made = Host()
    worker = partial(external.refresh_due, fetch=made.fetch)
    monkeypatch.setitem(deadlines._outside, REFRESH_DUE, worker)
    return made


class Host:
    def __init__(self):
        self.answer: bytes | Trouble = calendar("DTSTART:20230110T090000\nDURATION:PT1H")
        self.asked: list[str] = []

    def fetch(self, url):
        self.asked.append(url)
        if isinstance(self.answer, Trouble):
            raise Troubled(self.answer)
        return self.answer


def calendar(*events):
    whole = "".join(f"BEGIN:VEVENT\n{one}\nSUMMARY:Dentiste\nEND:VEVENT\n" for one in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{whole}END:VCALENDAR\n".encode()


def ask(world, method, agent, path="", json=None, **who):
    who = {"role": "travailleur_social", "agent_id": agent} | who
    where = f"/v1/agents/{agent}/external-calendar{path}"
    return world.client.request(method, where, json=json, **who)


def plug(world, agent, url=URL):
    answer = ask(world, "PUT", agent, json={"url": url})
    assert answer.status == 200, answer.json
    return answer.json


def load(world, agent, content):
    return ask(world, "POST", agent, "/file", {"ics": content.decode()})


def spans(world):
    with world.runtime.engine.connect() as connection:
        query = "SELECT starts_at, ends_at FROM absence WHERE kind = 'EXTERNAL' ORDER BY starts_at"
        return [tuple(row) for row in connection.execute(sa.text(query))]


BUSY = [(datetime(2023, 1, 10, 8, tzinfo=UTC), datetime(2023, 1, 10, 9, tzinfo=UTC))]


class TestWhoMay:
    @pytest.mark.parametrize(
        "who",
        [
            {"role": "responsable", "agent_id": None, "mds": [MDS]},
            {"role": "secretaire", "agent_id": new_id(), "mds": [MDS]},
            {"role": "travailleur_social", "agent_id": new_id()},
        ],
    )
    def test_another_than_the_agent_meets_a_404(self, world, agent, who):
        plug(world, agent)

        answers = [
            ask(world, "GET", agent, **who),
            ask(world, "PUT", agent, json={"url": URL}, **who),
            ask(world, "POST", agent, "/file", {"ics": "BEGIN:VCALENDAR"}, **who),
            ask(world, "DELETE", agent, **who),
        ]

        assert [answer.status for answer in answers] == [404] * 4
        assert ask(world, "GET", agent).json["state"] == "WAITING"

    @pytest.mark.parametrize(
        "url",
        [
            "https://autre.exemple.fr/a.ics",
            f"https://{HOST}.attaquant.fr/a.ics",
            f"https://attaquant.fr/{HOST}",
            f"https://{HOST}@attaquant.fr/a.ics",
            f"https://moi:secret@{HOST}/a.ics",
            f"https://{HOST}:8443/a.ics",
            f"https://{HOST}:x/a.ics",
            "https://127.0.0.1/a.ics",
            "https://[::1]/a.ics",
            f"http://{HOST}/a.ics",
            f"file://{HOST}/etc/passwd",
            "https:///a.ics",
        ],
    )
    def test_an_address_that_is_not_admitted_is_refused_and_not_repeated(self, world, agent, url):
        answer = ask(world, "PUT", agent, json={"url": url})

        assert answer.status == 422
        assert answer.json["errors"][0]["pointer"] == "/url"
        assert url not in answer.body.decode()
        assert world.sql("SELECT count(*) FROM external_calendar") == 0

    def test_without_an_admitted_host_none_is(self, world, agent):
        world.runtime._services_settings[Settings] = Settings()

        assert ask(world, "PUT", agent, json={"url": URL}).status == 422


class TestByFile:
    def test_its_times_are_taken_and_its_words_are_not_kept(self, world, agent):
        content = calendar("DTSTART:20230110T090000\nDURATION:PT1H", "DTSTART:x")

        answer = load(world, agent, content)

        assert answer.status == 200
        assert (answer.json["source"], answer.json["state"]) == ("FILE", "FRESH")
        assert (answer.json["busy"], answer.json["ignored"]) == (1, 1)
        assert spans(world) == BUSY
        refused = world.book([agent], [world.personne()])
        assert refused.json["type"].endswith("agent-absent")
        with world.runtime.engine.connect() as connection:
            for table in sa.inspect(connection).get_table_names():
                rows = connection.exec_driver_sql(f'SELECT "{table}"::text FROM "{table}"')
                assert not any("Dentiste" in row[0] for row in rows), table

    def test_the_same_file_again_changes_nothing_and_another_replaces_it(self, world, agent):
        content = calendar("DTSTART:20230110T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3")
        load(world, agent, content)
        ids = world.sql("SELECT array_agg(id ORDER BY starts_at) FROM absence")
        load(world, agent, content)
        assert world.sql("SELECT array_agg(id ORDER BY starts_at) FROM absence") == ids

        load(world, agent, calendar("DTSTART:20230117T090000\nDURATION:PT1H"))
        assert world.sql("SELECT array_agg(id) FROM absence") == [ids[1]]

    def test_own_absences_stay(self, world, agent):
        away = {"agent_id": str(agent), "day": "2023-01-12", "from": "09:00", "to": "12:00"}
        world.post("/v1/absences", away, role="admin")

        load(world, agent, calendar())

        assert world.sql("SELECT count(*) FROM absence WHERE kind = 'ABSENCE'") == 1

    @pytest.mark.parametrize(
        ("content", "trouble"),
        [
            (b"<html>502</html>", "NOT_A_CALENDAR"),
            (calendar("DTSTART;VALUE=DATE:19300101\nRRULE:FREQ=DAILY"), "TOO_MANY_EVENTS"),
        ],
    )
    def test_one_that_cannot_be_read_wipes_nothing(self, world, agent, content, trouble):
        load(world, agent, calendar("DTSTART:20230110T090000\nDURATION:PT1H"))

        answer = load(world, agent, content)

        assert answer.status == 422
        assert answer.json["trouble"] == trouble
        assert spans(world) == BUSY

    def test_an_imported_time_is_not_made_nor_undone_by_hand(self, world, agent):
        load(world, agent, calendar("DTSTART:20230110T090000\nDURATION:PT1H"))
        known = world.sql("SELECT id FROM absence")
        away = {"agent_id": str(agent), "day": "2023-01-12", "from": "09:00", "to": "12:00"}

        made = world.post("/v1/absences", away | {"kind": "EXTERNAL"}, role="admin")
        undone = world.client.delete(f"/v1/absences/{known}", role="secretaire", mds=[MDS])

        assert made.status == 422
        assert undone.json["type"].endswith("temps-importe")
        assert spans(world) == BUSY

    def test_unplugged_its_times_are_given_back(self, world, agent):
        load(world, agent, calendar("DTSTART:20230110T090000\nDURATION:PT1H"))

        assert ask(world, "DELETE", agent).status == 204
        assert spans(world) == []
        assert ask(world, "DELETE", agent).status == 404
        assert world.book([agent], [world.personne()]).status == 201


class TestByAddress:
    def test_it_is_read_soon_then_every_hour(self, world, agent, host):
        assert plug(world, agent)["state"] == "WAITING"

        assert run_due(world.runtime) == 1
        assert host.asked == [URL]
        assert spans(world) == BUSY
        state = ask(world, "GET", agent).json
        assert (state["state"], state["busy"], state["trouble"]) == ("FRESH", 1, None)
        assert "url" not in state

        world.at(world.runtime.clock() + timedelta(minutes=59))
        assert run_due(world.runtime) == 0
        host.answer = calendar("DTSTART:20230111T090000\nDURATION:PT1H")
        world.at(world.runtime.clock() + timedelta(minutes=1))
        assert run_due(world.runtime) == 1
        assert spans(world)[0][0].day == 11

    def test_the_address_is_sealed_at_rest(self, world, agent):
        plug(world, agent)

        stored = bytes(world.sql("SELECT url FROM external_calendar"))
        assert HOST.encode() not in stored
        assert world.sql("SELECT count(*) FROM due WHERE payload::text LIKE '%https%'") == 0

    @pytest.mark.parametrize(
        "answer",
        [b"<html>Erreur 500</html>", calendar("DTSTART:x")[:-20], Trouble.UNREACHABLE],
    )
    def test_a_failure_wipes_nothing_tells_why_and_waits_longer_each_time(
        self, world, agent, host, answer
    ):
        plug(world, agent)
        run_due(world.runtime)
        read_at = ask(world, "GET", agent).json["read_at"]
        host.answer = answer
        waits = []
        for _ in range(7):
            waits.append(wait_of(world))
            world.at(world.sql("SELECT due_at FROM due WHERE done_at IS NULL"))
            assert run_due(world.runtime) == 1

        state = ask(world, "GET", agent).json
        assert spans(world) == BUSY
        assert (state["state"], state["failures"]) == ("FAILING", 7)
        assert state["trouble"] in {"NOT_A_CALENDAR", "UNREACHABLE"}
        assert state["read_at"] == read_at
        assert waits == [timedelta(hours=hours) for hours in (1, 2, 4, 8, 16, 24, 24)]

        host.answer = calendar("DTSTART:20230120T090000\nDURATION:PT1H")
        world.at(world.sql("SELECT due_at FROM due WHERE done_at IS NULL"))
        run_due(world.runtime)
        assert ask(world, "GET", agent).json["state"] == "FRESH"
        assert wait_of(world) == timedelta(hours=1)

    def test_no_transaction_is_open_while_the_host_is_asked(self, world, agent, host):
        held = []
        answer = host.answer

        def fetch(url):
            pool = world.runtime.engine.pool
            held.append(pool.checkedout())
            return answer

        host.fetch = fetch
        deadlines._outside[REFRESH_DUE] = partial(external.refresh_due, fetch=fetch)
        plug(world, agent)
        run_due(world.runtime)

        assert held == [0]
        assert spans(world) == BUSY

    def test_what_comes_back_after_the_agent_changed_it_is_dropped(self, world, agent, host):
        plug(world, agent)

        def fetch(url):
            ask(world, "DELETE", agent)
            return calendar("DTSTART:20230110T090000\nDURATION:PT1H")

        deadlines._outside[REFRESH_DUE] = partial(external.refresh_due, fetch=fetch)
        run_due(world.runtime)

        assert spans(world) == []
        assert world.sql("SELECT count(*) FROM due WHERE done_at IS NULL") == 0

    def test_who_has_left_is_read_no_more(self, world, agent, host):
        plug(world, agent)
        run_due(world.runtime)
        world.agent(agent_id=agent, effective_on="2023-01-09", active=False)
        world.at(world.runtime.clock() + timedelta(hours=1))
        run_due(world.runtime)

        assert len(host.asked) == 1
        assert spans(world) == []
        assert world.sql("SELECT count(*) FROM external_calendar") == 0

    def test_one_whose_reading_breaks_off_holds_up_no_other(self, world, agent, host):
        other = world.agent()
        plug(world, agent)
        plug(world, other, f"https://{HOST}/autre.ics")

        def fetch(url):
            if url == URL:
                raise RuntimeError(url)
            return host.fetch(url)

        deadlines._outside[REFRESH_DUE] = partial(external.refresh_due, fetch=fetch)
        run_due(world.runtime)

        assert ask(world, "GET", agent).json["state"] == "WAITING"
        assert ask(world, "GET", other).json["state"] == "FRESH"
        assert world.sql("SELECT attempts FROM due WHERE done_at IS NULL AND attempts > 0") == 1

    def test_a_process_that_dies_meanwhile_leaves_it_to_be_read_again(self, world, agent, host):
        plug(world, agent)

        def dies(url):
            raise RuntimeError(url)

        deadlines._outside[REFRESH_DUE] = partial(external.refresh_due, fetch=dies)
        run_due(world.runtime)
        assert world.sql("SELECT count(*) FROM due WHERE done_at IS NULL") == 1
        with world.runtime.engine.begin() as connection:  # the lease, in technical time
            connection.execute(sa.text("UPDATE due SET retry_at = now()"))
        deadlines._outside[REFRESH_DUE] = partial(external.refresh_due, fetch=host.fetch)
        run_due(world.runtime)

        assert spans(world) == BUSY


def wait_of(world):
    return world.sql("SELECT due_at FROM due WHERE done_at IS NULL") - world.runtime.clock()


def test_a_moment_later_the_day_before_is_left_out(world, agent):
    load(world, agent, calendar("DTSTART:20230109T100000\nDURATION:PT1H"))
    assert len(spans(world)) == 1
    world.at(NINE)
    load(world, agent, calendar("DTSTART:20230109T100000\nDURATION:PT1H"))

    assert spans(world) == []
