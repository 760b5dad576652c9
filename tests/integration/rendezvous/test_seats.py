"""Seats of a collective rendezvous: how many, whose, and what a refusal comes with."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.integration.rendezvous.conftest import FAR_MDS, MISMATCHES, NINE, OVERLAPS, minutes
from tests.integration.rendezvous.session import (
    DAY,
    LATER,
    act_on,
    join,
    new_session,
    read,
    two_seats,
)
from tests.integration.rendezvous.storm import crowded


@pytest.fixture
def agent(world):
    agent_id = world.agent()
    world.open(agent_id, DAY, "2023-01-11")
    return agent_id


@pytest.fixture
def atelier(world, agent):
    """A motif of two seats, which people may take themselves, and a session of it."""
    return two_seats(world, agent)


class TestSeats:
    def test_full_it_offers_other_sessions_where_the_person_is_free(self, world, agent, atelier):
        late, busy = world.personne(), world.agent()
        near = new_session(world, agent, **LATER)
        far = new_session(world, agent, starts_at="2023-01-11T09:00:00+01:00")
        world.open(busy, DAY)
        world.book([busy], [late], changes=LATER)
        for _ in range(2):
            assert join(world, atelier, world.personne()).status == 201

        refused = join(world, atelier, late)

        assert refused.json["type"].endswith(":complet"), refused.json
        assert [one["rendezvous_id"] for one in refused.json["alternatives"]] == [far]
        other = join(world, atelier, world.personne()).json["alternatives"]
        assert [one["rendezvous_id"] for one in other] == [near, far]
        assert other[0]["seats_left"] == 2

    def test_nor_where_a_responsable_gave_them_two_rendezvous_at_once(self, world, agent, atelier):
        busy, other, third = world.personne(), world.agent(), world.agent()
        new_session(world, agent, **LATER)
        for _ in range(2):
            join(world, atelier, world.personne())
        early = {"starts_at": (NINE + minutes(15)).isoformat(), "outside_opening": True}
        world.book([other], [busy], changes=early)
        given = {"starts_at": (NINE + minutes(40)).isoformat(), "outside_opening": True}
        given |= {"override_person_overlap": {"reason": "DANGER"}}
        assert world.book([third], [busy], role="responsable", changes=given).status == 201

        refused = join(world, atelier, busy)

        assert refused.json["alternatives"] == []

    def test_the_last_seat_has_one_winner(self, world, atelier, agent):
        new_session(world, agent, **LATER)
        join(world, atelier, world.personne())
        people = [world.personne() for _ in range(12)]

        with crowded(world, 12) as crowd, ThreadPoolExecutor(12) as pool:
            answers = list(pool.map(lambda one: join(crowd, atelier, one), people))
        found = Counter(answer.status for answer in answers)
        offered = [a.json["alternatives"] for a in answers if a.status == 409]
        seats = world.sql(
            "SELECT cardinality(personne_ids) FROM rendezvous WHERE id = :id", id=atelier
        )
        overlaps, mismatches = world.sql(OVERLAPS), world.sql(MISMATCHES)

        assert found == {201: 1, 409: 11}, [a.json for a in answers if a.status == 503]
        assert all(offered)
        assert (seats, overlaps, mismatches) == (2, 0, 0)

    def test_the_second_click_enrols_once(self, world, atelier):
        personne = world.personne()

        first = join(world, atelier, personne, key="le-meme-clic")
        second = join(world, atelier, personne, key="le-meme-clic")

        assert first.status == 201, first.json
        assert first.json == second.json
        assert join(world, atelier, personne).json["type"].endswith("deja-inscrit")

    def test_a_seat_takes_the_persons_time_and_gives_it_back(self, world, agent, atelier):
        personne, other = world.personne(), world.agent()
        world.open(other, DAY)
        join(world, atelier, personne)

        assert world.book([other], [personne]).status == 409
        assert act_on(world, atelier, personne, "cancel", {}).status == 200
        assert world.book([other], [personne]).status == 201
        assert world.sql(MISMATCHES) == 0

    def test_an_agent_of_another_mds_enrols_and_withdraws_whom_they_enrolled(self, world, atelier):
        theirs, others = world.personne(), world.personne()
        join(world, atelier, others)
        far = {"mds": [FAR_MDS], "subject": "ailleurs"}

        assert join(world, atelier, theirs, **far).status == 201
        assert read(world, atelier, **far).status == 404
        assert act_on(world, atelier, others, "cancel", {}, **far).status == 404
        assert act_on(world, atelier, theirs, "cancel", {}, **far).status == 200

    def test_sessions_tell_the_seats_left_and_nobody(self, world, agent, atelier):
        join(world, atelier, world.personne())
        who = {"role": "personne", "personne_id": world.personne()}

        found = world.client.get(f"/v1/sessions?motif=ATELIER&from={DAY}&to={DAY}", **who).json

        (one,) = found["sessions"]
        assert (one["rendezvous_id"], one["capacity"], one["seats_left"]) == (atelier, 2, 1)
        assert "personne_ids" not in one
