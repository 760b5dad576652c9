"""Every state × every action of a visite, and what it keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.accueil.domain.visite import (
    Action,
    Origin,
    Outcome,
    OutcomeReserved,
    Visite,
    VisiteAlreadyAttached,
    VisiteChannel,
    VisiteStateRefuses,
    VisiteStatus,
)

NOW = datetime(2023, 1, 9, 9, tzinfo=UTC)
AGENT, ONE, OTHER = (UUID(int=n) for n in range(1, 4))
S, A = VisiteStatus, Action

#: The agreed table, written apart from the code's own.
ALLOWED = {
    (S.ARRIVED, A.WAIT): S.WAITING,
    (S.ARRIVED, A.INTERVIEW): S.IN_INTERVIEW,
    (S.ARRIVED, A.CLOSE): S.CLOSED,
    (S.ARRIVED, A.LEAVE): S.LEFT,
    (S.WAITING, A.INTERVIEW): S.IN_INTERVIEW,
    (S.WAITING, A.CLOSE): S.CLOSED,
    (S.WAITING, A.LEAVE): S.LEFT,
    (S.IN_INTERVIEW, A.CLOSE): S.CLOSED,
}


def visite(status: VisiteStatus = S.ARRIVED) -> Visite:
    return Visite(
        visite_id=UUID(int=9),
        mds="MDS-A",
        site="A",
        channel=VisiteChannel.SUR_PLACE,
        origin=Origin.PERSONNE,
        arrived_at=NOW,
        status=status,
    )


def act(one: Visite, action: Action, now: datetime = NOW) -> None:
    steps = {
        A.WAIT: lambda: one.wait(now),
        A.INTERVIEW: lambda: one.interview(now, AGENT),
        A.CLOSE: lambda: one.close(now, Outcome.ANSWERED),
        A.LEAVE: lambda: one.leave(now),
    }
    steps[action]()


class TestTransitions:
    @pytest.mark.parametrize("status", S)
    @pytest.mark.parametrize("action", A)
    def test_the_whole_table(self, status, action):
        one = visite(status)

        if (status, action) in ALLOWED:
            act(one, action)
            assert one.status is ALLOWED[status, action]
        else:
            with pytest.raises(VisiteStateRefuses) as refusal:
                act(one, action)
            assert one.status is status
            assert refusal.value.extra == {"visite_status": status.value}
            assert (one.outcome, one.ended_at) == (None, None)

    def test_every_end_has_an_outcome_and_an_instant(self):
        closed, left = visite(), visite()

        act(closed, A.CLOSE, NOW + timedelta(minutes=5))
        act(left, A.LEAVE)

        assert (closed.outcome, closed.ended_at) == (Outcome.ANSWERED, NOW + timedelta(minutes=5))
        assert left.outcome is Outcome.LEFT

    def test_closing_with_left_is_refused_and_changes_nothing(self):
        one = visite()

        with pytest.raises(OutcomeReserved):
            one.close(NOW, Outcome.LEFT)

        assert one.status is S.ARRIVED


class TestAttach:
    @pytest.mark.parametrize("status", S)
    def test_is_possible_in_every_state(self, status):
        one = visite(status)

        assert one.attach(NOW, ONE) is True
        assert one.personne_ids == (ONE,)
        assert one.attach(NOW, ONE) is False

    def test_never_moves_to_another_person(self):
        one = visite()
        one.attach(NOW, ONE)

        with pytest.raises(VisiteAlreadyAttached):
            one.attach(NOW, OTHER)

        assert one.personne_id == ONE
