"""Slot arithmetic against a brute-force oracle that looks at every minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations, islice, pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.rendezvous.agenda import (
    AgentTime,
    Ask,
    Reach,
    Resource,
    SiteTime,
    Slot,
    Who,
    cut,
    merged,
    moment_of,
    slots,
    ticks,
)
from services.rendezvous.domain.planning import paris_instant

MINUTE = 60_000_000
NORMAL, SPRING, AUTUMN = date(2023, 1, 9), date(2023, 3, 26), date(2023, 10, 29)


def minutes_of(start, end):
    return range(start, end, MINUTE)


class Oracle:
    """The definition, minute by minute: one set of minutes for each question."""

    def __init__(self, site, ask):
        self.reach, self.ask, self.site = site.reach, ask, site
        self.open = [self._set(agent.openings) for agent in site.agents]
        self.busy = [self._set(agent.busy) for agent in site.agents]
        self.avoid = self._set(ask.avoid)
        self.taken = [[self._set(one.busy) for one in pool] for pool in site.pools]

    @staticmethod
    def _set(spans):
        return {minute for span in spans for minute in minutes_of(*span)}

    def starts(self):
        """Every minute of the window that is on the grid."""
        first, end = self.ask.window
        return (m for m in minutes_of(first, end) if m % self.ask.step == 0)

    def is_free(self, rank, start):
        reach = self.reach
        core = minutes_of(start, start + reach.duration)
        whole = minutes_of(start - reach.before, start + reach.duration + reach.after)
        return self.open[rank].issuperset(core) and self.busy[rank].isdisjoint(whole)

    def resources(self, start):
        """The first free one of each pool; None when one pool has none."""
        found = []
        for pool, taken in zip(self.site.pools, self.taken, strict=True):
            free = [
                one.id
                for one, minutes in zip(pool, taken, strict=True)
                if minutes.isdisjoint(
                    minutes_of(start - one.before, start + self.reach.duration + one.after)
                )
            ]
            if not free:
                return None
            found.append(free[0])
        return tuple(found)

    def may_take(self, start):
        core = minutes_of(start, start + self.reach.duration)
        return self.avoid.isdisjoint(core) and self.resources(start) is not None

    def teams(self, start):
        """Every team that could hold it, by its ranks: combinations tried one by one."""
        agents = self.site.agents
        free = [rank for rank in range(len(agents)) if self.is_free(rank, start)]
        if self.ask.who is Who.ALONE:
            return [(rank,) for rank in free if agents[rank].leads]
        if self.ask.who is Who.TOGETHER:
            everyone = tuple(range(len(agents)))
            return [everyone] if agents and len(free) == len(agents) and agents[0].leads else []
        return [
            (lead, *others)
            for lead in free
            if agents[lead].leads
            for others in combinations(
                [rank for rank in free if agents[rank].seconds and rank != lead],
                self.ask.size - 1,
            )
        ]


@st.composite
def spans(draw, origin, days, most=4):
    """Whole-minute times, in any order, empty or overlapping ones too."""
    result = []
    for _ in range(draw(st.integers(0, most))):
        start = origin + MINUTE * 5 * draw(st.integers(0, days * 27 * 12))
        result.append((start, start + MINUTE * 5 * draw(st.integers(0, 60))))
    return result


@st.composite
def problems(draw, who=None, sites=1):
    """A site or two over the days around a normal day or a clock change."""
    day = draw(st.sampled_from([NORMAL, SPRING, AUTUMN]))
    origin = ticks(datetime.combine(day, time(0), tzinfo=UTC) - timedelta(hours=2))
    margin = st.sampled_from([0, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE])
    reach = Reach(
        MINUTE * draw(st.sampled_from([5, 20, 45, 60])), before=draw(margin), after=draw(margin)
    )
    made = []
    for place in range(draw(st.integers(1, sites))):
        agents = [
            AgentTime(
                id=rank,
                openings=draw(spans(origin, 1)),
                busy=draw(spans(origin, 1)),
                leads=draw(st.integers(0, 3)) > 0,
                seconds=draw(st.booleans()),
            )
            for rank in range(draw(st.integers(0, 4)))
        ]
        pools = [
            [
                Resource(
                    id=n, busy=draw(spans(origin, 1, 6)), before=draw(margin), after=5 * MINUTE
                )
                for n in range(draw(st.integers(0, 3)))
            ]
            for _ in range(draw(st.sampled_from([0, 0, 1, 2])))
        ]
        made.append(SiteTime(site=f"SITE-{place}", reach=reach, agents=agents, pools=pools))
    start = ticks(datetime.combine(day, time(3, 7), tzinfo=UTC))
    ask = Ask(
        window=(start, start + 60 * MINUTE * draw(st.integers(0, 16))),
        step=MINUTE * draw(st.sampled_from([5, 15, 30, 60])),
        who=who or draw(st.sampled_from(Who)),
        size=draw(st.integers(1, 3)),
        avoid=draw(spans(origin, 1, 2)),
    )
    return made, ask


@given(problems(Who.ALONE) | problems(Who.TOGETHER))
@settings(max_examples=150)
def test_slots_are_those_of_the_oracle(problem):
    (site,), ask = problem
    oracle = Oracle(site, ask)

    assert list(slots([site], ask)) == [
        Slot(start, site.site, tuple(site.agents[r].id for r in team), oracle.resources(start))
        for start in oracle.starts()
        if oracle.may_take(start)
        for team in oracle.teams(start)
    ]


@given(problems(Who.ANY))
@settings(max_examples=150)
def test_any_n_finds_a_team_whenever_one_combination_would_do(problem):
    (site,), ask = problem
    oracle = Oracle(site, ask)

    found = list(slots([site], ask))

    possible = {
        start: teams
        for start in oracle.starts()
        if oracle.may_take(start) and (teams := oracle.teams(start))
    }
    assert [slot.start for slot in found] == list(possible)
    for slot in found:
        assert slot.agents in possible[slot.start]
        assert slot.resources == oracle.resources(slot.start)


@given(problems(sites=3))
@settings(max_examples=60)
def test_the_slots_of_several_sites_come_by_time(problem):
    sites, ask = problem

    found = list(slots(sites, ask))

    alone = [slot for site in sites for slot in slots([site], ask)]
    assert found == sorted(alone, key=lambda slot: slot[:2])
    assert list(islice(slots(sites, ask), 3)) == found[:3]


@st.composite
def weeks(draw):
    """One or two agents with wall hours over the week of a clock change, and what is booked."""
    sunday = draw(st.sampled_from([SPRING, AUTUMN]))
    days = [sunday + timedelta(days=shift) for shift in range(-3, 4)]
    agents = []
    for rank in range(draw(st.integers(1, 2))):
        hours = [
            (draw(st.sampled_from([0, 1, 8, 9])), draw(st.sampled_from([4, 12, 17]))) for _ in days
        ]
        openings = [
            (_wall(day, opens), _wall(day, closes))
            for day, (opens, closes) in zip(days, hours, strict=True)
            if opens < closes and draw(st.integers(0, 4))
        ]
        busy = draw(spans(_wall(days[0], 8), 6, most=8))
        agents.append(AgentTime(id=rank, openings=openings, busy=busy))
    reach = Reach(
        MINUTE * draw(st.sampled_from([30, 60])), before=draw(st.sampled_from([0, MINUTE]))
    )
    ask = Ask(
        window=(_wall(days[0], 0), _wall(days[-1], 23)),
        step=MINUTE * draw(st.sampled_from([15, 60])),
        who=draw(st.sampled_from(Who)),
    )
    return SiteTime(site="SITE", reach=reach, agents=agents), ask


@given(weeks())
@settings(max_examples=25)
def test_a_week_with_a_clock_change_is_that_of_the_oracle(problem):
    site, ask = problem
    oracle = Oracle(site, ask)

    found = [slot.start for slot in slots([site], ask)]

    times = [len(oracle.teams(start)) for start in oracle.starts()]
    if ask.who is Who.ANY:
        times = [min(count, 1) for count in times]
    starts = oracle.starts()
    assert found == [s for s, count in zip(starts, times, strict=True) for _ in range(count)]


@given(spans(ticks(datetime(2023, 1, 9, tzinfo=UTC)), 1, most=6))
@settings(max_examples=100)
@example([])
def test_merging_keeps_every_minute_and_no_other(given_spans):
    result = merged(given_spans)

    covered = {m for span in given_spans for m in minutes_of(*span)}
    assert {m for span in result for m in minutes_of(*span)} == covered
    assert all(a[1] < b[0] for a, b in pairwise(result))


@given(st.timedeltas(timedelta(0), timedelta(days=366 * 200)))
@settings(max_examples=50)
def test_a_tick_is_an_instant_to_the_microsecond(since):
    moment = datetime(1990, 1, 1, tzinfo=UTC) + since

    assert moment_of(ticks(moment)) == moment


def _wall(day, hour):
    return ticks(paris_instant(day, time(hour), field="/from"))


def _wall_starts(day, opens, closes):
    opening = (_wall(day, opens), _wall(day, closes))
    agent = AgentTime(id=0, openings=[opening], busy=[])
    site = SiteTime(site="SITE", reach=Reach(60 * MINUTE), agents=[agent])
    return [moment_of(one.start) for one in slots([site], Ask(window=opening, step=60 * MINUTE))]


def test_a_night_opening_loses_an_hour_in_spring_and_gains_one_in_autumn():
    assert len(_wall_starts(NORMAL, 1, 5)) == 4
    assert len(_wall_starts(SPRING, 1, 5)) == 3
    assert len(_wall_starts(AUTUMN, 1, 5)) == 5


def test_nine_in_paris_is_nine_on_both_sides_of_a_clock_change():
    before = _wall_starts(date(2023, 3, 25), 9, 12)
    after = _wall_starts(date(2023, 3, 27), 9, 12)

    assert before[0] == datetime(2023, 3, 25, 8, tzinfo=UTC)
    assert after[0] == datetime(2023, 3, 27, 7, tzinfo=UTC)


NINE, HOUR = ticks(datetime(2023, 1, 9, 9, tzinfo=UTC)), 60 * MINUTE


def _starts(agents, *, who=Who.ALONE, size=1, pools=(), reach=Reach(HOUR)):  # noqa: B008 - a tuple
    site = SiteTime(site="SITE", reach=reach, agents=agents, pools=pools)
    window = (NINE - 3 * HOUR, NINE + 3 * HOUR)
    return list(slots([site], Ask(window=window, step=15 * MINUTE, who=who, size=size)))


def test_a_slot_may_touch_busy_times_on_both_sides():
    agent = AgentTime(
        id="A",
        openings=[(NINE - HOUR, NINE + 2 * HOUR)],
        busy=[(NINE - HOUR, NINE), (NINE + HOUR, NINE + 2 * HOUR)],
    )

    assert _starts([agent]) == [Slot(NINE, "SITE", ("A",))]


@pytest.mark.parametrize("who", Who)
def test_nobody_is_never_free(who):
    assert _starts([], who=who) == []


def test_the_only_second_is_not_spent_as_the_lead():
    open_at_nine = {"openings": [(NINE, NINE + HOUR)], "busy": []}
    both = AgentTime(id="both", **open_at_nine)
    leads = AgentTime(id="leads", seconds=False, **open_at_nine)

    (found,) = _starts([both, leads], who=Who.ANY, size=2)

    assert found.agents == ("leads", "both")
    assert _starts([both], who=Who.ANY, size=2) == []


def test_any_room_that_is_free_will_do_and_none_ends_it():
    agent = AgentTime(id="A", openings=[(NINE - HOUR, NINE + HOUR)], busy=[])
    early = Resource(id="early", busy=[(NINE, NINE + 3 * HOUR)])
    late = Resource(id="late", busy=[(NINE - 3 * HOUR, NINE)])

    found = _starts([agent], pools=[[early, late]])

    assert [(one.start, one.resources) for one in found] == [
        (NINE - HOUR, ("early",)),
        (NINE, ("late",)),
    ]
    assert _starts([agent], pools=[[early, late], []]) == []


def test_what_is_not_asked_is_not_computed():
    """The agenda of an agent is looked into when the merge has come to their first opening."""

    class Watched(list):
        looked_at = 0

        def __iter__(self):
            type(self).looked_at += 1
            return super().__iter__()

    agents = [
        AgentTime(id=rank, openings=[(NINE, NINE + 3 * HOUR)], busy=Watched())
        for rank in range(300)
    ]
    site = SiteTime(site="SITE", reach=Reach(HOUR), agents=agents)
    found = slots([site], Ask(window=(NINE, NINE + 3 * HOUR), step=15 * MINUTE))

    assert [slot.agents for slot in islice(found, 50)] == [(rank,) for rank in range(50)]
    assert Watched.looked_at <= 51


few_spans = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 30)).map(lambda pair: (pair[0], sum(pair))),
    max_size=5,
)


@given(times=few_spans, holes=few_spans)
def test_what_holes_leave_is_found_tick_by_tick(times, holes):
    left = cut(times, holes)

    def inside(among, tick):
        return any(start <= tick < end for start, end in among)

    for tick in range(100):
        assert inside(left, tick) == (inside(times, tick) and not inside(holes, tick))
