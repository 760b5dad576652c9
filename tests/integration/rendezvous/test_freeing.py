"""What gives time back, or leaves a wait without an object, is looked at for those who wait."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
import sqlalchemy as sa

from chassis.testing import run_due
from services.rendezvous.persistence.freed import plan_review
from tests.integration.rendezvous.conftest import FAR_MDS, FAR_SITE, MDS, NINE, SITE
from tests.integration.rendezvous.waiting import SECRETARY, offered, wait

DAY = "2023-01-10"
HEAD = {"role": "responsable", "mds": [MDS]}
A_REVIEW = "SELECT id FROM due WHERE kind = 'attente_review' AND done_at IS NULL"
DONE = "UPDATE due SET done_at = now() WHERE id = :id"
FREED = "SELECT count(*) FROM due WHERE kind = 'place_freed'"


@pytest.fixture
def agent(world):
    made = world.agent()
    world.open(made, DAY)
    return made


def close(world, **changes):
    body = {"first_day": DAY, "label": "Travaux", "mds": MDS} | changes
    kept = {name: value for name, value in body.items() if value is not ...}
    answer = world.post("/v1/fermetures", kept, role="admin")
    assert answer.status == 201, answer.json
    return answer.json["fermeture"]["fermeture_id"]


def plan(rendezvous_id, personne_id, uow):
    uow.run_last(*plan_review(UUID(rendezvous_id), "ACCOMPAGNEMENT", [personne_id], uow.now))


def lift(world, closing, **who):
    return world.client.delete(f"/v1/fermetures/{closing}", **HEAD | who).status


class TestADayOfASeries:
    def test_held_on_another_site_is_for_those_who_wait_there(self, world):
        agent, other = world.agent(), f"{SITE}-2"
        world.site(other, MDS)
        serie = world.post(
            "/v1/series",
            {
                "agent_id": str(agent),
                "kind": "OPENING",
                "rule": "FREQ=WEEKLY;BYDAY=TU",
                "first_day": DAY,
                "from": "09:00",
                "to": "12:00",
                "site": SITE,
            },
            role="admin",
        )
        assert serie.status == 201, serie.json
        wait(world)
        run_due(world.runtime)

        path = f"/v1/series/{serie.json['serie_id']}/occurrences/{DAY}/change"
        changed = world.client.post(path, json={"site": other}, role="admin", etag=serie.etag)
        run_due(world.runtime)

        assert changed.status == 200, changed.json
        assert offered(world) == [NINE.strftime("%Y-%m-%dT%H:%M:%SZ")]


class TestWhoHasLeft:
    def test_is_offered_to_nobody_where_they_were(self, world, agent):
        """Their openings stand until somebody takes them out."""
        booked = world.book([agent], [world.personne()]).json["rendezvous_id"]
        world.agent(agent_id=agent, mds=FAR_MDS, site=FAR_SITE, effective_on="2023-01-09")
        wait(world)

        assert world.act(booked, "cancel", {}, mds=[MDS]).status == 200
        run_due(world.runtime)

        assert offered(world) == []

    def test_who_is_of_elsewhere_and_receives_here_is(self, world):
        guest = world.agent(mds=FAR_MDS, site=FAR_SITE)
        world.open(guest, DAY)
        booked = world.book([guest], [world.personne()]).json["rendezvous_id"]
        wait(world)

        assert world.act(booked, "cancel", {}, mds=[MDS]).status == 200
        run_due(world.runtime)

        assert offered(world) == [NINE.strftime("%Y-%m-%dT%H:%M:%SZ")]


class TestAReview:
    def test_planned_while_one_is_at_work_is_done_after_it(self, world, agent):
        """What a worker has looked at may have changed before it says that it is done."""
        waiting = world.personne()
        booked = world.book([agent], [waiting]).json["rendezvous_id"]
        entry = wait(world, waiting, rendezvous_id=booked)
        with world.runtime.engine.begin() as at_work:
            world.runtime.transaction(partial(plan, booked, waiting))
            locked = at_work.scalar(sa.text(f"{A_REVIEW} FOR UPDATE"))
            assert world.act(booked, "cancel", {}, mds=[MDS]).status == 200
            at_work.execute(sa.text(DONE), {"id": locked})
        run_due(world.runtime)

        assert world.sql(f"SELECT reason FROM attente WHERE id = '{entry}'") == "RENDEZVOUS_OVER"


class TestAClosingLifted:
    @pytest.mark.parametrize("where", [{}, {"mds": ...}, {"mds": ..., "site": SITE}])
    def test_gives_the_day_to_those_who_wait(self, world, agent, where):
        closing = close(world, **where)
        wait(world)
        run_due(world.runtime)
        assert offered(world) == []

        assert lift(world, closing, role="admin") == 204
        run_due(world.runtime)

        assert offered(world) == [NINE.strftime("%Y-%m-%dT%H:%M:%SZ")]

    def test_refused_frees_nothing(self, world, agent):
        closing = close(world)
        wait(world)

        assert lift(world, closing, mds=[FAR_MDS]) == 404

        assert world.sql(FREED) == 0

    def test_twice_frees_once(self, world, agent):
        closing = close(world)
        wait(world)

        assert [lift(world, closing), lift(world, closing)] == [204, 404]

        assert world.sql(FREED) == 1

    def test_under_another_offers_nothing(self, world, agent):
        closing = close(world)
        close(world, mds=...)
        wait(world)

        lift(world, closing)
        run_due(world.runtime)

        assert offered(world) == []

    def test_is_the_time_of_its_own_agents_alone(self, world, agent):
        elsewhere = world.agent(mds=FAR_MDS, site=FAR_SITE)
        world.open(elsewhere, DAY, site=FAR_SITE)
        closing = close(world)
        wait(world, mds=FAR_MDS)

        lift(world, closing)
        run_due(world.runtime)

        assert offered(world) == []

    @pytest.mark.parametrize("day", ["2023-01-08", "2023-02-10"])
    def test_over_or_far_ahead_is_left_to_an_ordinary_search(self, world, agent, day):
        world.open(agent, "2023-02-10")
        closing = close(world, first_day=day)
        wait(world)

        assert lift(world, closing) == 204

        assert world.sql(FREED) == 0


class TestARendezvousThatIsOver:
    """Whoever wanted it earlier waits for nothing any more."""

    @pytest.fixture
    def booked(self, world, agent):
        personne = world.personne()
        late = {"starts_at": (NINE + timedelta(hours=5)).isoformat()}
        made = world.book([agent], [personne], changes=late).json["rendezvous_id"]
        return made, personne

    @pytest.mark.parametrize(("act", "body"), [("honour", None), ("miss", {"excused": True})])
    def test_ends_the_wait_for_an_earlier_one(self, world, booked, act, body):
        rendezvous, personne = booked
        waiting = wait(world, personne, rendezvous_id=rendezvous)
        world.at(NINE + timedelta(hours=5))

        assert world.act(rendezvous, act, body).status == 200
        run_due(world.runtime)

        entry = "SELECT status || ' ' || reason FROM attente WHERE id = :id"
        assert world.sql(entry, id=waiting) == "CLOSED RENDEZVOUS_OVER"

    def test_honoured_before_anybody_looked_was_what_was_waited_for(self, world, agent):
        personne = world.personne()
        waiting = wait(world, personne)
        rendezvous = world.book([agent], [personne]).json["rendezvous_id"]
        world.at(NINE)

        world.act(rendezvous, "honour")
        run_due(world.runtime)

        entry = "SELECT status || ' ' || reason FROM attente WHERE id = :id"
        assert world.sql(entry, id=waiting) == "CLOSED BOOKED_MEANWHILE"

    def test_leaves_those_who_wait_for_another(self, world, booked):
        rendezvous, personne = booked
        world.at(NINE - timedelta(hours=1))
        waiting = wait(world, personne)
        world.at(NINE + timedelta(hours=5))

        world.act(rendezvous, "honour", **SECRETARY)
        run_due(world.runtime)

        assert world.sql("SELECT status FROM attente WHERE id = :id", id=waiting) == "WAITING"
