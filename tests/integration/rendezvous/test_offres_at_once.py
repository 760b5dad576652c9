"""One time offered to several, answered by many at once: one winner, and no deadlock."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa

from chassis.testing import run_due
from tests.integration.rendezvous.conftest import (
    BUFFERED_OVERLAPS,
    MDS,
    MISMATCHES,
    OVERLAPS,
    minutes,
)
from tests.integration.rendezvous.line import DAY, EXPIRES, NEXT, SECRETARY, Line
from tests.integration.rendezvous.storm import crowded, deadlocks

OUTSIDE = {"outside_opening": True}


@pytest.fixture
def line(world):
    return Line(world)


class TestSeveralAtOnce:
    @pytest.fixture
    def crowd(self, line):
        """Twenty offered one time, behind a pool that waits as a queue of requests does."""
        line.world.motif(code="A_PLUSIEURS", offers_at_once=20)
        people = [line.wait(motif="A_PLUSIEURS") for _ in range(21)]
        line.free()
        assert sorted(line.offers()) == sorted(people[:20])
        with crowded(line.world, 20) as world:
            line.world = world
            yield line

    def test_twenty_accept_at_once_and_one_wins(self, crowd):
        offers = list(crowd.offers().values())
        together = Barrier(20)

        def accept(offer):
            together.wait()
            return crowd.answer(offer, "accept")

        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(accept, offers))

        assert Counter(one.status for one in answers) == {200: 1, 409: 19}
        refused = [one.json["type"] for one in answers if one.status == 409]
        assert all(kind.endswith("offre-prise") for kind in refused)
        assert crowd.world.sql("SELECT count(*) FROM rendezvous WHERE status = 'BOOKED'") == 1
        assert Counter(crowd.outcomes()) == {"ACCEPTED": 1, "TAKEN": 19}
        assert crowd.world.sql("SELECT count(*) FROM attente WHERE status = 'WAITING'") == 20
        assert crowd.world.sql("SELECT max(passes) FROM attente") == 0
        assert crowd.world.sql(OVERLAPS) == crowd.world.sql(BUFFERED_OVERLAPS) == 0

    def test_the_place_goes_on_once_all_have_declined(self, crowd):
        first, *others = crowd.offers().values()
        assert crowd.answer(first, "decline").status == 200
        run_due(crowd.world.runtime)
        assert len(crowd.offers()) == 19

        for offer in others:
            crowd.answer(offer, "decline")
        run_due(crowd.world.runtime)

        assert len(crowd.offers()) == 1

    @pytest.mark.parametrize(("moment", "won"), [(EXPIRES - minutes(1), 1), (EXPIRES, 0)])
    def test_accepting_declining_withdrawing_and_expiring_at_once(self, crowd, moment, won):
        """Whatever comes first, there is one rendezvous at most and every offer has an end."""
        offers, before = crowd.offers(), deadlocks(crowd.world)
        crowd.world.at(moment)
        together = Barrier(20)

        def act(numbered):
            place, (entry, offer) = numbered
            together.wait()
            if place % 4 == 0:
                return crowd.world.client.post(f"/v1/attentes/{entry}/withdraw", **SECRETARY).status
            if place % 4 == 1:
                return crowd.answer(offer, "decline").status
            if place in (2, 6):
                run_due(crowd.world.runtime)
                return 200
            return crowd.answer(offer, "accept").status

        with ThreadPoolExecutor(20) as pool:
            statuses = Counter(pool.map(act, enumerate(offers.items())))

        assert set(statuses) <= {200, 409}, statuses
        assert crowd.world.sql("SELECT count(*) FROM rendezvous WHERE status = 'BOOKED'") == won
        assert deadlocks(crowd.world) == before
        assert (
            crowd.world.sql(
                "SELECT count(*) FROM offre WHERE status = 'OPEN' AND hold_id IN "
                "(SELECT hold_id FROM offre WHERE status = 'ACCEPTED')"
            )
            == 0
        )
        assert crowd.world.sql(OVERLAPS) == crowd.world.sql(MISMATCHES) == 0


def test_offers_made_while_bookings_cross_never_overlap(line):
    """Cancellations, matches, acceptances and bookings by many at once."""
    world = line.world
    for _ in range(6):
        line.wait()
    spots = [f"{day}T{hour:02}:00:00+01:00" for day in (DAY, NEXT) for hour in (9, 10, 11)]
    booked = [
        world.book([line.agent], [world.personne()], changes={"starts_at": spot}).json
        for spot in spots
    ]

    # Told before the crowd: who applies another's fact may not have committed it yet.
    newcomers = [world.personne() for _ in spots]

    def work(index):
        if index % 2:
            world.act(booked[index // 2]["rendezvous_id"], "cancel", {}, mds=[MDS])
            run_due(world.runtime)
            return [line.answer(offer, "accept").status for offer in line.offers().values()]
        changes = {"starts_at": spots[index // 2]}
        return [world.book([line.agent], [newcomers[index // 2]], changes=changes).status]

    with ThreadPoolExecutor(4) as pool:
        statuses = {status for answers in pool.map(work, range(12)) for status in answers}

    assert statuses <= {200, 201, 409}
    run_due(world.runtime)
    assert world.sql(OVERLAPS) == world.sql(BUFFERED_OVERLAPS) == 0
    assert world.sql(MISMATCHES) == 0
    assert world.sql("SELECT count(*) FROM due WHERE done_at IS NULL AND attempts > 0") == 0


class TestLocks:
    """One round in each transaction, before anything is written: what is locked after it was
    locked in it."""

    @pytest.fixture
    def rounds(self, line):
        """The keys of every lock statement, by transaction."""
        found = []

        def listen(connection, _cursor, statement, parameters, *_):
            if "pg_advisory_xact_lock" in statement:
                found.append((connection.get_transaction(), frozenset(parameters["keys"])))

        sa.event.listen(line.world.runtime.engine, "before_cursor_execute", listen)
        yield found
        sa.event.remove(line.world.runtime.engine, "before_cursor_execute", listen)

    @pytest.fixture
    def visits(self, line):
        """A motif that takes a room and a vehicle, and someone who waits for it."""
        for name in ("Clio 1", "Clio 2"):
            line.world.vehicle(name)
            line.world.room(name)
        line.world.motif(code="VISITE", needs_vehicle=True, needs_room=True)
        return line.wait(motif="VISITE")

    def test_of_a_match(self, line, visits, rounds):
        line.free()

        assert list(line.offers()) == [visits]
        assert_one_round(rounds)

    def test_of_an_acceptance(self, line, visits, rounds):
        line.free()
        rounds.clear()

        assert line.answer(line.offers()[visits], "accept").status == 200

        assert len(rounds) >= 1
        assert_one_round(rounds)

    def test_of_an_acceptance_that_moves(self, line, rounds):
        personne = line.world.personne()
        changes = {"starts_at": f"{NEXT}T14:00:00+01:00"}
        booked = line.world.book([line.world.agent()], [personne], changes=changes | OUTSIDE)
        waiting = line.wait(personne, rendezvous_id=booked.json["rendezvous_id"])
        line.free()
        rounds.clear()

        assert line.answer(line.offers()[waiting], "accept").status == 200

        assert_one_round(rounds)
        assert len(rounds[0][1]) == 3

    def test_of_a_death(self, line, rounds):
        personne = line.world.personne()
        line.wait(personne)
        rounds.clear()

        line.world.dies(personne)

        assert_one_round(rounds)


def assert_one_round(rounds):
    first = {}
    for transaction, keys in rounds:
        assert keys <= first.setdefault(transaction, keys)


def test_acceptances_and_bookings_that_cross_never_deadlock(line):
    """Everybody wants one vehicle, the agents that hold it being locked before or after it."""
    with crowded(line.world, 12) as world:
        line.world = world
        world.vehicle()
        world.motif(code="VISITE", needs_vehicle=True, buffer_after_minutes=0)
        spots = [f"{NEXT}T{hour:02}:00:00+01:00" for hour in (9, 10, 11, 14, 15, 16)]
        agents = [world.agent() for _ in spots]
        for agent in agents:
            world.open(agent, NEXT)
        for agent, spot in zip(agents, spots, strict=True):
            line.wait(motif="VISITE", agent_id=str(agent))
            line.agent = agent
            line.free(motif="VISITE", starts_at=spot)
        offered = list(line.offers().values())
        assert len(offered) == len(spots)
        newcomers = [world.personne() for _ in spots]
        before, together = deadlocks(world), Barrier(12)

        def work(index):
            together.wait()
            if index % 2:
                return line.answer(offered[index // 2], "accept").status
            spot = {"starts_at": spots[index // 2], "motif": "VISITE"} | OUTSIDE
            return world.book([agents[index // 2]], [newcomers[index // 2]], changes=spot).status

        with ThreadPoolExecutor(12) as pool:
            statuses = Counter(pool.map(work, range(12)))

        assert statuses == {200: 6, 409: 6}
        assert deadlocks(world) == before
        assert world.sql(OVERLAPS) == world.sql(MISMATCHES) == 0
