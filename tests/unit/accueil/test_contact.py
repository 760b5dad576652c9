"""When a contact point may be used: opted in, confirmed safe, not shared unknowingly."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accueil.domain.contact import (
    Channel,
    ContactPoint,
    ContactPolicy,
    Holding,
    Refusal,
    reach,
    sharing_is_safe,
)

PEOPLE = [UUID(int=n) for n in range(1, 5)]


def point(**changes):
    values = {
        "contact_id": UUID(int=9),
        "channel": Channel.SMS,
        "value": "+33639980001",
        "value_index": "x",
        "opted_in": True,
        "confirmed_safe": True,
    }
    return ContactPoint(**values | changes)


def holding(who=PEOPLE[0], among=(), **changes):
    values = {
        "personne_id": who,
        "channel": Channel.SMS,
        "value_index": "x",
        "confirmed_safe": True,
        "confirmed_among": frozenset(among),
    }
    return Holding(**values | changes)


def policy(**changes):
    values = {"personne_id": PEOPLE[0], "language": "fr", "deceased": False, "no_contact": False}
    return ContactPolicy(**values | changes)


class TestReach:
    @pytest.mark.parametrize("opted_in", [True, False])
    @pytest.mark.parametrize("confirmed", [True, False])
    @pytest.mark.parametrize("no_contact", [True, False])
    @pytest.mark.parametrize("deceased", [True, False])
    def test_all_conditions_or_nothing(self, opted_in, confirmed, no_contact, deceased):
        found = reach(
            policy(no_contact=no_contact, deceased=deceased),
            [point(opted_in=opted_in, confirmed_safe=confirmed)],
            [holding()],
        )

        wanted = opted_in and confirmed and not no_contact and not deceased
        assert found.allowed is wanted
        assert (found.sms is not None) is wanted
        assert (found.reason is None) is wanted

    def test_the_first_usable_of_each_channel_is_given(self):
        points = [
            point(position=2, value="+33600000002", value_index="b"),
            point(position=0, value="+33600000000", value_index="a", opted_in=False),
            point(position=1, value="+33600000001", value_index="c"),
            point(position=3, channel=Channel.EMAIL, value="a@exemple.fr", value_index="d"),
        ]

        found = reach(policy(), points, [])

        assert (found.sms, found.email) == ("+33600000001", "a@exemple.fr")

    def test_none_at_all_says_so(self):
        assert reach(policy(), [], []).reason is Refusal.NO_SAFE_CONTACT

    @pytest.mark.parametrize("opted_in", [True, False])
    @pytest.mark.parametrize("confirmed", [True, False])
    @pytest.mark.parametrize("shared", [True, False])
    def test_the_gravest_reason_of_a_point_is_told(self, opted_in, confirmed, shared):
        others = [holding(PEOPLE[1])] if shared else []

        found = reach(
            policy(),
            [point(opted_in=opted_in, confirmed_safe=confirmed)],
            [holding(confirmed_safe=confirmed), *others],
        )

        gravest = [
            (shared, Refusal.SHARED),
            (not confirmed, Refusal.NOT_CONFIRMED),
            (not opted_in, Refusal.NOT_OPTED_IN),
        ]
        assert found.reason is next((reason for holds, reason in gravest if holds), None)

    def test_one_unsafe_point_outweighs_another_that_is_merely_not_opted_in(self):
        points = [point(opted_in=False), point(value_index="y", confirmed_safe=False)]

        assert reach(policy(), points, [holding()]).reason is Refusal.NOT_CONFIRMED


class TestSharing:
    def test_one_holder_shares_with_nobody(self):
        assert sharing_is_safe([holding()])
        assert sharing_is_safe([])

    @given(st.lists(st.sampled_from(PEOPLE), min_size=2, max_size=4, unique=True), st.data())
    def test_is_safe_exactly_when_each_knows_of_every_other(self, holders, data):
        known = {h: data.draw(st.frozensets(st.sampled_from(PEOPLE))) for h in holders}
        holdings = [holding(h, known[h]) for h in holders]

        everybody_knows = all(set(holders) - {h} <= known[h] for h in holders)

        assert sharing_is_safe(holdings) is everybody_knows

    def test_a_minor_alone_never_shares(self):
        one, other = PEOPLE[:2]

        assert not sharing_is_safe(
            [holding(one, [other]), holding(other, [one], is_minor_alone=True)]
        )
