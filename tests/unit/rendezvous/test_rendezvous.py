"""The states of a rendezvous and of a hold: every state, every action."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from uuid import UUID

import pytest

from services.rendezvous.domain.errors import HoldGone, IllegalTransition, NotStarted
from services.rendezvous.domain.hold import HOLD_FOR, Hold, HoldStatus
from services.rendezvous.domain.rendezvous import (
    Action,
    CancelledBy,
    CancelReason,
    Marks,
    Origin,
    OverrideReason,
    Status,
)
from services.rendezvous.events import RendezvousCancelled, RendezvousMissed, RendezvousMoved
from tests.unit.rendezvous import make

LATER = make.NINE + timedelta(hours=1)
ACTS = {
    Action.MOVE: lambda r: r.move(make.place(starts_at=LATER), make.motif()),
    Action.CANCEL: lambda r: r.cancel(
        by=CancelledBy.AGENT, reason=CancelReason.OTHER, now=make.NINE
    ),
    Action.HONOUR: lambda r: r.honour(now=make.NINE),
    Action.MISS: lambda r: r.miss(excused=False, now=make.NINE),
    Action.LATE: lambda r: r.be_late(minutes=10, now=make.NINE),
    Action.MARK: lambda r: r.mark(Marks(origin=Origin.TIERS, aggression_risk=True)),
}
LEADS_TO = {
    Action.MOVE: Status.BOOKED,
    Action.CANCEL: Status.CANCELLED,
    Action.HONOUR: Status.HONOURED,
    Action.MISS: Status.MISSED,
    Action.LATE: Status.BOOKED,
}
#: What safety asks is marked whatever became of the rendezvous.
ALWAYS = {Action.MARK}


@pytest.mark.parametrize(("status", "action"), list(product(Status, Action)))
def test_only_a_booked_rendezvous_can_be_acted_on_but_for_its_marks(status, action):
    rendezvous = make.rendezvous(status=status)

    if action in ALWAYS:
        ACTS[action](rendezvous)
        assert (rendezvous.status, rendezvous.version) == (status, 2)
    elif status is Status.BOOKED:
        ACTS[action](rendezvous)
        assert (rendezvous.status, rendezvous.version) == (LEADS_TO[action], 2)
    else:
        with pytest.raises(IllegalTransition):
            ACTS[action](rendezvous)
        assert (rendezvous.status, rendezvous.version) == (status, 1)


@pytest.mark.parametrize("action", [Action.HONOUR, Action.MISS, Action.LATE])
def test_nothing_is_held_before_its_time(action):
    rendezvous = make.rendezvous(place=make.place(starts_at=make.NINE + timedelta(minutes=1)))

    with pytest.raises(NotStarted):
        ACTS[action](rendezvous)

    assert rendezvous.status is Status.BOOKED
    assert rendezvous.version == 1


def test_a_move_keeps_the_id_and_tells_the_previous_time():
    rendezvous = make.rendezvous()

    fact = rendezvous.move(make.place(starts_at=LATER), make.motif(discreet=True))

    assert isinstance(fact, RendezvousMoved)
    assert fact.rendezvous_id == rendezvous.id
    assert (fact.previous_starts_at, fact.starts_at) == (make.NINE, LATER)
    assert fact.discreet is True


def test_a_move_starts_afresh_what_was_true_of_the_old_time():
    rendezvous = make.rendezvous(late_minutes=10)
    rendezvous.overrule(OverrideReason.DANGER, by="chef", now=make.NINE)

    rendezvous.move(make.place(starts_at=LATER), make.motif())

    assert rendezvous.late_minutes is None
    assert (rendezvous.override_reason, rendezvous.override_by) == (None, None)


def test_the_last_word_on_a_lateness_counts():
    rendezvous = make.rendezvous()

    rendezvous.be_late(minutes=10, now=make.NINE)
    rendezvous.be_late(minutes=25, now=make.NINE)

    assert (rendezvous.late_minutes, rendezvous.status) == (25, Status.BOOKED)


def test_marks_are_in_no_fact():
    rendezvous = make.rendezvous(origin=Origin.TIERS, aggression_risk=True, late_minutes=5)

    told = rendezvous.honour(now=make.NINE).data()

    assert not {"origin", "aggression_risk", "late_minutes"} & told.keys()


def test_a_cancellation_tells_by_whom_and_why():
    fact = make.rendezvous().cancel(
        by=CancelledBy.SYSTEME, reason=CancelReason.PERSONNE_DECEASED, now=make.NINE
    )

    assert isinstance(fact, RendezvousCancelled)
    assert (fact.by, fact.reason) == ("SYSTEME", "PERSONNE_DECEASED")


def test_an_absence_tells_whether_it_was_excused():
    fact = make.rendezvous().miss(excused=True, now=make.NINE)

    assert isinstance(fact, RendezvousMissed)
    assert fact.excused is True


def hold(status=HoldStatus.OPEN):
    return Hold(
        id=UUID(int=41),
        motif_id=make.MOTIF,
        motif="ACCOMPAGNEMENT",
        place=make.place(),
        held_by="someone",
        expires_at=make.NINE + HOLD_FOR,
        status=status,
    )


@pytest.mark.parametrize(("status", "act"), list(product(HoldStatus, ["use", "release"])))
def test_only_an_open_hold_can_be_used_or_given_back(status, act):
    kept = hold(status)

    if status is HoldStatus.OPEN:
        getattr(kept, act)(make.NINE)
        assert kept.status is {"use": HoldStatus.USED, "release": HoldStatus.RELEASED}[act]
    else:
        with pytest.raises(HoldGone):
            getattr(kept, act)(make.NINE)


@pytest.mark.parametrize("act", ["use", "release"])
def test_a_hold_ends_at_its_last_instant_even_before_it_is_swept(act):
    kept = hold()

    with pytest.raises(HoldGone):
        getattr(kept, act)(kept.expires_at)
