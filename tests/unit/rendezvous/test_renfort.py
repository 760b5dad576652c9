"""The planning of the volants: who gets what, in which order, and that no day is wasted."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import permutations, product
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.rendezvous.domain.besoin import (
    Besoin,
    BesoinStatus,
    Profession,
    Reason,
    week_of,
)
from services.rendezvous.domain.errors import BesoinDecided, RenfortDecided
from services.rendezvous.domain.planning_volant import RefusalReason, Renfort, RenfortStatus
from services.rendezvous.domain.renfort import Need, Proposal, Volant, propose
from services.rendezvous.usecases.supply.worked_days import worked_days

MONDAY = date(2023, 1, 9)
WEEK = [MONDAY + timedelta(days=n) for n in range(5)]
TWO_WEEKS = [*WEEK, *(day + timedelta(days=7) for day in WEEK)]
ASS, CESF = Profession.ASS, Profession.CESF


def volant(number, days=WEEK, profession=ASS):
    return Volant(agent_id=UUID(int=number), profession=profession, days=frozenset(days))


def need(number, per_week, days=WEEK, **changes):
    known = {
        "besoin_id": UUID(int=100 + number),
        "mds": f"MDS-{number}",
        "profession": ASS,
        "reason": Reason.VACANCE,
        "asked_on": date(2023, 1, 2),
        "days_per_week": per_week,
        "days": frozenset(days),
        "asked": 10,
    }
    return Need(**known | changes)


def plan(volants, needs, places=None) -> Proposal:
    return propose(volants, needs, places=places or {})


def given_to(proposal, one):
    return sorted(
        day for line in proposal.lines if line.besoin_id == one.besoin_id for day in line.days
    )


class TestOrder:
    def test_the_first_rank_is_served_before_the_second(self):
        second = need(1, 5, reason=Reason.STAGIAIRE, asked_on=date(2022, 1, 1))
        first = need(2, 5, reason=Reason.REORGANISATION_2018)

        proposal = plan([volant(1)], [second, first])

        assert given_to(proposal, first) == WEEK
        assert given_to(proposal, second) == []

    def test_then_who_has_waited_longest(self):
        late, early = need(1, 3), need(2, 3, asked_on=date(2022, 12, 1))

        proposal = plan([volant(1)], [late, early])

        assert len(given_to(proposal, early)) == 3
        assert len(given_to(proposal, late)) == 2

    def test_then_who_received_least_of_what_they_asked(self):
        served = need(1, 3, received=5, asked=10)
        poor = need(2, 3, received=6, asked=20)

        assert len(given_to(plan([volant(1)], [served, poor]), poor)) == 3

    def test_days_given_in_a_week_count_for_the_next(self):
        one, other = (need(n, 5, TWO_WEEKS) for n in (1, 2))

        proposal = plan([volant(1, TWO_WEEKS)], [one, other])

        assert given_to(proposal, one) == WEEK
        assert given_to(proposal, other) == TWO_WEEKS[5:]

    def test_a_profession_relieves_its_own(self):
        assert plan([volant(1, profession=CESF)], [need(1, 5)]).lines == []


class TestDays:
    def test_a_need_moves_to_other_days_to_make_room(self):
        monday_only = need(2, 1, [MONDAY], reason=Reason.STAGIAIRE)
        anywhere = need(1, 4)

        proposal = plan([volant(1)], [anywhere, monday_only])

        assert given_to(proposal, monday_only) == [MONDAY]
        assert given_to(proposal, anywhere) == WEEK[1:]

    def test_days_accepted_before_are_not_given_again(self):
        one = need(1, 3, WEEK[2:], given={MONDAY: 2})

        assert len(given_to(plan([volant(1)], [one]), one)) == 1

    def test_what_is_missing_is_said(self):
        (gap,) = plan([volant(1, WEEK[:2])], [need(1, 4)]).gaps

        assert (gap.mds, gap.week, gap.missing) == ("MDS-1", MONDAY, 2)

    def test_whole_weeks_are_kept_whole_and_at_the_same_mds(self):
        needs = [need(n, 5, TWO_WEEKS) for n in (1, 2)]
        team = [volant(n, TWO_WEEKS) for n in (1, 2)]

        lines = plan(team, needs).lines

        assert [len(line.days) for line in lines] == [5, 5, 5, 5]
        assert len({(line.agent_id, line.mds) for line in lines}) == 2

    def test_a_volant_goes_on_where_they_were_the_month_before(self):
        needs, team = [need(n, 5) for n in (1, 2)], [volant(n) for n in (1, 2)]

        lines = plan(team, needs, places={UUID(int=1): "MDS-2", UUID(int=2): "MDS-1"}).lines

        assert {(line.agent_id.int, line.mds) for line in lines} == {(1, "MDS-2"), (2, "MDS-1")}

    def test_each_line_says_why(self):
        (line,) = plan([volant(1)], [need(1, 3, received=4)]).lines

        assert line.explanation == (
            "Rang 1, demandé le 02/01/2023 : 3 jour(s) sur 3 possible(s) cette semaine. "
            "Cette année, la MDS avait reçu 4 jour(s) sur 10 demandé(s) pour cette profession."
        )


some_days = st.sets(st.sampled_from(TWO_WEEKS))
professions = st.sampled_from(Profession)
volants = st.lists(
    st.builds(volant, st.integers(1, 99), some_days, professions),
    max_size=4,
    unique_by=lambda one: one.agent_id,
)
needs = st.lists(
    st.builds(
        need,
        st.integers(1, 99),
        st.integers(1, 5),
        some_days,
        profession=professions,
        reason=st.sampled_from(Reason),
        asked_on=st.sampled_from(WEEK),
        received=st.integers(0, 9),
        given=st.dictionaries(st.just(MONDAY), st.integers(0, 3)),
    ),
    max_size=6,
    unique_by=lambda one: one.besoin_id,
)


def whatever_is_asked(check):
    """Any team, any needs, over two weeks."""
    return settings(max_examples=100)(given(volants, needs)(check))


class TestWhateverIsAsked:
    @whatever_is_asked
    def test_nobody_is_twice_in_a_day_nor_where_they_cannot(self, volants, needs):
        lines = plan(volants, needs).lines
        free = {one.agent_id: one for one in volants}
        asked = {one.besoin_id: one for one in needs}

        held = Counter((line.agent_id, day) for line in lines for day in line.days)
        served = Counter((line.besoin_id, day) for line in lines for day in line.days)
        assert set(held.values()) | set(served.values()) <= {1}
        for line in lines:
            assert set(line.days) <= free[line.agent_id].days & asked[line.besoin_id].days
            assert free[line.agent_id].profession == asked[line.besoin_id].profession

    @whatever_is_asked
    def test_nobody_gets_more_than_asked_and_gaps_say_the_rest(self, volants, needs):
        proposal = plan(volants, needs)
        gaps = {(gap.besoin_id, gap.week): gap.missing for gap in proposal.gaps}

        for one, week in product(needs, {MONDAY, MONDAY + timedelta(days=7)}):
            got = sum(week_of(day) == week for day in given_to(proposal, one))
            wanted = min(one.wanted(week), len(one.days_of(week)))
            assert got + gaps.get((one.besoin_id, week), 0) == wanted

    @whatever_is_asked
    def test_no_day_of_a_second_rank_was_one_the_first_still_wanted(self, volants, needs):
        proposal = plan(volants, needs)
        first = [one for one in needs if one.reason.rank == 1]
        for one in first:
            mine = given_to(proposal, one)
            short = {gap.week for gap in proposal.gaps if gap.besoin_id == one.besoin_id}
            for line in proposal.lines:
                if line.reason.rank == 2 and line.profession is one.profession:
                    wasted = {d for d in line.days if d in one.days and d not in mine}
                    assert not {week_of(day) for day in wasted} & short

    @whatever_is_asked
    def test_the_second_rank_takes_nothing_from_the_first(self, volants, needs):
        first = [one for one in needs if one.reason.rank == 1]
        with_all, alone = plan(volants, needs), plan(volants, first)

        for one in first:
            assert len(given_to(with_all, one)) == len(given_to(alone, one))

    @whatever_is_asked
    def test_the_order_in_which_they_come_changes_nothing(self, volants, needs):
        assert plan(volants[::-1], needs[::-1]) == plan(volants, needs)


@pytest.mark.parametrize("order", sorted(set(permutations([5, 4, 3, 3, 3, 2])))[::7])
def test_what_fits_in_the_week_is_given_whole(order):
    """McNaughton's bound: twenty days for four volants, none asked more than the week has."""
    asked = [need(n, days) for n, days in enumerate(order)]

    proposal = plan([volant(n) for n in range(4)], asked)

    assert proposal.gaps == []
    assert sum(len(line.days) for line in proposal.lines) == 20
    # At most one change of MDS a week for each volant after the first but one.
    assert len(proposal.lines) <= len(order) + 3


