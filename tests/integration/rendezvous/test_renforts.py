"""Needs, the proposal of a month, its acceptance: who may, what is told, what is counted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from chassis.ids import new_id
from chassis.testing import published
from tests.integration.again import sent_again
from tests.integration.rendezvous.conftest import FAR_MDS, MDS, SITE

DIRECTION = {"role": "direction"}
HEAD = {"role": "responsable", "mds": [MDS], "subject": "chef"}
OTHER_HEAD = {"role": "responsable", "mds": [FAR_MDS], "subject": "autre"}
#: The Mondays of the four whole weeks of February 2023, without a holiday.
JANUARY, FEBRUARY = "2023-01", "2023-02"


def besoin(world, mds=MDS, **changes):
    known = {
        "mds": mds,
        "profession": "ASS",
        "reason": "VACANCE",
        "from": "2023-02-06",
        "to": "2023-02-10",
        "days_per_week": 3,
    }
    who = changes.pop("who", DIRECTION)
    return world.post("/v1/besoins", known | changes, **who)


def propose(world, month=FEBRUARY, **who):
    return world.post("/v1/plannings-volants", {"month": month}, **who or DIRECTION)


def decide(world, planning, act, body=None, *, who=HEAD, version=1):
    path = f"/v1/plannings-volants/{planning['planning_id']}/{act}"
    etag = f'"{version}"' if act == "accept" else None
    return world.client.post(path, json=body, etag=etag, **who)


def refuse(world, planning, line, reason="BESOIN_COVERED", **options):
    body = {"line_id": line["line_id"], "reason": reason}
    return decide(world, planning, "refuse", body, **options)


def close(world, day, **changes):
    body = {"first_day": day, "label": "Fermeture"} | changes
    assert world.post("/v1/fermetures", body, role="admin").status == 201


def renforts(world, first="2023-01-01", last="2023-12-31"):
    rows = world.client.get(f"/v1/activity?from={first}&to={last}", **DIRECTION).json["renforts"]
    return {(row["mds"], row["profession"]): row["days"] for row in rows}


def proposed(planning, mds):
    lines = [one for one in planning["lines"] if (one["mds"], one["status"]) == (mds, "PROPOSED")]
    return [day[-2:] for line in lines for day in line["days"]]


def told(world):
    return [one.data for one in published(world.runtime) if one.name == "renfort_assigned"]


@pytest.fixture
def volant(world):
    return world.agent(volant=True)


class TestWhoMay:
    @pytest.mark.parametrize("role", ["secretaire", "travailleur_social", "personne", "admin"])
    def test_agents_neither_ask_nor_propose(self, world, role):
        assert besoin(world, who={"role": role, "mds": [MDS]}).status == 403
        assert propose(world, role=role).status == 403

    def test_another_mds_is_refused_like_one_that_does_not_exist(self, world):
        foreign = besoin(world, who=OTHER_HEAD)
        unknown = besoin(world, "MDS-NULLE-PART")

        assert foreign.status == unknown.status == 422
        assert foreign.json["type"] == unknown.json["type"]
        assert foreign.json["errors"] == unknown.json["errors"]

    def test_another_mds_neither_sees_ends_nor_decides(self, world, volant):
        asked = besoin(world).json["besoin_id"]
        planning = propose(world).json

        mine = world.client.get("/v1/plannings-volants?month=2023-02", **OTHER_HEAD).json
        assert (mine["lines"], mine["gaps"]) == ([], [])
        assert world.client.get("/v1/besoins", **OTHER_HEAD).json["besoins"] == []
        assert world.client.get(f"/v1/besoins?mds={MDS}", **OTHER_HEAD).json["besoins"] == []
        assert world.client.post(f"/v1/besoins/{asked}/end", **OTHER_HEAD).status == 404
        assert refuse(world, planning, planning["lines"][0], who=OTHER_HEAD).status == 404
        assert decide(world, planning, "accept", who=OTHER_HEAD).json["lines"] == []
        assert told(world) == []

    def test_a_planning_that_does_not_exist_is_not_found(self, world):
        nowhere = {"planning_id": new_id()}

        assert world.client.get("/v1/plannings-volants?month=2023-05", **HEAD).status == 404
        assert decide(world, nowhere, "accept").status == 404
        assert refuse(world, nowhere, {"line_id": str(new_id())}).status == 404


class TestAMonth:
    def test_is_proposed_accepted_told_and_counted(self, world, volant):
        asked = besoin(world, who=HEAD).json

        planning = propose(world).json
        (line,) = planning["lines"]
        assert line["days"] == ["2023-02-06", "2023-02-07", "2023-02-08"]
        assert (line["agent_id"], line["rank"]) == (str(volant), 1)
        assert (planning["gaps"], renforts(world)) == ([], {})
        done = decide(world, planning, "accept").json

        assert done["lines"][0]["status"] == "ACCEPTED"
        (fact,) = told(world)
        assert fact["besoin_id"] == asked["besoin_id"]
        assert (fact["agent_id"], fact["days"]) == (str(volant), line["days"])
        assert renforts(world) == {(MDS, "ASS"): 3}
        assert renforts(world, "2023-02-07", "2023-02-28") == {(MDS, "ASS"): 2}

    def test_a_day_on_which_the_mds_is_closed_is_not_worked_there(self, world, volant):
        """The whole of it, the whole day: a site's closing or an afternoon's leaves it worked."""
        besoin(world, days_per_week=5)
        besoin(world, FAR_MDS, profession="CESF", days_per_week=5)
        world.agent("CESF", volant=True)
        close(world, "2023-02-07", mds=MDS)
        close(world, "2023-02-08", mds=FAR_MDS)
        close(world, "2023-02-09", site=SITE)
        close(world, "2023-02-10", mds=MDS, **{"from": "12:00", "to": "18:00"})

        planning = propose(world).json

        assert proposed(planning, MDS) == ["06", "08", "09", "10"]
        assert proposed(planning, FAR_MDS) == ["06", "07", "09", "10"]
        assert planning["gaps"] == []

    def test_a_closing_declared_since_makes_the_line_stale(self, world, volant):
        besoin(world)
        planning = propose(world).json
        close(world, "2023-02-08")

        refused = decide(world, planning, "accept")

        assert (refused.status, refused.json["type"][-15:]) == (409, "renfort-depasse")
        assert proposed(propose(world).json, MDS) == ["06", "07", "09"]

    def test_a_month_of_closing_asks_for_nothing(self, world, volant):
        besoin(world, **{"from": "2023-01-16", "to": "2023-01-20"})
        close(world, "2023-01-01", last_day="2023-01-31", mds=MDS)

        planning = propose(world, JANUARY).json

        assert (planning["lines"], planning["gaps"]) == ([], [])

    def test_each_decides_for_their_mds_the_direction_for_all(self, world, volant):
        world.agent(volant=True)
        besoin(world), besoin(world, FAR_MDS)
        planning = propose(world).json

        decide(world, planning, "accept")
        assert renforts(world) == {(MDS, "ASS"): 3}
        decide(world, planning, "accept", who=DIRECTION)

        assert renforts(world) == {(MDS, "ASS"): 3, (FAR_MDS, "ASS"): 3}

    def test_is_replaced_while_not_accepted(self, world, volant):
        besoin(world)
        first = propose(world).json
        besoin(world, FAR_MDS, **{"from": "2023-02-13", "to": "2023-02-17"})

        second = propose(world).json

        assert (first["planning_id"], second["version"]) == (second["planning_id"], 2)
        assert len(second["lines"]) == 2
        assert decide(world, first, "accept", version=1).status == 412
        assert decide(world, second, "accept", version=2).status == 200
        third = propose(world).json
        assert {line["status"] for line in third["lines"]} == {"ACCEPTED", "PROPOSED"}

    @pytest.mark.parametrize(
        ("reason", "mine", "theirs"),
        [
            # Covered: nothing more this week. Dates: the two others. Volant: nobody is left.
            ("BESOIN_COVERED", [], ["06", "07", "08", "09", "10"]),
            ("DATES_UNSUITABLE", ["09", "10"], ["06", "07", "08"]),
            ("VOLANT_UNAVAILABLE", ["09", "10"], []),
        ],
    )
    def test_minds_why_a_line_was_refused(self, world, volant, reason, mine, theirs):
        besoin(world)
        planning = propose(world).json
        refuse(world, planning, planning["lines"][0], reason)
        besoin(world, FAR_MDS, days_per_week=5)

        again = propose(world).json

        assert proposed(again, MDS) == mine
        assert proposed(again, FAR_MDS) == theirs

    def test_leaves_absences_holidays_and_other_posts_aside(self, world, volant):
        whole = {"from": "2023-04-10", "to": "2023-04-14", "days_per_week": 5}
        away = {"agent_id": str(volant), "day": "2023-04-12", "from": "14:00", "to": "15:00"}
        work = {"agent_id": str(volant), "day": "2023-04-13", "from": "14:00", "to": "15:00"}
        world.post("/v1/absences", away, role="admin")
        world.post("/v1/absences", work | {"kind": "WORK"}, role="admin")
        world.agent(agent_id=volant, volant=False, effective_on="2023-04-14")
        besoin(world, **whole)

        (line,) = propose(world, "2023-04").json["lines"]

        assert line["days"] == ["2023-04-11", "2023-04-13"]

    def test_a_week_astride_two_months_is_not_given_twice(self, world, volant):
        besoin(world, **{"from": "2023-01-30", "to": "2023-02-03", "days_per_week": 2})
        decide(world, propose(world, JANUARY).json, "accept")

        assert propose(world).json["lines"] == []
        assert renforts(world) == {(MDS, "ASS"): 2}

    def test_that_is_past_or_far_is_not_planned(self, world):
        assert propose(world, "2022-12").status == 422
        assert propose(world, "2024-02").status == 422
        assert propose(world, "2024-01").status == 201

    def test_is_not_accepted_once_the_volant_is_away(self, world, volant):
        besoin(world)
        planning = propose(world).json
        away = {"agent_id": str(volant), "day": "2023-02-07", "from": "09:00", "to": "12:00"}
        world.post("/v1/absences", away, role="admin")

        assert decide(world, planning, "accept").json["type"].endswith("renfort-depasse")
        assert (told(world), renforts(world)) == ([], {})

    def test_is_not_accepted_once_a_day_is_past(self, world, volant):
        besoin(world)
        planning = propose(world).json
        world.at(datetime(2023, 2, 7, 8, 0, tzinfo=UTC))

        assert decide(world, planning, "accept").status == 409


class TestANeed:
    def test_an_overload_is_measured_not_said(self, world):
        assert besoin(world, reason="SURCHARGE").json["type"].endswith("surcharge-non-mesuree")
        world.agent()
        world.runtime.transaction(lambda uow: uow.schedule("delai", MDS, uow.now))
        world.client.post("/internal/due", json={}, role="service")

        assert besoin(world, reason="SURCHARGE").status == 201

    def test_what_the_measure_proposed_is_served_once_confirmed(self, world, volant):
        world.agent()
        world.runtime.transaction(lambda uow: uow.schedule("delai", MDS, uow.now))
        world.client.post("/internal/due", json={}, role="service")
        (offered,) = world.client.get("/v1/besoins", **HEAD).json["besoins"]
        assert propose(world).json["lines"] == []
        path = f"/v1/besoins/{offered['besoin_id']}/confirm"
        wanted = {"from": "2023-02-06", "to": "2023-02-10", "days_per_week": 4}
        assert world.client.post(path, json=wanted, etag='"1"', **OTHER_HEAD).status == 404

        done = world.client.post(path, json=wanted, etag='"1"', **HEAD)

        assert (done.status, done.json["status"]) == (200, "OPEN")
        assert world.client.post(path, json=wanted, etag='"1"', **HEAD).status == 412
        assert world.client.post(path, json=wanted, etag='"2"', **HEAD).status == 409
        (line,) = propose(world).json["lines"]
        assert (line["rank"], len(line["days"])) == (2, 4)

    def test_ended_is_served_no_more_and_keeps_what_was_accepted(self, world, volant):
        asked = besoin(world, to="2023-02-17").json["besoin_id"]
        planning = propose(world).json
        refuse(world, planning, planning["lines"][1], "DATES_UNSUITABLE")
        decide(world, planning, "accept")
        propose(world)

        ended = world.client.post(f"/v1/besoins/{asked}/end", **HEAD)

        assert ended.json["status"] == "ENDED"
        left = world.client.get("/v1/plannings-volants?month=2023-02", **HEAD).json["lines"]
        assert {line["status"] for line in left} == {"ACCEPTED", "REFUSED"}
        assert renforts(world) == {(MDS, "ASS"): 3}

    @pytest.mark.parametrize(
        "wrong",
        [{"to": "2023-02-05"}, {"to": "2024-02-07"}, {"days_per_week": 6}, {"profession": "AUTRE"}],
    )
    def test_that_makes_no_sense_is_refused(self, world, wrong):
        assert besoin(world, **wrong).status == 422

    def test_needs_are_listed_page_by_page(self, world):
        asked = [besoin(world).json["besoin_id"] for _ in range(3)]

        first = world.client.get("/v1/besoins?limit=2", **HEAD).json
        rest = world.client.get(f"/v1/besoins?limit=2&cursor={first['next']}", **HEAD).json

        found = [one["besoin_id"] for one in first["besoins"] + rest["besoins"]]
        assert found == asked[::-1]


class TestOnce:
    def test_acts_said_again_change_nothing(self, world, volant):
        asked = besoin(world, to="2023-02-17").json["besoin_id"]
        planning = propose(world).json
        line = planning["lines"][0]

        assert sent_again(world.runtime, lambda: refuse(world, planning, line)) == 200
        assert sent_again(world.runtime, lambda: decide(world, planning, "accept")) == 200
        end = f"/v1/besoins/{asked}/end"
        assert sent_again(world.runtime, lambda: world.client.post(end, **HEAD)) == 200

    def test_what_is_decided_is_not_decided_otherwise(self, world, volant):
        besoin(world)
        planning = propose(world).json
        decide(world, planning, "accept")

        assert refuse(world, planning, planning["lines"][0]).status == 409

    def test_two_who_accept_at_once_tell_it_once(self, world, volant):
        besoin(world)
        planning = propose(world).json

        with ThreadPoolExecutor(2) as pool:
            calls = [
                pool.submit(decide, world, planning, "accept", who=who) for who in (HEAD, DIRECTION)
            ]
        assert {call.result().status for call in calls} == {200}

        assert len(told(world)) == 1
        assert renforts(world) == {(MDS, "ASS"): 3}

    def test_two_proposals_at_once_leave_one(self, world, volant):
        besoin(world)

        with ThreadPoolExecutor(2) as pool:
            calls = [pool.submit(propose, world) for _ in range(2)]

        assert sorted(call.result().json["version"] for call in calls) == [1, 2]
        assert world.sql("SELECT count(*) FROM renfort_jour") == 3

    @pytest.mark.parametrize(
        ("changed", "constraint"),
        [("besoin_id", "pk_renfort_jour"), ("agent_id", "uq_renfort_jour_besoin_id")],
    )
    def test_the_database_refuses_two_places_a_day(self, world, volant, changed, constraint):
        other = besoin(world, FAR_MDS).json["besoin_id"]
        world.client.post(f"/v1/besoins/{other}/end", **DIRECTION)
        besoin(world)
        propose(world)
        values = {"besoin_id": other, "agent_id": str(new_id())}
        columns = [
            f"'{values[name]}'" if name == changed else name
            for name in ("agent_id", "day", "besoin_id", "renfort_id")
        ]
        again = f"INSERT INTO renfort_jour SELECT {', '.join(columns)} FROM renfort_jour"

        with (
            pytest.raises(IntegrityError) as refused,
            world.runtime.engine.begin() as connection,
        ):
            connection.execute(text(again))

        assert refused.value.orig.diag.constraint_name == constraint
