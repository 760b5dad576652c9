"""What a time that frees is offered to: whom it suits, where, when and with whom."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from chassis.testing import run_due
from tests.integration.rendezvous.conftest import FAR_MDS, FAR_SITE, MDS, NINE, SITE, minutes
from tests.integration.rendezvous.line import DAY, NEXT, cancel, entry, facts, offers, wait


@pytest.fixture
def agent(world):
    agent_id = world.agent()
    assert world.open(agent_id, DAY, NEXT).status == 201
    return agent_id


@pytest.fixture
def taken(world, agent):
    """A rendezvous at nine, to be cancelled."""
    return world.book([agent], [world.personne()]).json["rendezvous_id"]


@contextmanager
def dying_once(engine, statement):
    """The connection breaks at a statement, once."""
    state = {"left": 1}

    def break_off(_connection, _cursor, text, *_):
        if text.startswith(statement) and state["left"]:
            state["left"] = 0
            raise ConnectionResetError

    sa.event.listen(engine, "before_cursor_execute", break_off)
    yield
    sa.event.remove(engine, "before_cursor_execute", break_off)
    assert state["left"] == 0


class TestWhatIsOffered:
    def test_a_cancelled_place_to_the_first_in_line(self, world, taken):
        waiting = [wait(world) for _ in range(2)]

        cancel(world, taken)

        ((offer, whom),) = offers(world)
        assert whom == waiting[0]["attente_id"]
        (told,) = facts(world, "creneau_offered")
        assert told.data["offer_id"] == offer
        assert told.data["personne_ids"] == waiting[0]["personne_ids"]
        assert told.data["starts_at"] == "2023-01-10T08:00:00Z"
        assert told.data["expires_at"] == "2023-01-09T12:00:00Z"

    def test_nobody_else_has_it_meanwhile(self, world, agent, taken):
        wait(world)
        cancel(world, taken)

        refused = world.book([agent], [world.personne()])

        assert refused.status == 409
        assert refused.json["type"].endswith("creneau-pris")
        assert len(refused.json["alternatives"]) >= 3

    def test_when_nobody_waits_nothing_is_planned(self, world, taken):
        world.act(taken, "cancel", {}, mds=[MDS])

        assert (
            world.sql("SELECT count(*) FROM due WHERE kind IN ('place_freed', 'attente_review')")
            == 0
        )

    def test_a_place_moved_away_from(self, world, taken):
        wait(world)

        world.act(taken, "move", {"starts_at": "2023-01-11T09:00:00+01:00"}, mds=[MDS])
        run_due(world.runtime)

        assert len(offers(world)) == 1

    def test_the_time_of_an_absence_that_is_lifted(self, world):
        agent = world.agent()
        world.open(agent, DAY)
        away = {"agent_id": str(agent), "day": DAY, "from": "09:00", "to": "12:00"}
        absence = world.post("/v1/absences", away, role="admin").json["absence"]["absence_id"]
        people = [wait(world)["attente_id"] for _ in range(5)]

        assert world.client.delete(f"/v1/absences/{absence}", role="admin").status == 204
        run_due(world.runtime)

        # 45 minutes and 15 after: at 9, 10 and 11, one by one.
        assert [whom for _, whom in offers(world)] == people[:3]

    def test_the_time_of_an_opening_that_is_added(self, world):
        people = [wait(world)["attente_id"] for _ in range(8)]

        world.open(world.agent(), DAY)
        run_due(world.runtime)

        assert [whom for _, whom in offers(world)] == people[:6]

    @pytest.mark.parametrize(
        ("changes", "is_offered"),
        [
            ({}, True),
            ({"site": SITE}, True),
            ({"site": FAR_SITE}, False),
            ({"mds": FAR_MDS}, False),
            ({"from_on": "2023-01-10", "until_on": "2023-01-10"}, True),
            ({"from_on": "2023-01-11"}, False),
            ({"until_on": "2023-01-09"}, False),
            ({"half_days": ["TUESDAY_AM"]}, True),
            ({"half_days": ["TUESDAY_PM", "MONDAY_AM"]}, False),
        ],
    )
    def test_where_and_when_it_suits(self, world, taken, changes, is_offered):
        wait(world, **changes)

        cancel(world, taken)

        assert bool(offers(world)) == is_offered

    def test_with_the_agent_asked_for_alone(self, world, agent, taken):
        other = wait(world, agent_id=str(world.agent()))
        own = wait(world, agent_id=str(agent))

        cancel(world, taken)

        assert [whom for _, whom in offers(world)] == [own["attente_id"]]
        assert entry(world, other["attente_id"]) == "WAITING"

    def test_within_the_delays_and_professions_of_the_motif(self, world, taken):
        world.motif(code="LENT", min_notice_minutes=3 * 24 * 60)
        world.motif(code="CESF_SEUL", professions=["CESF"])
        wait(world, motif="LENT")
        wait(world, motif="CESF_SEUL")

        cancel(world, taken)

        assert offers(world) == []

    def test_another_motif_that_fits_in_the_time(self, world, taken):
        world.motif(code="COURT", duration_minutes=20, buffer_after_minutes=0)
        wait(world, motif="COURT")

        cancel(world, taken)

        assert len(offers(world)) == 1

    def test_not_when_they_are_busy_then(self, world, agent, taken):
        busy = world.personne()
        world.motif(code="AUTRE_MOTIF")
        world.book(
            [world.agent()], [busy], changes={"outside_opening": True, "motif": "AUTRE_MOTIF"}
        )
        wait(world, busy)

        cancel(world, taken)

        assert offers(world) == []

    def test_not_with_an_agent_their_file_is_closed_to(self, world, agent, taken):
        relative = world.personne()
        wait(world, relative)
        world.protect(relative, protected=False, closed_to=[agent])
        second = wait(world)

        cancel(world, taken)

        assert [whom for _, whom in offers(world)] == [second["attente_id"]]

    def test_not_when_there_is_no_time_left_to_answer(self, world, taken):
        wait(world)
        world.at(NINE - minutes(14))

        cancel(world, taken)

        assert offers(world) == []

    def test_at_night_the_time_to_answer_begins_in_the_morning(self, world, agent):
        late = world.book(
            [agent], [world.personne()], changes={"starts_at": "2023-01-11T14:00:00+01:00"}
        )
        wait(world)
        world.at(datetime(2023, 1, 9, 21, 30, tzinfo=UTC))

        cancel(world, late.json["rendezvous_id"])

        (told,) = facts(world, "creneau_offered")
        assert told.data["expires_at"] == "2023-01-10T11:00:00Z"

    def test_a_crash_between_the_cancellation_and_the_match_loses_nothing(self, world, taken):
        waiting = wait(world)
        world.act(taken, "cancel", {}, mds=[MDS])
        assert offers(world) == []
        with dying_once(world.runtime.engine, "INSERT INTO offre"):
            run_due(world.runtime)
        assert offers(world) == []
        assert world.sql("SELECT count(*) FROM occupation WHERE hold_id IS NOT NULL") == 0
        with world.runtime.engine.begin() as connection:
            connection.execute(sa.text("UPDATE due SET retry_at = now()"))

        run_due(world.runtime)

        assert [whom for _, whom in offers(world)] == [waiting["attente_id"]]