def besoin(**changes):
    known = {
        "id": UUID(int=1),
        "mds": "MDS-1",
        "profession": ASS,
        "reason": Reason.SURCHARGE,
        "starts_on": MONDAY,
        "ends_on": MONDAY + timedelta(days=11),
        "days_per_week": 3,
        "status": BesoinStatus.PROPOSED,
        "asked_at": None,
        "asked_on": MONDAY,
        "asked_by": "SYSTEME",
    }
    return Besoin(**known | changes)


def test_a_short_week_is_asked_for_the_days_it_has():
    days = worked_days(date(2023, 4, 3), date(2023, 4, 16))

    asked = besoin(starts_on=date(2023, 4, 7), ends_on=date(2023, 4, 16), days_per_week=5)

    assert len(days) == 9, "10 April 2023 is Easter Monday"
    assert asked.asked_among(days) == 1 + 4


def test_the_two_ranks_are_those_of_the_schema():
    assert [reason.rank for reason in Reason] == [1, 1, 1, 1, 2, 2, 2]


def line(status):
    decided = status is not RenfortStatus.PROPOSED
    return Renfort(
        id=UUID(int=1),
        planning_id=UUID(int=2),
        besoin_id=UUID(int=3),
        agent_id=UUID(int=4),
        mds="MDS-1",
        profession=ASS,
        reason=Reason.MALADIE,
        days=(MONDAY,),
        explanation="",
        status=status,
        refusal=RefusalReason.BESOIN_COVERED if status is RenfortStatus.REFUSED else None,
        decided_at=NOON if decided else None,
        decided_by="chef" if decided else None,
    )


