"""One time offered to several, answered by many at once: one winner, and no deadlock."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

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
