"""Dated assignments and sectors."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.ids import new_id
from services.accueil.domain.annuaire import (
    Affectation,
    Agent,
    AssignmentBeforeLast,
    Profession,
    SecrecyBasis,
    SecrecyMismatch,
    Sector,
    secrecy_of,
    sites_of,
)

START = date(2023, 1, 1)


def affectation(day: date, site: str = "A") -> Affectation:
    return Affectation(
        affectation_id=new_id(),
        profession=Profession.ASS,
        secrecy_basis=SecrecyBasis.PROFESSION,
        mds="MDS-A",
        site=site,
        plateforme=False,
        volant=False,
        full_time_percent=100,
        starts_on=day,
    )


def agent(*days: date) -> Agent:
    one = Agent(agent_id=UUID(int=1), family_name="Exemple", first_names="Claude")
    for day in days:
        one.assign(affectation(day))
    return one


def sector(site, street="", start=START, end=None):
    return Sector(
        sector_id=new_id(), commune="82121", site=site, street=street, starts_on=start, ends_on=end
    )


class TestAssignments:
    @given(st.lists(st.integers(0, 1000), min_size=1, max_size=8))
    def test_a_day_never_has_two_primary_assignments_nor_a_hole(self, offsets):
        one = agent(*(START + timedelta(days=n) for n in sorted(offsets)))

        for n in range(min(offsets), max(offsets) + 2):
            day = START + timedelta(days=n)
            assert sum(a.covers(day) for a in one.affectations) == 1

    def test_the_same_day_corrects(self):
        one = agent(START)

        one.assign(affectation(START, site="B"))

        assert [a.site for a in one.affectations] == ["B"]

    def test_before_the_last_one_is_refused(self):
        with pytest.raises(AssignmentBeforeLast):
            agent(START).assign(affectation(START - timedelta(days=1)))

    def test_a_departure_leaves_nobody_in_post(self):
        one = agent(START)

        one.leave(START + timedelta(days=10))

        assert one.on(START + timedelta(days=9)) is not None
        assert one.on(START + timedelta(days=10)) is None

    def test_one_does_not_leave_before_arriving(self):
        with pytest.raises(AssignmentBeforeLast):
            agent(START).leave(START)


class TestSecrecy:
    @pytest.mark.parametrize("profession", Profession)
    @pytest.mark.parametrize("stated", [None, *SecrecyBasis])
    def test_the_whole_table(self, profession, stated):
        bound = profession in (Profession.ASS, Profession.INFIRMIER)
        if stated is None:
            expected = SecrecyBasis.PROFESSION if bound else SecrecyBasis.NONE
            assert secrecy_of(profession, None) is expected
        elif (stated is SecrecyBasis.PROFESSION) == bound:
            assert secrecy_of(profession, stated) is stated
        else:
            with pytest.raises(SecrecyMismatch):
                secrecy_of(profession, stated)


class TestSitesOf:
    def test_none_one_or_two_never_a_guess(self):
        one, two = sector("A"), sector("B")

        assert sites_of([], street="", day=START) == ()
        assert sites_of([one], street="", day=START) == ("A",)
        assert sites_of([one, two], street="", day=START) == ("A", "B")

    def test_a_street_wins_over_the_commune_and_only_there(self):
        sectors = [sector("A"), sector("B", street="RUE X")]

        assert sites_of(sectors, street="RUE X", day=START) == ("B",)
        assert sites_of(sectors, street="RUE Y", day=START) == ("A",)

    def test_a_complement_does_not_hide_the_street_and_the_longer_name_wins(self):
        sectors = [sector("A"), sector("B", street="RUE X"), sector("C", street="RUE X HAUTE")]

        assert sites_of(sectors, street="RUE X BATIMENT 2", day=START) == ("B",)
        assert sites_of(sectors, street="RUE X HAUTE", day=START) == ("C",)
        assert sites_of(sectors, street="RUE XAVIER", day=START) == ("A",)

    def test_only_the_sectors_of_the_day_count(self):
        sectors = [sector("A", end=date(2023, 5, 31)), sector("B", start=date(2023, 6, 1))]

        assert sites_of(sectors, street="", day=date(2023, 5, 31)) == ("A",)
        assert sites_of(sectors, street="", day=date(2023, 6, 1)) == ("B",)
