"""The lines of a reprise, and who is proposed for a seat: every state, every step, every order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise, product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.protection import Protection
from services.rendezvous.domain.errors import LineUnderWay
from services.rendezvous.domain.projections import KnownPersonne
from services.rendezvous.domain.remplacement import (
    Proposal,
    Rule,
    Substitute,
    Vacancy,
    in_order,
    is_known_to,
)
from services.rendezvous.domain.reprise import (
    Act,
    Decision,
    LineState,
    Step,
    new_line,
)
from tests.unit.rendezvous import asked, make

LATER = make.NINE + timedelta(hours=1)
OTHER = UUID(int=7)
SUBSTITUTES = (Rule.REFERENT, Rule.SAME_SITE, Rule.SAME_SECTOR, Rule.VOLANT)
REASSIGN = Decision(rendezvous_id=UUID(int=31), act=Act.REASSIGN, agent_id=OTHER)
LEAVE = Decision(rendezvous_id=UUID(int=31), act=Act.LEAVE)
AUTO = Decision(rendezvous_id=UUID(int=31), act=None)


def line(decision=REASSIGN, state=LineState.TODO):
    made = new_line_of(decision)
    made.state = state
    made.refusal = "creneau-pris" if state is LineState.REFUSED else None
    return made


STEPS = {
    Step.DECIDE: lambda one: one.decide(REASSIGN, seen_version=2, by="another", now=LATER),
    Step.LEAVE: lambda one: one.decide(LEAVE, seen_version=2, by="another", now=LATER),
    Step.DO: lambda one: one.do(REASSIGN, now=LATER),
    Step.REFUSE: lambda one: one.refuse("hors-ouverture", now=LATER),
    Step.STOP: lambda one: one.stop(now=LATER),
}
LEADS_TO = {
    LineState.TODO: {
        Step.DO: LineState.DONE,
        Step.REFUSE: LineState.REFUSED,
        Step.STOP: LineState.STOPPED,
    },
    LineState.REFUSED: {Step.DECIDE: LineState.TODO, Step.LEAVE: LineState.LEFT},
    LineState.LEFT: {Step.DECIDE: LineState.TODO, Step.LEAVE: LineState.LEFT},
    LineState.DONE: {},
    LineState.STOPPED: {},
}


@pytest.mark.parametrize(("state", "step"), list(product(LineState, Step)))
def test_every_step_from_every_state(state, step):
    one = line(state=state)
    before = dict(vars(one))

    if step in LEADS_TO[state]:
        STEPS[step](one)
        assert one.state is LEADS_TO[state][step]
        assert (one.state is LineState.TODO) == (one.settled_at is None)
        assert (one.state is LineState.REFUSED) == (one.refusal is not None)
    else:
        with pytest.raises(LineUnderWay):
            STEPS[step](one)
        assert vars(one) == before


def test_a_line_decided_again_stands_on_the_rendezvous_as_it_is_now():
    one = line(state=LineState.REFUSED)

    STEPS[Step.DECIDE](one)

    assert (one.seen_version, one.decided_by, one.decided_at) == (2, "another", LATER)


def test_what_the_rule_chose_is_written_and_said_to_be_its_choice():
    one = line(AUTO)
    assert (one.auto, one.act) == (True, None)

    one.do(REASSIGN, now=LATER)

    assert (one.auto, one.act, one.agent_id) == (True, Act.REASSIGN, OTHER)


def test_what_is_left_waits_for_no_turn():
    assert new_line_of(LEAVE).state is LineState.LEFT
    assert new_line_of(REASSIGN).state is LineState.TODO


def new_line_of(decision):
    return new_line(
        decision,
        line_id=UUID(int=41),
        reprise_id=UUID(int=51),
        mds="MDS-MONTAUBAN",
        seen_version=1,
        by="someone",
        now=make.NINE,
    )


def post(agent_id=OTHER, **changes):
    return asked.post(agent_id, **changes)


def vacancy(**changes):
    values = {
        "post": post(make.LEAD),
        "place": make.place(),
        "motif": make.motif(),
        "referent_id": None,
    }
    return Vacancy(**values | changes)


class TestWhoMaySit:
    @pytest.mark.parametrize(
        ("other", "rule"),
        [
            (post(), Rule.SAME_SITE),
            (post(site="MONTAUBAN-EST"), Rule.SAME_SECTOR),
            (post(volant=True), Rule.VOLANT),
            (post(volant=True, mds="MDS-CAUSSADE", site="CAUSSADE"), Rule.VOLANT),
            (post(mds="MDS-CAUSSADE", site="CAUSSADE"), None),
            (post(profession="CESF"), None),
            (post(profession="CESF", volant=True), None),
            (post(active=False), None),
            (post(make.LEAD), None),
        ],
    )
    def test_is_of_the_profession_then_near_then_volant(self, other, rule):
        assert vacancy().rule_for(other) is rule

    def test_the_referent_keeps_the_link_whatever_their_profession_if_the_motif_takes_it(self):
        referent = post(profession="CESF", mds="MDS-CAUSSADE")

        assert vacancy(referent_id=OTHER).rule_for(referent) is Rule.REFERENT
        only_ass = make.motif(professions=frozenset({"ASS"}))
        assert vacancy(referent_id=OTHER, motif=only_ass).rule_for(referent) is None

    def test_the_profession_of_the_motif_is_that_of_the_lead_seat_alone(self):
        binome = make.place(agent_ids=(make.LEAD, make.SECOND))
        second = vacancy(post=post(make.SECOND, profession="EDUCATEUR"), place=binome)

        assert second.rule_for(post(profession="EDUCATEUR")) is Rule.SAME_SITE
        assert second.team_with(OTHER) == (make.LEAD, OTHER)
        assert vacancy(place=binome).team_with(OTHER) == (OTHER, make.SECOND)

    def test_the_other_agent_of_a_binome_does_not_sit_twice(self):
        binome = make.place(agent_ids=(make.LEAD, make.SECOND))

        assert vacancy(place=binome).rule_for(post(make.SECOND)) is None


@pytest.mark.parametrize(
    ("told", "known"),
    [
        (Protection(), True),
        (Protection(closed_to=frozenset({OTHER})), False),
        (Protection(protected=True), False),
        (Protection(protected=True, opened_to=frozenset({OTHER})), True),
        (Protection(opened_to=frozenset({OTHER}), closed_to=frozenset({OTHER})), False),
        (None, False),
    ],
)
def test_nobody_is_proposed_to_whom_a_file_is_closed_or_hidden(told, known):
    free = KnownPersonne(personne_id=UUID(int=12), told=Protection())
    asked = KnownPersonne(personne_id=make.PERSONNE, told=told)

    assert is_known_to(OTHER, [free, asked]) is known


crowds = st.lists(
    st.builds(
        Substitute,
        agent_id=st.uuids(),
        rule=st.sampled_from(SUBSTITUTES),
        load=st.integers(0, 2400),
    ),
    max_size=12,
    unique_by=lambda one: one.agent_id,
)


@given(crowds, st.randoms())
def test_the_order_is_by_rule_then_load_then_id_whatever_came_first(crowd, chance):
    shuffled = list(crowd)
    chance.shuffle(shuffled)

    ordered = in_order(crowd)

    assert ordered == in_order(shuffled)
    assert set(ordered) == set(crowd)
    for one, following in pairwise(ordered):
        ranks = SUBSTITUTES.index(one.rule), SUBSTITUTES.index(following.rule)
        assert ranks[0] <= ranks[1]
        if ranks[0] == ranks[1]:
            assert one.load <= following.load
            assert one.load < following.load or one.agent_id < following.agent_id


@given(crowds, st.integers(1, 600))
def test_one_more_rendezvous_never_makes_an_agent_come_earlier(crowd, more):
    for one in crowd:
        busier = [replace(o, load=o.load + more) if o is one else o for o in crowd]

        assert places(in_order(busier))[one.agent_id] >= places(in_order(crowd))[one.agent_id]


def places(ordered):
    return {one.agent_id: place for place, one in enumerate(ordered)}


def test_a_proposal_says_why_and_can_be_taken_as_it_is():
    kept = Proposal(act=Act.REASSIGN, rule=Rule.VOLANT, agent_id=OTHER, starts_at=LATER, load=90)
    moved = Proposal(act=Act.MOVE, rule=Rule.SAME_AGENT_LATER, starts_at=LATER)

    assert kept.why == (
        "Volant de la même profession, libre à la même heure "
        "(90 min de rendez-vous cette semaine-là)."
    )
    assert kept.decision(UUID(int=31)) == replace(REASSIGN)
    assert moved.decision(UUID(int=31)).starts_at == LATER
    assert moved.decision(UUID(int=31)).agent_id is None
