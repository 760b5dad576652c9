"""An absence comes or goes, however it does: it is told once, and nothing of it is left behind."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime, timedelta
from functools import partial

import pytest

from chassis.clock import paris_day
from chassis.ids import new_id
from chassis.testing import published, run_due
from services.rendezvous import transfer
from services.rendezvous.domain.transfer import Transferred
from services.rendezvous.usecases.supply import series
from tests.integration.rendezvous.conftest import MDS, NINE, SITE
from tests.integration.rendezvous.reprises import (
    AWAY,
    SECRETARY,
    away,
    book,
    colleague,
    decide,
    decision,
    launch,
    progress,
    read,
)
from tests.integration.rendezvous.waiting import offered, wait


class TestTheAbsence:
    def test_is_told_without_its_cause_and_so_is_its_end(self, world, absent):
        book(world, [absent])
        body = {"agent_id": str(absent), "kind": "WORK"} | AWAY
        absence = world.post("/v1/absences", body, **SECRETARY).json["absence"]["absence_id"]
        world.client.delete(f"/v1/absences/{absence}", **SECRETARY)

        recorded, cancelled = published(world.runtime)[-2:]
        common = {
            "absence_id": absence,
            "agent_id": str(absent),
            "mds": MDS,
            "starts_at": "2023-01-09T23:00:00Z",
            "ends_at": "2023-01-16T23:00:00Z",
        }
        assert (recorded.name, recorded.data) == ("absence_recorded", common | {"affected": 1})
        assert (cancelled.name, cancelled.data) == ("absence_cancelled", common)

    def test_lifted_stops_what_waits_and_undoes_nothing(self, world, absent):
        colleague(world)
        done = book(world, [absent])
        eleven = (NINE + timedelta(hours=2)).isoformat()
        waits = book(world, [absent], changes={"starts_at": eleven})
        absence = away(world, absent)
        reprise = launch(world, absence, decision(done, "CANCEL")).json["reprise_id"]
        run_due(world.runtime)
        decide(world, reprise, decision(waits, "CANCEL"))

        assert world.client.delete(f"/v1/absences/{absence}", **SECRETARY).status == 204
        run_due(world.runtime)

        after = progress(world, reprise)
        assert (after["done"], after["stopped"], after["todo"]) == (1, 1, 0)
        assert after["stopped_at"] is not None
        assert read(world, waits)["version"] == 1
        refused = decide(world, reprise, decision(waits, "CANCEL"))
        assert refused.json["type"].endswith("reprise-arretee")
        assert world.client.get(f"/v1/absences/{absence}/affected", **SECRETARY).status == 404
        assert world.sql("SELECT count(*) FROM due WHERE done_at IS NULL") == 0


def facts(world):
    """(fact, Paris day of the start, rendezvous it falls on) of what was told of absences."""
    return [
        (
            event.name.removeprefix("absence_"),
            paris_day(datetime.fromisoformat(event.data["starts_at"])).isoformat(),
            event.data.get("affected"),
        )
        for event in published(world.runtime)
        if event.aggregate_type == "absence"
    ]


def absence_on(world, day):
    """The id of the absence that begins on a Paris day."""
    query = "SELECT id::text FROM absence WHERE (starts_at AT TIME ZONE 'Europe/Paris')::date = :d"
    return world.sql(query, d=date.fromisoformat(day))


def stopped(world, reprise):
    return progress(world, reprise)["stopped_at"] is not None


class TestASeries:
    """Tuesdays at Montauban, where the agent is open every day of the week."""

    @pytest.fixture
    def begun(self, world, absent):
        book(world, [absent])
        return self.begin(world, absent)

    def begin(self, world, agent, rule="FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4", **changes):
        body = {"agent_id": str(agent), "kind": "ABSENCE", "rule": rule}
        body |= {"first_day": "2023-01-09", "from": "09:00", "to": "12:00"}
        answer = world.post("/v1/series", body | changes, **SECRETARY)
        assert answer.status == 201, answer.json
        return answer

    def act(self, world, serie, what, body=None, etag=None):
        path = f"/v1/series/{serie.json['serie_id']}/{what}"
        answer = world.client.post(path, json=body, **SECRETARY, etag=etag or serie.etag)
        assert answer.status == 200, answer.json
        return answer

    def test_is_told_occurrence_by_occurrence(self, world, begun):
        assert len(begun.json["affected_rendezvous_ids"]) == 1
        assert facts(world) == [
            ("recorded", "2023-01-10", 1),
            ("recorded", "2023-01-12", 0),
            ("recorded", "2023-01-17", 0),
            ("recorded", "2023-01-19", 0),
        ]

    def test_of_work_is_told_and_one_of_openings_is_not(self, world, absent):
        opened = {"kind": "OPENING", "site": SITE, "from": "17:00", "to": "18:00"}
        self.begin(world, absent, **opened)
        assert facts(world) == []

        self.begin(world, absent, "FREQ=DAILY;COUNT=2", kind="WORK")
        assert [fact for fact, *_ in facts(world)] == ["recorded"] * 2

    def test_ended_gives_back_what_follows_and_nothing_else(self, world, absent, begun):
        wait(world)
        reprise = launch(world, absence_on(world, "2023-01-10"), auto=True).json["reprise_id"]
        thursday = absence_on(world, "2023-01-12")
        other = launch(world, thursday, auto=True).json["reprise_id"]
        before = len(facts(world))

        self.act(world, begun, "end", {"last_day": "2023-01-11"})
        run_due(world.runtime)

        assert facts(world)[before:] == [
            ("cancelled", "2023-01-12", None),
            ("cancelled", "2023-01-17", None),
            ("cancelled", "2023-01-19", None),
        ]
        assert (stopped(world, reprise), stopped(world, other)) == (False, True)
        assert offered(world)[:1] == ["2023-01-12T08:00:00Z"]

    def test_changed_tells_the_days_that_changed_alone(self, world, begun):
        tuesday, reprise = absence_on(world, "2023-01-10"), None
        reprise = launch(world, tuesday, auto=True).json["reprise_id"]
        before = len(facts(world))

        rule = {"from_day": "2023-01-10", "rule": "FREQ=WEEKLY;BYDAY=TU,FR;UNTIL=20230117"}
        changed = self.act(world, begun, "change", rule)

        assert facts(world)[before:] == [
            ("cancelled", "2023-01-12", None),
            ("cancelled", "2023-01-19", None),
            ("recorded", "2023-01-13", 0),
        ]
        assert absence_on(world, "2023-01-10") == tuesday, "the same absence, in the new series"
        assert not stopped(world, reprise)
        self.act(world, changed, "end", {"last_day": "2023-01-09"})
        assert stopped(world, reprise)
        assert world.sql("SELECT count(*) FROM absence") == 0

    def test_one_day_of_it_changes_and_changes_back(self, world, begun):
        tuesday = absence_on(world, "2023-01-10")
        reprise = launch(world, tuesday, auto=True).json["reprise_id"]
        before = len(facts(world))
        path = "occurrences/2023-01-10"

        same = self.act(world, begun, f"{path}/change", {"from": "09:00", "to": "12:00"})
        assert facts(world)[before:] == []
        assert (absence_on(world, "2023-01-10"), stopped(world, reprise)) == (tuesday, False)

        later = self.act(world, same, f"{path}/change", {"from": "10:00", "to": "12:00"})
        assert later.json["affected_rendezvous_ids"] == []
        removed = self.act(world, later, f"{path}/change", {"removed": True})
        self.act(world, removed, f"{path}/restore")

        day = "2023-01-10"
        assert facts(world)[before:] == [
            ("cancelled", day, None),
            ("recorded", day, 0),
            ("cancelled", day, None),
            ("recorded", day, 1),
        ]
        assert stopped(world, reprise)

    def test_deleted_as_an_absence_is_told_once(self, world, begun):
        before = len(facts(world))
        path = f"/v1/absences/{absence_on(world, '2023-01-12')}"

        assert world.client.delete(path, **SECRETARY).status == 204
        assert world.client.delete(path, **SECRETARY).status == 404
        self.act(world, begun, "end", {"last_day": "2023-01-12"}, etag='"2"')

        told = [day for fact, day, _ in facts(world)[before:]]
        assert told == ["2023-01-12", "2023-01-17", "2023-01-19"]

    def test_without_an_end_is_told_as_the_horizon_comes_and_never_again(self, world, absent):
        self.begin(world, absent, "FREQ=MONTHLY;BYDAY=1TU")
        known = {day for _, day, _ in facts(world)}
        assert len(known) == 13

        for _ in range(3):
            world.at(world.sql("SELECT due_at FROM due WHERE done_at IS NULL"))
            run_due(world.runtime)
            extend = partial(series.extend_serie, serie_id=world.sql("SELECT id FROM serie"))
            world.runtime.transaction(extend)  # a second worker, or the first after a crash

        days = [day for _, day, _ in facts(world)]
        assert Counter(days) == Counter(set(days))
        assert len(days) == 13 + 3


class TestAnAgentsOwnCalendar:
    """Read again every hour: what did not change is told to nobody."""

    def load(self, world, agent, *events):
        who = {"role": "travailleur_social", "agent_id": agent, "mds": [MDS]}
        whole = "".join(f"BEGIN:VEVENT\n{one}\nEND:VEVENT\n" for one in events)
        ics = f"BEGIN:VCALENDAR\nVERSION:2.0\n{whole}END:VCALENDAR\n"
        path = f"/v1/agents/{agent}/external-calendar/file"
        answer = world.client.post(path, json={"ics": ics}, **who)
        assert answer.status == 200, answer.json
        return answer.json["affected_rendezvous_ids"]

    LEAVE = "DTSTART;VALUE=DATE:20230110\nDTEND;VALUE=DATE:20230114"
    DENTIST = "DTSTART:20230116T140000\nDURATION:PT1H"

    def test_is_told_where_it_falls_on_a_rendezvous_alone(self, world, absent):
        booked = book(world, [absent])

        assert self.load(world, absent, self.LEAVE, self.DENTIST) == [booked]
        assert facts(world) == [("recorded", "2023-01-10", 1)]
        assert self.load(world, absent, self.LEAVE, self.DENTIST) == []
        assert len(facts(world)) == 1

    def test_stays_the_time_it_is_while_its_days_go_by(self, world, absent):
        book(world, [absent], changes={"starts_at": "2023-01-12T09:00:00+01:00"})
        self.load(world, absent, self.LEAVE)
        absence = absence_on(world, "2023-01-10")
        reprise = launch(world, absence, auto=True).json["reprise_id"]

        world.at(NINE + timedelta(days=1))
        self.load(world, absent, self.LEAVE)

        assert absence_on(world, "2023-01-10") == absence
        assert (len(facts(world)), stopped(world, reprise)) == (1, False)

        world.at(NINE + timedelta(days=7))
        self.load(world, absent, self.LEAVE)
        assert world.sql("SELECT count(*) FROM absence") == 0
        assert len(facts(world)) == 1, "what is over is not given back"
        assert stopped(world, reprise)

    def test_gone_stops_what_was_to_be_taken_up_and_is_offered(self, world, absent):
        book(world, [absent])
        self.load(world, absent, self.LEAVE, self.DENTIST)
        reprise = launch(world, absence_on(world, "2023-01-10"), auto=True).json["reprise_id"]
        wait(world)

        self.load(world, absent)
        run_due(world.runtime)

        assert facts(world)[1:] == [("cancelled", "2023-01-10", None)]
        assert stopped(world, reprise)
        assert offered(world)[:1] == ["2023-01-10T09:00:00Z"]

    def test_unplugged_gives_its_time_back(self, world, absent):
        book(world, [absent])
        self.load(world, absent, self.LEAVE)
        who = {"role": "travailleur_social", "agent_id": absent, "mds": [MDS]}

        assert world.client.delete(f"/v1/agents/{absent}/external-calendar", **who).status == 204

        assert [fact for fact, *_ in facts(world)] == ["recorded", "cancelled"]

    def test_beyond_what_is_read_grows_day_by_day_and_is_one_time(self, world, absent):
        world.open(absent, "2023-07-11")
        far = {"starts_at": "2023-07-11T09:00:00+02:00", "outside_delay": True}
        book(world, [absent], changes=far)
        leave = "DTSTART;VALUE=DATE:20230701\nDTEND;VALUE=DATE:20230901"
        self.load(world, absent, leave)
        assert facts(world) == []
        known = world.sql("SELECT id FROM absence")

        for day in range(1, 10):
            world.at(NINE + timedelta(days=day))
            self.load(world, absent, leave)

        assert world.sql("SELECT id FROM absence") == known
        assert facts(world) == [("recorded", "2023-07-01", 1)], "once, when it reaches one"


class TestAnImport:
    @pytest.fixture
    def bring(self, world, tmp_path):
        """Import lines, for good unless told otherwise."""

        def imported(what, *lines, apply=True):
            file = tmp_path / f"{new_id()}.jsonl"
            file.write_text("".join(json.dumps(line) + "\n" for line in lines))
            report = file.with_suffix(".refus.csv")
            done = transfer.transfer_in(world.runtime, what, file, report, apply=apply)
            assert "refusée(s)" not in done.counts

        return imported

    def line(self, agent, start, end, **more):
        return {"agent_id": str(agent), "starts_at": start, "ends_at": end} | more

    def test_tells_the_absences_to_come_and_not_those_of_the_past(self, world, absent, bring):
        book(world, [absent])
        lines = [
            self.line(absent, "2022-06-01T08:00:00Z", "2022-06-02T08:00:00Z"),
            self.line(absent, "2023-01-08T08:00:00Z", "2023-01-11T08:00:00Z"),
            self.line(absent, "2023-01-17T08:00:00Z", "2023-01-18T08:00:00Z", kind="WORK"),
        ]

        bring(Transferred.ABSENCES, *lines, apply=False)
        assert facts(world) == []
        bring(Transferred.ABSENCES, *lines)

        assert facts(world) == [("recorded", "2023-01-08", 1), ("recorded", "2023-01-17", 0)]
        absence = absence_on(world, "2023-01-08")
        assert launch(world, absence, auto=True).json["todo"] == 1

    def test_offers_the_time_it_opens(self, world, bring):
        agent = world.agent()
        wait(world)
        line = self.line(agent, "2023-01-10T08:00:00Z", "2023-01-10T11:00:00Z", site=SITE)

        bring(Transferred.OPENINGS, line, apply=False)
        run_due(world.runtime)
        assert offered(world) == []
        bring(Transferred.OPENINGS, line)
        run_due(world.runtime)

        assert offered(world) == ["2023-01-10T08:00:00Z"]
