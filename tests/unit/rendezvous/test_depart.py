"""When an agent leaves an MDS, by what is known of their posts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from chassis.clock import instant_of
from chassis.ids import new_id
from services.rendezvous.domain.depart import departure
from services.rendezvous.domain.projections import Assignment

HERE, THERE = "MDS-ICI", "MDS-AILLEURS"
TODAY = date(2023, 1, 9)
NOW = instant_of(TODAY) + timedelta(hours=9)
AGENT = new_id()


def post(day, mds=HERE, *, active=True, volant=False):
    return Assignment(
        agent_id=AGENT,
        effective_on=TODAY + timedelta(days=day),
        profession="ASS",
        mds=mds,
        site="SITE",
        plateforme=False,
        volant=volant,
        active=active,
    )


def at(day):
    return instant_of(TODAY + timedelta(days=day))


@pytest.mark.parametrize(
    "posts",
    [
        [],
        [post(-300)],
        [post(-300, THERE)],
        [post(-300, THERE), post(-100)],
        [post(-300), post(-100, THERE), post(0)],
        [post(-300, THERE, volant=True)],
        [post(-300), post(-100, THERE, volant=True)],
        [post(-300, active=False)],
    ],
)
def test_who_was_never_there_or_is_there_leaves_nothing(posts):
    assert departure(posts, HERE, NOW) is None


@pytest.mark.parametrize(
    "gone",
    [post(-10, THERE), post(-10, active=False), post(-10, THERE, active=False)],
)
def test_who_left_leaves_what_is_to_come(gone):
    left = departure([post(-300), gone], HERE, NOW)

    assert left is not None
    assert (left.during.start, left.back_at) == (NOW, None)
    assert (left.agent_id, left.mds_left, left.post) == (AGENT, HERE, post(-300))


def test_who_is_to_leave_leaves_what_is_after_that_day():
    left = departure([post(-300), post(20, THERE)], HERE, NOW)

    assert left is not None
    assert (left.during.start, left.back_at) == (at(20), None)


def test_who_comes_back_holds_what_is_theirs_from_then_on():
    left = departure([post(-300), post(-10, THERE), post(40), post(90, THERE)], HERE, NOW)

    assert left is not None
    assert (left.during.start, left.back_at) == (NOW, at(40))


def test_the_post_they_left_is_the_last_they_had_there():
    left = departure([post(-300), post(-90), post(-10, active=False)], HERE, NOW)

    assert left is not None
    assert left.post == post(-90)


def test_a_volant_who_left_leaves_what_they_hold_in_any_mds():
    posts = [post(-300, THERE, volant=True), post(-1, THERE, volant=True, active=False)]

    assert departure(posts, HERE, NOW) is not None
    assert departure(posts, THERE, NOW) is not None