NOON = datetime(2023, 1, 9, 12, 0, tzinfo=UTC)
DECISIONS = {
    "accept": lambda one: one.accept(now=NOON, by="x"),
    "refuse": lambda one: one.refuse(RefusalReason.BESOIN_COVERED, now=NOON, by="x"),
    "refuse otherwise": lambda one: one.refuse(RefusalReason.DATES_UNSUITABLE, now=NOON, by="x"),
}
#: What each decision answers in each state, and where it leads; None: refused.
AFTER = {
    (RenfortStatus.PROPOSED, "accept"): RenfortStatus.ACCEPTED,
    (RenfortStatus.PROPOSED, "refuse"): RenfortStatus.REFUSED,
    (RenfortStatus.PROPOSED, "refuse otherwise"): RenfortStatus.REFUSED,
    (RenfortStatus.ACCEPTED, "accept"): RenfortStatus.ACCEPTED,
    (RenfortStatus.REFUSED, "refuse"): RenfortStatus.REFUSED,
}


@pytest.mark.parametrize(("status", "action"), list(product(RenfortStatus, DECISIONS)))
def test_a_line_is_decided_once(status, action):
    one = line(status)
    if (status, action) not in AFTER:
        with pytest.raises(RenfortDecided):
            DECISIONS[action](one)
        assert one.status is status
        return

    answer = DECISIONS[action](one)

    assert one.status is AFTER[status, action]
    assert bool(answer) is (status is RenfortStatus.PROPOSED)


@pytest.mark.parametrize(("status", "action"), list(product(BesoinStatus, ["confirm", "end"])))
def test_a_need_is_confirmed_once_and_ended_once(status, action):
    one = besoin(status=status)
    if action == "end":
        assert one.end() is (status is not BesoinStatus.ENDED)
        assert one.status is BesoinStatus.ENDED
    elif status is BesoinStatus.PROPOSED:
        one.confirm(starts_on=MONDAY, ends_on=MONDAY, days_per_week=1)
        assert (one.status, one.version) == (BesoinStatus.OPEN, 2)
    else:
        with pytest.raises(BesoinDecided):
            one.confirm(starts_on=MONDAY, ends_on=MONDAY, days_per_week=1)
        assert (one.status, one.version) == (status, 1)
