"""Free places: openings, what is taken, travel, rooms and vehicles."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

import pytest

from services.rendezvous.domain import errors
from services.rendezvous.domain.booking import choice_of, place_of
from services.rendezvous.domain.occupation import Interval, Line, check_place, choose, claims_of
from services.rendezvous.domain.resource import ResourceKind
from tests.unit.rendezvous import make
from tests.unit.rendezvous.asked import (
    AGENT,
    BOOKER,
    HOME_VISIT,
    NOW,
    OTHER,
    ground,
    resource,
    wish,
)


def line(kind, start, minutes, **more):
    begins = make.NINE + timedelta(minutes=start)
    during = Interval(begins, begins + timedelta(minutes=minutes))
    owner = {"resource_id": make.LEAD, "site": "MONTAUBAN-CENTRE"} | more
    return Line(kind=kind, during=during, **owner)


OPEN = line("opening", 0, 45)


def check(lines, place=None, own=None, motif=None):
    motif = motif or make.motif()
    place = place or make.place()
    claims = claims_of(place, motif.shape, (make.PERSONNE,))
    check_place(lines, claims, place=place, motif=motif, own=own)


class TestFreePlaces:
    @pytest.mark.parametrize(
        ("lines", "refusal"),
        [
            ([], errors.NotOpen),
            ([line("opening", 0, 44)], errors.NotOpen),
            ([line("opening", 0, 45, site="AILLEURS")], errors.NotOpen),
            ([line("opening", 0, 45, resource_id=OTHER)], errors.NotOpen),
            ([line("opening", 0, 45, kinds=frozenset({"AUTRE"}))], errors.NotOpen),
            ([OPEN, line("absence", 44, 60)], errors.AgentAbsent),
            ([OPEN, line("absence", 54, 60)], errors.AgentAbsent),
            ([OPEN, line("agent", 54, 60)], errors.SlotTaken),
            ([OPEN, line("agent", -60, 56)], errors.SlotTaken),
            ([OPEN, line("personne", 44, 5, resource_id=make.PERSONNE)], errors.SlotTaken),
            (
                [OPEN, Line(kind="deceased", resource_id=make.PERSONNE, during=None)],
                errors.PersonneDeceased,
            ),
        ],
    )
    def test_what_stands_in_the_way_is_said(self, lines, refusal):
        with pytest.raises(refusal):
            check(lines)

    @pytest.mark.parametrize(
        "lines",
        [
            [OPEN],
            [line("opening", -30, 40), line("opening", 10, 60)],
            [line("opening", 0, 45, motifs=frozenset({"ACCOMPAGNEMENT"}))],
            [line("opening", 0, 45, kinds=frozenset({"ACCOMPAGNEMENT"}))],
            [OPEN, line("agent", 55, 60), line("agent", -60, 55)],
            [OPEN, line("personne", 45, 10, resource_id=make.PERSONNE)],
            [OPEN, line("agent", 0, 45, stale=True)],
            [OPEN, line("agent", 0, 45, owner_id=OTHER)],
        ],
    )
    def test_what_only_touches_or_is_its_own_does_not_stand_in_the_way(self, lines):
        check(lines, own=OTHER)

    def test_both_agents_of_a_binome_must_be_open(self):
        both = make.place(agent_ids=(make.LEAD, make.SECOND))

        with pytest.raises(errors.NotOpen):
            check([OPEN], place=both)
        check([OPEN, line("opening", 0, 45, resource_id=make.SECOND)], place=both)

    def test_outside_opening_passes_over_openings_not_over_absences(self):
        outside = make.place(outside_opening=True)

        check([], place=outside)
        with pytest.raises(errors.AgentAbsent):
            check([line("absence", 0, 10)], place=outside)


class TestTravel:
    """Of a home visit: minutes each way, as they were when it was booked."""

    TABLE: ClassVar = {"VALLEE": 20, "PLATEAU": 35}

    def travel(self, *, motif=HOME_VISIT, table=TABLE, **wanted):
        known = ground(motif=motif, travel=table)
        _, found = place_of(wish(**wanted), known, AGENT, now=NOW)
        return found.zone, found.travel_minutes

    def test_is_that_of_the_zone_and_the_farthest_without_one(self):
        assert self.travel(zone="VALLEE") == ("VALLEE", 20)
        assert self.travel() == (None, 35)
        assert self.travel(table={}) == (None, 0)
        assert self.travel(motif=make.motif()) == (None, 0)

    def test_is_kept_by_a_move_until_the_zone_or_the_site_changes(self):
        kept = make.place(zone="VALLEE", travel_minutes=50)

        assert self.travel(zone="VALLEE", kept=kept) == ("VALLEE", 50)
        assert self.travel(zone="PLATEAU", kept=kept) == ("PLATEAU", 35)
        assert self.travel(zone="VALLEE", kept=replace(kept, site="X")) == ("VALLEE", 20)

    def test_ends_with_a_version_of_the_motif_that_is_not_held_at_home(self):
        kept = make.place(zone="VALLEE", travel_minutes=50)

        assert self.travel(zone="VALLEE", kept=kept, motif=make.motif()) == (None, 0)

    def test_is_the_agents_and_the_vehicles_not_the_rooms_nor_the_persons(self):
        home = make.place(room_id=OTHER, vehicle_id=BOOKER, travel_minutes=20)

        claims = claims_of(home, make.motif().shape, (make.PERSONNE,))

        around = {
            claim.kind: (
                (home.starts_at - claim.during.start) // timedelta(minutes=1),
                (claim.during.end - home.ends_at) // timedelta(minutes=1),
            )
            for claim in claims
        }
        assert around == {
            "agent": (25, 30),
            "vehicle": (25, 30),
            "room": (5, 10),
            "personne": (0, 0),
        }


class TestResources:
    """A motif that needs a room takes the first free one, unless one is named."""

    ROOMS: ClassVar = [resource(UUID(int=n)) for n in (71, 72, 73)]
    NEEDS = make.motif(needs_room=True)

    def choice(self, motif=NEEDS, rooms=ROOMS, **wanted):
        known = ground(motif=motif, resources=rooms)
        return [one.int for one in choice_of(wish(**wanted), motif, known, ResourceKind.ROOM)]

    def test_is_chosen_when_needed_and_not_named(self):
        assert self.choice() == [71, 72, 73]
        assert self.choice(motif=make.motif()) == []
        assert self.choice(room_id=UUID(int=72)) == []

    def test_the_one_it_has_comes_first_on_the_same_site(self):
        kept = make.place(room_id=UUID(int=73))

        assert self.choice(kept=kept) == [73, 71, 72]
        assert self.choice(kept=replace(kept, site="AILLEURS")) == [71, 72, 73]

    def test_a_site_that_has_none_is_told(self):
        with pytest.raises(errors.RoomUnknown):
            self.choice(rooms=[resource(OTHER, site="AILLEURS")])

    def test_what_it_has_stays_where_nothing_is_needed_nor_named(self):
        kept = make.place(room_id=UUID(int=73), vehicle_id=UUID(int=81))

        _, same = place_of(wish(kept=kept), ground(), AGENT, now=NOW)

        assert same.resource_ids == kept.resource_ids

    def test_the_first_that_is_free_is_taken(self):
        during = Interval(make.NINE, make.NINE + timedelta(minutes=45))
        ids = [one.id for one in self.ROOMS]
        taken = [
            line("room", -30, 31, resource_id=ids[0]),
            line("room", 45, 30, resource_id=ids[1]),
        ]
        everywhere = [line("room", 0, 5, resource_id=one, owner_id=OTHER) for one in ids]

        assert choose(taken, ids, during, own=None) == ids[1]
        assert choose(everywhere, ids, during, own=None) is None
        assert choose(everywhere, ids, during, own=OTHER) == ids[0]
