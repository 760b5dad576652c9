"""Recurring openings and absences: one by one, from a day on, over a year, and all at once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from chassis.clock import PARIS, instant_of
from chassis.ids import new_id
from chassis.testing import run_due
from services.rendezvous.domain.serie import HORIZON
from tests.integration.rendezvous.conftest import FAR_MDS, FAR_SITE, MDS, SITE

TODAY = date(2023, 1, 9)
ADMIN = {"role": "admin"}


@pytest.fixture
def agent(world):
    return world.agent()


def begin(world, agent, rule="FREQ=WEEKLY;BYDAY=MO,TH", **changes):
    body = {
        "agent_id": str(agent),
        "kind": "OPENING",
        "rule": rule,
        "first_day": "2023-01-09",
        "from": "09:00",
        "to": "12:00",
        "site": SITE,
    } | changes
    kept = {name: value for name, value in body.items() if value is not ...}
    return world.post("/v1/series", kept, **ADMIN)


def away(world, agent, rule, **changes):
    return begin(world, agent, rule, kind="ABSENCE", site=..., **changes)


def act(world, serie, what, body=None, **options):
    """On the latest version known, as the admin unless told otherwise."""
    path = f"/v1/series/{serie.json['serie_id']}/{what}"
    return world.client.post(path, json=body, **ADMIN | {"etag": serie.etag} | options)


def held(world, agent, first, last, what="openings"):
    """{Paris day: (from, to, site)} of the agenda."""
    path = f"/v1/agents/{agent}/agenda?from={first}&to={last}"
    lines = world.client.get(path, role="secretaire", mds=[MDS]).json[what]
    found = {}
    for line in lines:
        ends = [datetime.fromisoformat(line[name]).astimezone(PARIS) for name in
                ("starts_at", "ends_at")]  # fmt: skip
        hours = (f"{ends[0]:%H:%M}", f"{ends[1]:%H:%M}", line.get("site"))
        found[f"{ends[0]:%m-%d}"] = hours
    return found


NINE_TO_NOON = ("09:00", "12:00", SITE)


class TestBeginning:
    def test_is_refused_to_who_does_not_plan_for_the_agent(self, world, agent):
        body = {"agent_id": str(agent), "kind": "ABSENCE", "rule": "FREQ=DAILY"}
        body["first_day"] = "2023-01-09"

        far = world.post("/v1/series", body, role="secretaire", mds=[FAR_MDS])

        assert far.status == 422
        assert far.json["type"].endswith("agent-inconnu")
        assert world.sql("SELECT count(*) FROM serie") == 0
        path = f"/v1/agents/{agent}/series"
        assert world.client.get(path, role="secretaire", mds=[FAR_MDS]).status == 404

    def test_puts_the_year_in_the_agenda_at_the_same_wall_time(self, world, agent):
        answer = begin(world, agent)

        assert answer.status == 201
        assert answer.json["filled_to"] == (TODAY + HORIZON).isoformat()
        rows = "SELECT count(*) FROM opening WHERE serie_id IS NOT NULL"
        assert world.sql(rows) == 2 * 57  # from Monday 9 January to Thursday 8 February
        around = held(world, agent, "2023-03-20", "2023-04-02")
        assert around == dict.fromkeys(("03-20", "03-23", "03-27", "03-30"), NINE_TO_NOON)
        assert held(world, agent, "2023-10-26", "2023-10-30")["10-30"] == NINE_TO_NOON

    def test_offers_slots_and_takes_bookings(self, world, agent):
        begin(world, agent, motifs=["ACCOMPAGNEMENT"])
        query = f"motif=ACCOMPAGNEMENT&from=2023-01-12&to=2023-01-12&agent_id={agent}"

        found = world.client.get(f"/v1/creneaux?{query}", role="secretaire").json["creneaux"]

        assert found[0]["starts_at"] == "2023-01-12T08:00:00+00:00"
        place = {"starts_at": found[0]["starts_at"]}
        assert world.book([agent], [world.personne()], changes=place).status == 201

    def test_is_all_or_nothing_and_tells_the_days_in_conflict(self, world, agent):
        world.open(agent, "2023-01-12", "2023-01-16", site=FAR_SITE)

        answer = begin(world, agent)

        assert answer.status == 409
        assert answer.json["type"].endswith("ouverture-chevauchante")
        assert answer.json["days"] == ["2023-01-12", "2023-01-16"]
        assert world.sql("SELECT count(*) FROM serie") == 0

    @pytest.mark.parametrize(
        ("changes", "pointer"),
        [
            ({"rule": "FREQ=HOURLY"}, "/rule"),
            ({"rule": "freq=daily"}, "/rule"),
            ({"site": ...}, "/site"),
            ({"from": "12:00", "to": "09:00"}, "/to"),
            ({"to": ...}, "/from"),
            ({"kind": "WORK"}, "/site"),
            ({"from": "09:00Z"}, "/from"),
            ({"site": "NULLE-PART"}, "/site"),
        ],
    )
    def test_what_means_nothing_is_named(self, world, agent, changes, pointer):
        answer = begin(world, agent, **changes)

        assert answer.status == 422
        assert pointer in [error["pointer"] for error in answer.json["errors"]]

    def test_the_same_request_twice_begins_one(self, world, agent):
        body = {"agent_id": str(agent), "kind": "WORK", "rule": "FREQ=WEEKLY;BYDAY=FR"}
        body |= {"first_day": "2023-01-09", "from": "14:00", "to": "17:00"}

        first = world.post("/v1/series", body, key="une-fois", **ADMIN)
        again = world.post("/v1/series", body, key="une-fois", **ADMIN)

        assert first.json == again.json
        assert world.sql("SELECT count(*) FROM serie") == 1


class TestWeeksOfAnAgent:
    def test_part_time_over_alternate_weeks(self, world, agent):
        begin(world, agent, "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE", first_day="2023-01-09")
        begin(world, agent, "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU", first_day="2023-01-16")

        assert sorted(held(world, agent, "2023-01-09", "2023-01-29")) == [
            "01-09", "01-10", "01-11", "01-16", "01-17", "01-23", "01-24", "01-25",
        ]  # fmt: skip

    def test_several_sites_on_different_days(self, world, agent):
        begin(world, agent, "FREQ=WEEKLY;BYDAY=MO")
        begin(world, agent, "FREQ=WEEKLY;BYDAY=TU", site=FAR_SITE)

        week = held(world, agent, "2023-01-16", "2023-01-22")

        assert {day: place for day, (_, _, place) in week.items()} == {
            "01-16": SITE,
            "01-17": FAR_SITE,
        }

    def test_a_permanence_on_the_first_tuesday_of_the_month(self, world, agent):
        world.site("LAFRANCAISE-MAIRIE", MDS)
        begin(world, agent, "FREQ=MONTHLY;BYDAY=1TU", site="LAFRANCAISE-MAIRIE",
              kinds=["ACCOMPAGNEMENT"])  # fmt: skip

        assert sorted(held(world, agent, "2023-02-01", "2023-03-10")) == ["02-07", "03-07"]

    def test_an_absence_of_whole_days_blocks_them_and_tells_who_is_booked(self, world, agent):
        begin(world, agent, "FREQ=DAILY")
        wednesday = {"starts_at": "2023-01-11T09:00:00+01:00"}
        booked = world.book([agent], [world.personne()], changes=wednesday).json["rendezvous_id"]

        answer = away(world, agent, "FREQ=WEEKLY;BYDAY=WE", **{"from": ..., "to": ...})

        assert answer.json["affected_rendezvous_ids"] == [booked]
        assert held(world, agent, "2023-01-11", "2023-01-11", "absences")["01-11"][:2] == (
            "00:00",
            "00:00",
        )
        refused = world.book([agent], [world.personne()], changes=wednesday)
        assert refused.json["type"].endswith("agent-absent")


class TestOneOccurrence:
    def test_has_other_hours_and_changes_its_mind(self, world, agent):
        serie = begin(world, agent)
        path = "occurrences/2023-01-12/change"

        moved = act(world, serie, path, {"from": "14:00", "to": "16:00"})
        assert held(world, agent, "2023-01-12", "2023-01-12")["01-12"] == ("14:00", "16:00", SITE)
        assert [edit["kind"] for edit in moved.json["edits"]] == ["CHANGED"]

        away_day = act(world, moved, path, {"site": FAR_SITE})
        assert held(world, agent, "2023-01-12", "2023-01-12")["01-12"] == (
            "09:00",
            "12:00",
            FAR_SITE,
        )

        removed = act(world, away_day, path, {"removed": True})
        assert held(world, agent, "2023-01-12", "2023-01-12") == {}

        restored = act(world, removed, "occurrences/2023-01-12/restore")
        assert restored.json["edits"] == []
        assert held(world, agent, "2023-01-12", "2023-01-12")["01-12"] == NINE_TO_NOON
        assert held(world, agent, "2023-01-16", "2023-01-16")["01-16"] == NINE_TO_NOON

    def test_the_agenda_tells_the_series_and_what_was_changed(self, world, agent):
        serie = begin(world, agent)
        act(world, serie, "occurrences/2023-01-12/change", {"from": "10:00", "to": "11:00"})
        path = f"/v1/agents/{agent}/agenda?from=2023-01-12&to=2023-01-16"

        lines = world.client.get(path, role="secretaire", mds=[MDS]).json["openings"]

        assert [(line["serie_id"], line["occurrence_on"], line["edited"]) for line in lines] == [
            (serie.json["serie_id"], "2023-01-12", True),
            (serie.json["serie_id"], "2023-01-16", False),
        ]

    def test_tells_the_rendezvous_it_leaves_outside_alone(self, world, agent):
        serie = begin(world, agent)
        booked = [
            world.book(
                [agent],
                [world.personne()],
                changes={"starts_at": f"2023-01-12T{hour}:00:00+01:00"},
            ).json["rendezvous_id"]
            for hour in ("09", "11")
        ]

        answer = act(
            world, serie, "occurrences/2023-01-12/change", {"from": "10:00", "to": "12:00"}
        )

        assert answer.json["affected_rendezvous_ids"] == booked[:1]

    @pytest.mark.parametrize("day", ["2023-01-10", "2023-01-05", "2024-01-02"])
    def test_on_a_day_without_one_does_not_exist(self, world, agent, day):
        serie = begin(world, agent, last_day=...)

        answer = act(world, serie, f"occurrences/{day}/change", {"removed": True})

        assert answer.status == 404
        assert answer.json["type"].endswith("occurrence-introuvable")

    def test_belongs_to_who_plans_for_the_agent(self, world, agent):
        serie = begin(world, agent)

        for path, body in (
            ("occurrences/2023-01-12/change", {"removed": True}),
            ("occurrences/2023-01-12/restore", None),
            ("change", {"from_day": "2023-01-12"}),
            ("end", {"last_day": "2023-01-12"}),
        ):
            far = act(world, serie, path, body, role="secretaire", mds=[FAR_MDS])
            assert far.status == 404, path
            assert far.json["type"].endswith("serie-introuvable")

    def test_deleted_as_an_opening_or_an_absence_does_not_come_back(self, world, agent):
        for serie, table in (
            (begin(world, agent, "FREQ=DAILY"), "opening"),
            (away(world, agent, "FREQ=DAILY", **{"from": "12:00", "to": "13:00"}), "absence"),
        ):
            one = world.sql(f"SELECT id FROM {table} WHERE occurrence_on = '2023-01-12'")
            assert world.client.delete(f"/v1/{table}s/{one}", **ADMIN).status in (200, 204)
            assert world.client.delete(f"/v1/{table}s/{one}", **ADMIN).status == 404
            stale = act(world, serie, "end", {"last_day": "2023-02-01"})
            assert stale.status == 412

            world.at(instant_of(date(2023, 2, 20)))
            run_due(world.runtime)

            gone = f"SELECT count(*) FROM {table} WHERE occurrence_on = '2023-01-12'"
            assert world.sql(gone) == 0
            last = world.sql(f"SELECT max(occurrence_on) FROM {table}")
            assert last == date(2023, 2, 20) + HORIZON
            world.at(instant_of(TODAY, datetime.min.time().replace(hour=9)))


class TestThisOneAndTheFollowing:
    def test_end_the_series_and_begin_another_without_losing_an_exception(self, world, agent):
        serie = begin(world, agent)
        serie = act(world, serie, "occurrences/2023-01-16/change", {"removed": True})
        serie = act(world, serie, "occurrences/2023-01-26/change", {"from": "15:00", "to": "16:00"})

        answer = act(world, serie, "change", {"from_day": "2023-01-19", "from": "10:00",
                                              "to": "12:30"})  # fmt: skip

        assert answer.status == 200, answer.json
        assert answer.json["continues_id"] == serie.json["serie_id"]
        assert answer.json["lost_days"] == []
        assert held(world, agent, "2023-01-12", "2023-01-30") == {
            "01-12": NINE_TO_NOON,
            "01-19": ("10:00", "12:30", SITE),
            "01-23": ("10:00", "12:30", SITE),
            "01-26": ("15:00", "16:00", SITE),
            "01-30": ("10:00", "12:30", SITE),
        }
        path = f"/v1/agents/{agent}/series"
        listed = world.client.get(path, role="secretaire", mds=[MDS]).json["series"]
        assert [(one["first_day"], one["last_day"]) for one in listed] == [
            ("2023-01-09", "2023-01-18"),
            ("2023-01-19", None),
        ]

    def test_drop_exceptions_when_told_to_and_tell_those_the_new_rule_has_no_day_for(
        self, world, agent
    ):
        serie = begin(world, agent)
        serie = act(world, serie, "occurrences/2023-01-23/change", {"removed": True})
        serie = act(world, serie, "occurrences/2023-01-26/change", {"removed": True})
        thursdays = {"from_day": "2023-01-19", "rule": "FREQ=WEEKLY;BYDAY=TH"}

        answer = act(world, serie, "change", thursdays)

        assert answer.json["lost_days"] == ["2023-01-23"]
        assert [edit["day"] for edit in answer.json["edits"]] == ["2023-01-26"]
        fresh = act(world, answer, "change", {"from_day": "2023-01-19", "keep_edits": False})
        assert fresh.json["edits"] == []
        assert sorted(held(world, agent, "2023-01-19", "2023-01-30")) == ["01-19", "01-26"]

    def test_count_what_is_left_of_a_rule_that_counts(self, world, agent):
        serie = begin(world, agent, "FREQ=WEEKLY;BYDAY=MO;COUNT=5")

        answer = act(world, serie, "change", {"from_day": "2023-01-23", "site": FAR_SITE})

        assert answer.json["rule"] == "FREQ=WEEKLY;BYDAY=MO;COUNT=3"
        assert answer.json["last_day"] == "2023-02-06"
        assert world.sql("SELECT count(*) FROM opening") == 5

    def test_tell_the_rendezvous_left_outside(self, world, agent):
        serie = begin(world, agent)
        at = {"starts_at": "2023-01-19T09:00:00+01:00"}
        booked = world.book([agent], [world.personne()], changes=at).json["rendezvous_id"]

        same = act(world, serie, "change", {"from_day": "2023-01-19", "to": "13:00",
                                            "from": "09:00"})  # fmt: skip
        later = act(world, same, "change", {"from_day": "2023-01-19", "motifs": ["AUTRE"]})

        assert same.json["affected_rendezvous_ids"] == []
        assert later.json["affected_rendezvous_ids"] == [booked]

    def test_refuse_a_conflict_and_change_nothing(self, world, agent):
        serie = begin(world, agent)
        world.open(agent, "2023-01-31", site=FAR_SITE)
        tuesdays = {"from_day": "2023-01-19", "rule": "FREQ=WEEKLY;BYDAY=TU,TH"}

        answer = act(world, serie, "change", tuesdays)

        assert answer.json["days"] == ["2023-01-31"]
        assert world.sql("SELECT count(*) FROM serie") == 1
        assert held(world, agent, "2023-01-19", "2023-01-19")["01-19"] == NINE_TO_NOON

    def test_an_absence_has_no_site(self, world, agent):
        serie = away(world, agent, "FREQ=DAILY")

        assert act(world, serie, "change", {"from_day": "2023-01-19", "site": SITE}).status == 422
        path = "occurrences/2023-01-19/change"
        assert act(world, serie, path, {"site": SITE}).status == 422


class TestTheEnd:
    def test_takes_the_rest_away_and_tells_who_is_booked_in_it(self, world, agent):
        serie = begin(world, agent)
        at = {"starts_at": "2023-01-19T09:00:00+01:00"}
        booked = world.book([agent], [world.personne()], changes=at).json["rendezvous_id"]

        answer = act(world, serie, "end", {"last_day": "2023-01-16"})

        assert answer.json["affected_rendezvous_ids"] == [booked]
        assert sorted(held(world, agent, "2023-01-09", "2023-02-12")) == ["01-09", "01-12", "01-16"]
        assert act(world, answer, "end", {"last_day": "2023-02-16"}).status == 422
        world.at(instant_of(date(2023, 6, 1)))
        assert run_due(world.runtime) == 0

    def test_leaves_the_past_as_it_was(self, world, agent):
        serie = begin(world, agent)
        world.at(instant_of(date(2023, 2, 1)))

        answer = act(world, serie, "end", {"last_day": "2023-01-10"})

        assert answer.json["last_day"] == "2023-01-10"
        assert len(held(world, agent, "2023-01-09", "2023-02-10")) == 7


class TestTheHorizon:
    def test_is_never_less_than_a_year_ahead(self, world, agent):
        begin(world, agent, "FREQ=DAILY", **{"from": "02:30", "to": "04:00"})
        for month in range(1, 15):
            world.at(instant_of(TODAY + timedelta(days=31 * month)))
            run_due(world.runtime)
            last = world.sql("SELECT max(occurrence_on) FROM opening")
            assert last >= TODAY + timedelta(days=31 * month + 366)

        days = world.sql("SELECT count(DISTINCT occurrence_on) FROM opening")
        assert days == (last - TODAY).days + 1

    def test_leaves_out_a_conflict_tells_it_and_goes_on(self, world, agent, capsys):
        begin(world, agent, "FREQ=DAILY")
        world.open(agent, "2024-02-20", site=FAR_SITE)
        world.at(instant_of(date(2023, 2, 20)))

        assert run_due(world.runtime) == 1

        assert '"count": 1' in capsys.readouterr().out
        path = f"/v1/agents/{agent}/series"
        (serie,) = world.client.get(path, role="secretaire", mds=[MDS]).json["series"]
        assert [(e["day"], e["kind"]) for e in serie["edits"]] == [("2024-02-20", "CONFLICT")]
        assert serie["filled_to"] == (date(2023, 2, 20) + HORIZON).isoformat()
        assert world.sql("SELECT max(occurrence_on) FROM opening") == date(2023, 2, 20) + HORIZON

    def test_an_agent_out_of_post_gets_nothing_until_they_are_back(self, world, agent):
        begin(world, agent, "FREQ=DAILY")
        world.agent(agent_id=agent, active=False, effective_on="2023-02-01")
        world.at(instant_of(date(2023, 2, 20)))
        run_due(world.runtime)
        assert world.sql("SELECT max(occurrence_on) FROM opening") == TODAY + HORIZON

        world.agent(agent_id=agent, active=True, effective_on="2023-03-01")
        world.at(instant_of(date(2023, 4, 1)))
        run_due(world.runtime)

        assert world.sql("SELECT max(occurrence_on) FROM opening") == date(2023, 4, 1) + HORIZON


class TestAtOnce:
    def test_of_two_agents_who_edit_one_series_one_wins(self, world, agent):
        serie = begin(world, agent)
        changes = [
            ("occurrences/2023-01-12/change", {"removed": True}),
            ("change", {"from_day": "2023-01-19", "from": "10:00", "to": "12:00"}),
            ("end", {"last_day": "2023-03-01"}),
            ("occurrences/2023-01-16/change", {"from": "10:00", "to": "11:00"}),
        ]

        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda change: act(world, serie, *change), changes))

        assert Counter(answer.status for answer in answers) == {200: 1, 412: 3}

    def test_a_booking_and_the_end_of_its_opening_know_of_each_other(self, world, agent):
        for _ in range(5):
            serie = begin(world, agent, "FREQ=DAILY")
            at = {"starts_at": "2023-01-19T09:00:00+01:00"}
            with ThreadPoolExecutor(2) as pool:
                booking = pool.submit(world.book, [agent], [world.personne()], changes=at)
                ended = pool.submit(act, world, serie, "end", {"last_day": "2023-01-18"}).result()
            told = ended.json["affected_rendezvous_ids"]
            booked = booking.result()
            assert told == ([booked.json["rendezvous_id"]] if booked.status == 201 else [])
            if told:
                world.act(told[0], "cancel", {}, etag='"1"')

    def test_the_database_holds_an_occurrence_once(self, world, agent):
        begin(world, agent)
        double = sa.text(
            "INSERT INTO opening SELECT :id, agent_id, site, mds, starts_at, ends_at, kinds,"
            " motifs, serie_id, occurrence_on, edited FROM opening LIMIT 1"
        )
        with (
            pytest.raises(sa.exc.IntegrityError, match="uq_opening_serie_id_occurrence_on"),
            world.runtime.engine.begin() as connection,
        ):
            connection.execute(double, {"id": new_id()})
