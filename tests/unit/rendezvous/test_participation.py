"""A collective rendezvous: every state of a participation, every step; seats; what is told."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rendezvous.domain import errors
from services.rendezvous.domain.participation import Participation, Session, Step, opened
from services.rendezvous.domain.rendezvous import CancelledBy, CancelReason, Status
from services.rendezvous.events import RendezvousBooked
from tests.unit.rendezvous import make

ANNA, BORIS, CHLOE = UUID(int=51), UUID(int=52), UUID(int=53)
WHY = {"by": CancelledBy.AGENT, "reason": CancelReason.OTHER}
LATER = make.NINE + timedelta(hours=1)


def participation(personne_id=ANNA, status=Status.BOOKED):
    return Participation(
        rendezvous_id=UUID(int=31),
        personne_id=personne_id,
        joined_by="lea",
        joined_at=make.NINE,
        status=status,
    )


def session(capacity=3, status=Status.BOOKED, **states):
    people = {"anna": ANNA, "boris": BORIS, "chloe": CHLOE}
    seats = [participation(people[name], state) for name, state in states.items()]
    seated = tuple(one.personne_id for one in seats if one.status is not Status.CANCELLED)
    whole = make.rendezvous(capacity=capacity, personne_ids=seated, status=status)
    return Session(whole, seats)


STEPS = {
    Step.CANCEL: lambda one: one.cancel(**WHY, now=make.NINE),
    Step.HONOUR: lambda one: one.honour(now=make.NINE),
    Step.MISS: lambda one: one.miss(excused=False, now=make.NINE),
}
LEADS_TO = {
    Step.CANCEL: Status.CANCELLED,
    Step.HONOUR: Status.HONOURED,
    Step.MISS: Status.MISSED,
}


@pytest.mark.parametrize(("status", "step"), list(product(Status, Step)))
def test_only_a_booked_participation_takes_a_step(status, step):
    one = participation(status=status)

    if status is Status.BOOKED:
        STEPS[step](one)
        assert (one.status, one.closed_at) == (LEADS_TO[step], make.NINE)
    else:
        with pytest.raises(errors.IllegalTransition):
            STEPS[step](one)
        assert one.status is status


ON_ONE = {
    "join": lambda s: s.join(CHLOE, by="lea", now=make.NINE),
    "leave": lambda s: s.leave(ANNA, **WHY, now=make.NINE),
    "honour": lambda s: s.honour_one(ANNA, now=make.NINE),
    "miss": lambda s: s.miss_one(ANNA, excused=True, now=make.NINE),
}


@pytest.mark.parametrize(("status", "act"), list(product(Status, ON_ONE)))
def test_one_seat_changes_only_while_the_whole_is_booked(status, act):
    whole = session(status=status, anna=Status.BOOKED)

    if status is Status.BOOKED:
        ON_ONE[act](whole)
        assert whole.rendezvous.version == 2
    else:
        with pytest.raises(errors.IllegalTransition):
            ON_ONE[act](whole)
        assert whole.rendezvous.version == 1


@pytest.mark.parametrize("act", ["honour", "miss"])
def test_nobody_is_ticked_before_the_time(act):
    whole = session(anna=Status.BOOKED)
    whole.rendezvous.place = make.place(starts_at=LATER)

    with pytest.raises(errors.NotStarted):
        ON_ONE[act](whole)


ON_ALL = {
    "move": lambda s: s.move(make.place(starts_at=LATER), make.motif(capacity=3)),
    "cancel": lambda s: s.cancel(**WHY, now=make.NINE),
    "honour": lambda s: s.honour(now=make.NINE),
    "miss": lambda s: s.miss(excused=False, now=make.NINE),
}
#: What is refused once the first of two people was ticked so, and why.
REFUSED = {
    ("move", Status.HONOURED): errors.AttendanceBegun,
    ("move", Status.MISSED): errors.AttendanceBegun,
    ("cancel", Status.HONOURED): errors.AttendanceBegun,
    ("cancel", Status.MISSED): errors.AttendanceBegun,
    ("miss", Status.HONOURED): errors.AttendanceBegun,
}


@pytest.mark.parametrize(("act", "first"), list(product(ON_ALL, Status)))
def test_the_whole_follows_what_was_ticked(act, first):
    whole = session(anna=first, boris=Status.BOOKED)

    if (act, first) in REFUSED:
        with pytest.raises(REFUSED[act, first]):
            ON_ALL[act](whole)
        assert whole.rendezvous.status is Status.BOOKED
        assert whole.of(BORIS).status is Status.BOOKED
    else:
        fact = ON_ALL[act](whole)
        assert BORIS in fact.personne_ids
        assert (ANNA in fact.personne_ids) == _is_told(act, first)


def _is_told(act, first):
    """One who left is told nothing more; who did not come was not received."""
    return first is not Status.CANCELLED and (act, first) != ("honour", Status.MISSED)


@pytest.mark.parametrize(("status", "act"), list(product(Status, ON_ALL)))
def test_the_whole_is_acted_on_once(status, act):
    whole = session(status=status, anna=Status.BOOKED)

    if status is Status.BOOKED:
        ON_ALL[act](whole)
    else:
        with pytest.raises(errors.IllegalTransition):
            ON_ALL[act](whole)
        assert whole.of(ANNA).status is Status.BOOKED


def test_it_is_not_held_when_nobody_enrolled_came():
    whole = session(anna=Status.MISSED)

    with pytest.raises(errors.NobodyCame):
        whole.honour(now=make.NINE)

    assert whole.miss(excused=False, now=make.NINE).personne_ids == (ANNA,)


def test_an_open_door_to_which_nobody_enrolled_can_be_held():
    assert session().honour(now=make.NINE).personne_ids == ()


def test_who_left_comes_back_as_anybody_else():
    whole = session(capacity=2, anna=Status.CANCELLED, boris=Status.BOOKED)

    fact = whole.join(ANNA, by="max", now=make.NINE)

    assert fact.personne_ids == (ANNA,)
    assert whole.of(ANNA).joined_by == "max"
    with pytest.raises(errors.AlreadyEnrolled):
        whole.join(ANNA, by="max", now=make.NINE)
    with pytest.raises(errors.SessionFull):
        whole.join(CHLOE, by="max", now=make.NINE)


def test_a_move_to_a_day_with_fewer_seats_than_people_is_refused():
    whole = session(anna=Status.BOOKED, boris=Status.BOOKED, chloe=Status.BOOKED)

    with pytest.raises(errors.SessionFull):
        whole.move(make.place(starts_at=LATER), make.motif(capacity=2))


def test_a_new_one_is_told_without_anybody_then_to_each_alone():
    rendezvous = make.rendezvous(capacity=3, personne_ids=(ANNA, BORIS))
    fact = rendezvous.fact(RendezvousBooked)

    participations, facts = opened(rendezvous, fact, by="lea", now=make.NINE)

    assert [one.personne_id for one in participations] == [ANNA, BORIS]
    assert [told.personne_ids for told in facts] == [(), (ANNA,), (BORIS,)]
    assert (rendezvous.personne_ids, rendezvous.version) == ((ANNA, BORIS), 1)


PEOPLE = [UUID(int=60 + n) for n in range(5)]


@given(
    capacity=st.integers(2, 4),
    acts=st.lists(st.tuples(st.sampled_from(["join", "leave"]), st.sampled_from(PEOPLE))),
)
def test_seats_are_never_oversold_and_those_told_are_those_seated(capacity, acts):
    whole = session(capacity=capacity)
    seated: set[UUID] = set()
    for act, personne_id in acts:
        try:
            if act == "join":
                fact = whole.join(personne_id, by="lea", now=make.NINE)
                seated.add(personne_id)
            elif whole.get(personne_id):
                fact = whole.leave(personne_id, **WHY, now=make.NINE)
                seated.remove(personne_id)
            else:
                continue
        except errors.SessionFull:
            assert len(seated) == capacity
        except errors.AlreadyEnrolled:
            assert personne_id in seated
        except errors.IllegalTransition:
            assert personne_id not in seated
        else:
            assert fact.personne_ids == (personne_id,)
        assert set(whole.rendezvous.personne_ids) == seated
        assert len(seated) <= capacity
