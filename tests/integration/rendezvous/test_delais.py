"""How long one waits, as the real search sees it, and when that is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from chassis.testing import published, run_due
from services.rendezvous.domain.besoin import Profession
from services.rendezvous.domain.delai import Delai, crossings, limit_on, next_measure
from tests.integration.rendezvous.conftest import FAR_MDS, FAR_SITE, MDS, SITE

HORIZON = "from=2023-01-01&to=2023-03-31"


@pytest.fixture
def world(measured_world):
    return measured_world


def morning(day):
    """Five in the morning in Paris, in winter."""
    return datetime(2023, 1, day, 4, 0, tzinfo=UTC)


def measure(world, day):
    world.at(morning(day))
    run_due(world.runtime)


def delais(world, mds=MDS, **who):
    path = f"/v1/delais?{HORIZON}" + (f"&mds={mds}" if mds else "")
    return world.client.get(path, **{"role": "direction"} | who)


def told(world):
    return [one.data for one in published(world.runtime) if one.name == "delai_exceeded"]


@pytest.mark.parametrize("role", ["secretaire", "travailleur_social", "personne", "partenaire"])
def test_waits_are_for_those_who_steer(world, role):
    assert delais(world, role=role).status == 403


def test_the_third_slot_is_the_third_that_could_be_booked_beside_the_others(world):
    world.open(world.agent(), "2023-01-11")

    measure(world, 10)

    (row,) = delais(world).json["delais"]
    assert (row["third_at"], row["days"]) == ("2023-01-11T10:00:00+00:00", 1)
    assert (row["motif"], row["profession"], row["exceeded"]) == ("ACCOMPAGNEMENT", "ASS", False)


def test_what_is_taken_or_elsewhere_does_not_shorten_the_wait(world):
    agent = world.agent()
    world.open(agent, "2023-01-11")
    world.open(agent, "2023-01-10", site="CAUSSADE")
    away = {"agent_id": str(agent), "day": "2023-01-11", "from": "09:00", "to": "12:00"}
    world.post("/v1/absences", away, role="admin")

    measure(world, 10)

    (row,) = delais(world).json["delais"]
    assert row["third_at"] == "2023-01-11T15:00:00+00:00"
    (far,) = delais(world, FAR_MDS).json["delais"]
    assert far["third_at"] == "2023-01-10T10:00:00+00:00"


def test_each_motif_waits_for_whom_may_lead_it_and_is_in_force(world):
    world.motif(code="BUDGET", professions=["CESF"])
    world.motif(code="PASSE", valid_to="2023-01-09")
    world.agent(), world.agent("CESF"), world.agent("SECRETAIRE")

    measure(world, 10)

    keys = {(row["motif"], row["profession"]) for row in delais(world).json["delais"]}
    assert keys == {("ACCOMPAGNEMENT", "ASS"), ("ACCOMPAGNEMENT", "CESF"), ("BUDGET", "CESF")}


def test_a_slot_beyond_the_first_window_is_found_and_months_cost_no_more(world):
    world.motif(code="LOINTAIN", max_ahead_days=365)
    agent = world.agent()
    world.open(agent, "2023-01-11", motifs=["ACCOMPAGNEMENT"])
    world.open(agent, "2023-02-08", "2023-05-10", motifs=["LOINTAIN"])
    statements = []
    sa.event.listen(
        world.runtime.engine,
        "before_cursor_execute",
        lambda _c, _cur, statement, *_: statements.append(statement),
    )

    measure(world, 10)

    near, far = delais(world).json["delais"]
    assert (near["motif"], near["days"]) == ("ACCOMPAGNEMENT", 1)
    assert (far["motif"], far["days"], far["exceeded"]) == ("LOINTAIN", 29, True)
    loads = [one for one in statements if "EXECUTE fenetre" in one]
    assert len(loads) == 3, "the first week, two more, four more: both motifs at once"


@pytest.mark.parametrize("changes", [{"mds": MDS}, {"is_open": False}])
def test_an_mds_that_receives_nowhere_any_more_waits_for_nothing(world, changes):
    world.agent(mds=FAR_MDS, site=FAR_SITE)
    world.site(FAR_SITE, **{"mds": FAR_MDS} | changes)

    measure(world, 10)

    assert delais(world, FAR_MDS).json["delais"] == []
    assert world.sql("SELECT count(*) FROM due WHERE attempts > 0") == 0


def test_crossing_is_told_once_and_again_only_after_it_came_back(world):
    agent = world.agent()
    measure(world, 10)
    measure(world, 11)
    assert [one["measured_on"] for one in told(world)] == ["2023-01-10"]
    assert "days" not in told(world)[0]
    opened = world.open(agent, "2023-01-13").json["openings"]

    measure(world, 12)
    assert len(told(world)) == 1
    for opening in opened:
        world.client.delete(f"/v1/openings/{opening['opening_id']}", role="admin")

    measure(world, 13)
    assert [one["measured_on"] for one in told(world)] == ["2023-01-10", "2023-01-13"]


def test_an_mds_is_offered_one_reinforcement_of_the_second_rank(world):
    world.motif(code="AUTRE")
    world.agent()
    measure(world, 10)
    assert len(told(world)) == 2

    listed = world.client.get("/v1/besoins", role="responsable", mds=[MDS]).json["besoins"]

    (offered,) = listed
    assert (offered["reason"], offered["rank"], offered["status"]) == ("SURCHARGE", 2, "PROPOSED")
    assert (offered["from"], offered["to"]) == ("2023-01-16", "2023-02-12")
    assert world.client.get("/v1/besoins", role="responsable", mds=[FAR_MDS]).json["besoins"] == []


def test_a_day_is_measured_once_and_plans_the_next(world):
    world.agent()
    measure(world, 10)
    again = world.runtime.transaction(
        lambda uow: uow.schedule("delai", MDS, uow.now - timedelta(minutes=1))
    )
    assert again is None

    run_due(world.runtime)

    assert len(delais(world).json["delais"]) == 1
    waiting = "SELECT due_at FROM due WHERE kind = 'delai' AND subject = :mds AND done_at IS NULL"
    assert world.sql(waiting, mds=MDS) == morning(11)


def test_a_new_site_of_a_known_mds_plans_nothing_more(world):
    world.site("NOUVEAU", MDS)

    query = "SELECT count(*) FROM due WHERE kind = 'delai' AND done_at IS NULL"
    assert world.sql(query) == 2, "one for each MDS"


class TestRule:
    def delai(self, days, limit=21):
        third = None if days is None else morning(10)
        return Delai(
            day=morning(10).date(), mds=MDS, motif=SITE, profession=Profession.ASS,
            third_at=third, days=days, limit_days=limit,
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("before", "today", "told"),
        [
            (None, 21, False), (None, 22, True), (None, None, True), (21, 22, True),
            (22, 22, False), (22, 21, False), (None, 0, False), (22, None, False),
        ],
    )  # fmt: skip
    def test_only_a_crossing_is_told(self, before, today, told):
        known = {} if before is None else {self.delai(before).key: self.delai(before)}

        assert bool(crossings([self.delai(today)], known)) is told

    def test_the_limit_is_the_three_weeks_of_the_schema(self):
        assert limit_on(morning(10).date()) == 21

    def test_the_hour_is_that_of_paris_across_the_clock_changes(self):
        saturday = datetime(2023, 3, 25, 12, 0, tzinfo=UTC)

        sunday = next_measure(saturday)

        assert sunday == datetime(2023, 3, 26, 3, 0, tzinfo=UTC)
        assert next_measure(sunday) == datetime(2023, 3, 27, 3, 0, tzinfo=UTC)
