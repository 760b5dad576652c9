"""Who sees, who plans, what may be booked, and wall time over the clock changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar
from uuid import UUID

import pytest

from services import roles
from services.protection import PersonneNotFound, Protection
from services.rendezvous.domain import errors
from services.rendezvous.domain.booking import (
    Ground,
    Wish,
    check_for_self,
    check_links,
    check_override,
    check_personnes,
    choice_of,
    place_of,
)
from services.rendezvous.domain.motif import Kind, Modality
from services.rendezvous.domain.occupation import Interval, Line, check_place, choose, claims_of
from services.rendezvous.domain.planning import paris_instant
from services.rendezvous.domain.projections import (
    Assignment,
    KnownDossier,
    KnownPersonne,
    KnownSite,
)
from services.rendezvous.domain.rendezvous import Links, Marks, Origin, OverrideReason
from services.rendezvous.domain.resource import Resource, ResourceKind
from services.rendezvous.domain.rights import (
    Seen,
    Viewer,
    may_plan,
    may_read_agenda,
    may_see,
    shows_less,
)
from tests.unit.rendezvous import make

NOW = make.NINE - timedelta(days=3)
OTHER, BOOKER, OPENED = UUID(int=99), UUID(int=98), UUID(int=97)


def viewer(role, *, agent_id=None, personne_id=None, mds=()):
    return Viewer(
        subject=f"s-{agent_id or personne_id or role}",
        roles=frozenset({role}),
        agent_id=agent_id,
        personne_id=personne_id,
        mds=frozenset(mds),
    )


def post(agent_id=make.LEAD, **changes):
    values = {
        "agent_id": agent_id,
        "effective_on": date(2022, 1, 1),
        "profession": "ASS",
        "mds": "MDS-MONTAUBAN",
        "site": "MONTAUBAN-CENTRE",
        "plateforme": False,
        "volant": False,
        "active": True,
    }
    return Assignment(**values | changes)


def seen(rendezvous=None, *, told=Protection(), referent_id=None):  # noqa: B008 - frozen
    known = KnownPersonne(personne_id=make.PERSONNE, told=told)
    return Seen(
        rendezvous=rendezvous or make.rendezvous(),
        referent_id=referent_id,
        personnes={make.PERSONNE: known},
    )


class TestWhoSees:
    @pytest.mark.parametrize(
        "who",
        [
            viewer(roles.PERSONNE, personne_id=OTHER),
            viewer(roles.PERSONNE),
            viewer(roles.SECRETAIRE, agent_id=OTHER, mds=["MDS-CAUSSADE"]),
            viewer(roles.TRAVAILLEUR_SOCIAL, agent_id=OTHER),
            viewer(roles.DIRECTION, mds=["MDS-MONTAUBAN"]),
            viewer(roles.FINANCE, mds=["MDS-MONTAUBAN"]),
        ],
    )
    def test_others_see_nothing(self, who):
        assert not may_see(who, seen(referent_id=make.SECOND))

    @pytest.mark.parametrize(
        "who",
        [
            viewer(roles.PERSONNE, personne_id=make.PERSONNE),
            viewer(roles.TRAVAILLEUR_SOCIAL, agent_id=make.LEAD),
            viewer(roles.TRAVAILLEUR_SOCIAL, agent_id=make.SECOND),
            viewer(roles.SECRETAIRE, mds=["MDS-MONTAUBAN"]),
        ],
    )
    def test_the_person_the_agents_the_mds_and_the_referent_see(self, who):
        assert may_see(who, seen(referent_id=make.SECOND))

    def test_who_booked_it_sees_it(self):
        who = viewer(roles.SECRETAIRE, mds=["MDS-CAUSSADE"])

        assert may_see(who, seen(make.rendezvous(booked_by=who.subject)))

    def test_lists_show_less_of_discreet_motifs_and_protected_files(self):
        colleague = viewer(roles.SECRETAIRE, mds=["MDS-MONTAUBAN"])
        concerned = viewer(roles.TRAVAILLEUR_SOCIAL, agent_id=make.LEAD)
        discreet = seen(make.rendezvous(discreet=True))
        protected = seen(told=Protection(protected=True))

        assert shows_less(colleague, discreet)
        assert shows_less(colleague, protected)
        assert shows_less(colleague, seen(told=None))
        assert not shows_less(colleague, seen())
        assert not shows_less(concerned, discreet)
        assert not shows_less(concerned, protected)
        assert not shows_less(PERSONNE, protected)

    @pytest.mark.parametrize(
        ("who", "sees"),
        [
            (viewer(roles.SECRETAIRE, mds=["MDS-MONTAUBAN"]), False),
            (viewer(roles.TRAVAILLEUR_SOCIAL, agent_id=OTHER, mds=["MDS-MONTAUBAN"]), False),
            (viewer(roles.SECRETAIRE, agent_id=BOOKER), False),
            (viewer(roles.SECRETAIRE, agent_id=OPENED), False),
            (viewer(roles.SECRETAIRE, agent_id=OPENED, mds=["MDS-MONTAUBAN"]), True),
            (viewer(roles.RESPONSABLE, agent_id=OTHER, mds=["MDS-MONTAUBAN"]), True),
            (viewer(roles.RESPONSABLE, agent_id=OTHER, mds=["MDS-CAUSSADE"]), False),
            (viewer(roles.TRAVAILLEUR_SOCIAL, agent_id=make.LEAD), True),
            (viewer(roles.TRAVAILLEUR_SOCIAL, agent_id=make.SECOND), True),
            (viewer(roles.PERSONNE, personne_id=make.PERSONNE), True),
        ],
    )
    def test_a_protected_file_is_seen_by_its_agents_its_referent_and_who_may_open_it(
        self, who, sees
    ):
        file = Protection(protected=True, opened_to=frozenset({OPENED}))
        booked = make.rendezvous(booked_by=f"s-{BOOKER}")
        protected = seen(booked, told=file, referent_id=make.SECOND)

        assert may_see(who, protected) is sees
        if sees:
            assert not shows_less(who, protected)

    @pytest.mark.parametrize("role", sorted(roles.AGENTS))
    def test_nobody_sees_the_rendezvous_of_a_relative_even_one_they_hold(self, role):
        held = seen(told=Protection(closed_to=frozenset({make.LEAD})), referent_id=make.LEAD)

        assert not may_see(viewer(role, agent_id=make.LEAD, mds=["MDS-MONTAUBAN"]), held)
        assert not may_see(viewer(role, mds=["MDS-MONTAUBAN"]), held)
        assert shows_less(viewer(role, agent_id=make.LEAD), held)
        assert may_see(viewer(role, agent_id=OTHER, mds=["MDS-MONTAUBAN"]), held)
        assert may_see(PERSONNE, held)

    def test_agendas_are_those_of_the_mds_and_of_volants(self):
        who = viewer(roles.SECRETAIRE, mds=["MDS-MONTAUBAN"])

        assert not may_read_agenda(who, None)
        assert not may_read_agenda(who, post(mds="MDS-CAUSSADE"))
        assert may_read_agenda(who, post())
        assert may_read_agenda(who, post(mds="MDS-CAUSSADE", volant=True))

    def test_a_social_worker_plans_for_themselves_only(self):
        who = viewer(roles.TRAVAILLEUR_SOCIAL, agent_id=make.LEAD, mds=["MDS-MONTAUBAN"])

        assert not may_plan(who, post(make.SECOND))
        assert may_plan(who, post(make.LEAD))

    def test_a_secretary_plans_for_their_mds(self):
        who = viewer(roles.SECRETAIRE, agent_id=OTHER, mds=["MDS-MONTAUBAN"])

        assert not may_plan(who, post(mds="MDS-CAUSSADE"))
        assert may_plan(who, post())


def wish(**changes):
    values = {
        "motif": "ACCOMPAGNEMENT",
        "site": "MONTAUBAN-CENTRE",
        "agent_ids": (make.LEAD,),
        "starts_at": make.NINE,
    }
    return Wish(**values | changes)


def resource(resource_id, kind=ResourceKind.ROOM, *, site="MONTAUBAN-CENTRE"):
    return Resource(id=resource_id, kind=kind, site=site, name=f"N° {resource_id.int}")


def ground(**changes):
    values = {
        "motif": make.motif(),
        "site": KnownSite(site="MONTAUBAN-CENTRE", mds="MDS-MONTAUBAN", open=True),
        "agents": {make.LEAD: post(), make.SECOND: post(make.SECOND, profession="EDUCATEUR")},
        "personnes": {make.PERSONNE: KnownPersonne(personne_id=make.PERSONNE, told=Protection())},
    }
    return Ground(**values | changes)


HOME_VISIT = make.motif(modality=Modality.VAD)
AGENT = viewer(roles.TRAVAILLEUR_SOCIAL, agent_id=make.LEAD)
PERSONNE = viewer(roles.PERSONNE, personne_id=make.PERSONNE)


class TestWhatMayBeBooked:
    @pytest.mark.parametrize(
        ("asked", "known", "who", "refusal"),
        [
            (wish(), ground(motif=None), AGENT, errors.MotifUnknown),
            (wish(), ground(site=None), AGENT, errors.SiteUnknown),
            (
                wish(),
                ground(site=KnownSite(site="X", mds="Y", open=False)),
                AGENT,
                errors.SiteUnknown,
            ),
            (wish(), ground(agents={}), AGENT, errors.AgentUnknown),
            (wish(), ground(agents={make.LEAD: post(active=False)}), AGENT, errors.AgentUnknown),
            (
                wish(agent_ids=(make.SECOND, make.LEAD)),
                ground(),
                AGENT,
                errors.ProfessionNotAllowed,
            ),
            (wish(room_id=OTHER), ground(), AGENT, errors.RoomUnknown),
            (
                wish(room_id=OTHER),
                ground(resources=[resource(OTHER, site="AILLEURS")]),
                AGENT,
                errors.RoomUnknown,
            ),
            (
                wish(room_id=OTHER),
                ground(resources=[resource(OTHER, ResourceKind.VEHICLE)]),
                AGENT,
                errors.RoomUnknown,
            ),
            (
                wish(vehicle_id=OTHER),
                ground(resources=[resource(OTHER)]),
                AGENT,
                errors.VehicleUnknown,
            ),
            (wish(zone="VALLEE"), ground(travel={"VALLEE": 20}), AGENT, errors.ZoneUnknown),
            (
                wish(zone="AILLEURS"),
                ground(motif=HOME_VISIT, travel={"VALLEE": 20}),
                AGENT,
                errors.ZoneUnknown,
            ),
            (wish(starts_at=NOW - timedelta(minutes=1)), ground(), AGENT, errors.InThePast),
            (
                wish(starts_at=make.NINE + timedelta(seconds=1)),
                ground(),
                AGENT,
                errors.NotOnTheMinute,
            ),
            (wish(starts_at=NOW + timedelta(minutes=59)), ground(), AGENT, errors.OutsideDelay),
            (wish(starts_at=NOW + timedelta(days=91)), ground(), AGENT, errors.OutsideDelay),
            (wish(), ground(), PERSONNE, errors.NotYoursToBook),
            (
                wish(),
                ground(motif=make.motif(bookable_by=frozenset({roles.SECRETAIRE}))),
                AGENT,
                errors.NotYoursToBook,
            ),
            (
                wish(outside_opening=True),
                ground(motif=make.motif(bookable_by_personne=True)),
                PERSONNE,
                errors.NotYoursToBook,
            ),
            (
                wish(outside_delay=True),
                ground(motif=make.motif(bookable_by_personne=True)),
                PERSONNE,
                errors.NotYoursToBook,
            ),
        ],
    )
    def test_is_refused_with_its_reason(self, asked, known, who, refusal):
        with pytest.raises(refusal):
            place_of(asked, known, who, now=NOW)

    def test_a_lead_of_the_profession_may_take_someone_along(self):
        _, place = place_of(wish(agent_ids=(make.LEAD, make.SECOND)), ground(), AGENT, now=NOW)

        assert place.agent_ids == (make.LEAD, make.SECOND)
        assert place.mds == "MDS-MONTAUBAN"
        assert place.ends_at == make.NINE + timedelta(minutes=45)

    def test_an_agent_may_pass_over_the_delay(self):
        urgent = wish(starts_at=NOW, outside_delay=True)

        _, place = place_of(urgent, ground(), AGENT, now=NOW)

        assert place.outside_delay is True

    def test_only_a_first_reception_goes_without_identity(self):
        with pytest.raises(errors.IdentityRequired):
            check_personnes((), make.motif(), ground(), AGENT)
        check_personnes((), make.motif(kind=Kind.PREMIER_ACCUEIL), ground(), AGENT)

    def test_an_unknown_or_deceased_person_is_refused(self):
        dead = KnownPersonne(personne_id=make.PERSONNE, deceased=True, told=Protection())

        with pytest.raises(PersonneNotFound):
            check_personnes((make.PERSONNE,), make.motif(), ground(personnes={}), AGENT)
        with pytest.raises(errors.PersonneDeceased):
            check_personnes(
                (make.PERSONNE,), make.motif(), ground(personnes={make.PERSONNE: dead}), AGENT
            )

    @pytest.mark.parametrize("ids", [(), (OTHER,), (make.PERSONNE, OTHER)])
    def test_a_person_books_for_themselves_alone(self, ids):
        with pytest.raises(errors.NotYoursToBook):
            check_for_self(PERSONNE, ids, Links())

    @pytest.mark.parametrize("given", [Links(dossier_id=OTHER), Links(orientation_id=OTHER)])
    def test_a_person_ties_their_rendezvous_to_nothing(self, given):
        check_for_self(AGENT, (make.PERSONNE,), given)
        check_for_self(PERSONNE, (make.PERSONNE,), Links())
        with pytest.raises(errors.NotYoursToBook):
            check_for_self(PERSONNE, (make.PERSONNE,), given)

    def test_a_dossier_is_that_of_one_of_those_received(self):
        links = Links(dossier_id=OTHER)
        theirs = KnownDossier(
            dossier_id=OTHER, referent_agent_id=None, personne_ids=frozenset({make.PERSONNE})
        )
        others = replace(theirs, personne_ids=frozenset({OTHER}))

        check_links((), make.motif(), Links(), ground())
        check_links((OTHER, make.PERSONNE), make.motif(), links, ground(dossier=theirs))
        for received, dossier in (
            ((make.PERSONNE,), others),
            ((make.PERSONNE,), None),
            ((), theirs),
        ):
            with pytest.raises(errors.DossierMismatch):
                check_links(received, make.motif(), links, ground(dossier=dossier))

    def test_what_several_attend_is_written_in_nobodys_dossier(self):
        collective = make.motif(capacity=3)
        theirs = KnownDossier(
            dossier_id=OTHER, referent_agent_id=None, personne_ids=frozenset({make.PERSONNE})
        )

        check_links((make.PERSONNE,), collective, Links(), ground())
        with pytest.raises(errors.NotTied):
            check_links(
                (make.PERSONNE,), collective, Links(dossier_id=OTHER), ground(dossier=theirs)
            )

    @pytest.mark.parametrize("given", [Marks(origin=Origin.TIERS), Marks(aggression_risk=True)])
    def test_marks_are_those_of_agents(self, given):
        check_for_self(AGENT, (make.PERSONNE,), Links(), given)
        with pytest.raises(errors.NotYoursToBook):
            check_for_self(PERSONNE, (make.PERSONNE,), Links(), given)

    @pytest.mark.parametrize(
        ("who", "may"),
        [
            (viewer(roles.SECRETAIRE, mds=["MDS-MONTAUBAN"]), False),
            (viewer(roles.TRAVAILLEUR_SOCIAL, agent_id=make.LEAD, mds=["MDS-MONTAUBAN"]), False),
            (viewer(roles.DIRECTION, mds=["MDS-MONTAUBAN"]), False),
            (viewer(roles.RESPONSABLE, mds=["MDS-CAUSSADE"]), False),
            (PERSONNE, False),
            (viewer(roles.RESPONSABLE, mds=["MDS-MONTAUBAN"]), True),
        ],
    )
    def test_only_the_responsable_of_the_mds_passes_over_a_persons_time(self, who, may):
        urgent = wish(override=OverrideReason.DANGER)

        check_override(who, wish(), "MDS-MONTAUBAN")
        if may:
            check_override(who, urgent, "MDS-MONTAUBAN")
        else:
            with pytest.raises(errors.OverrideRefused):
                check_override(who, urgent, "MDS-MONTAUBAN")

    def test_a_binome_is_refused_to_one_agent(self):
        binome = ground(motif=make.motif(min_agents=2))

        with pytest.raises(errors.BinomeRequired):
            place_of(wish(), binome, AGENT, now=NOW)
        place_of(wish(agent_ids=(make.LEAD, make.SECOND)), binome, AGENT, now=NOW)

    def test_a_person_enrols_in_a_collective_motif_and_sets_up_none(self):
        collective = make.motif(capacity=3, bookable_by_personne=True)

        collective.check_enroller(PERSONNE.roles, is_personne=True)
        with pytest.raises(errors.NotYoursToBook):
            collective.check_booker(PERSONNE.roles, is_personne=True)

    def test_a_collective_one_starts_empty_and_never_beyond_its_seats(self):
        collective = make.motif(capacity=2)

        check_personnes((), collective, ground(), AGENT)
        with pytest.raises(errors.SessionFull):
            check_personnes((make.PERSONNE, OTHER, BOOKER), collective, ground(), AGENT)

    def test_a_motif_is_in_force_from_its_first_day_to_its_last(self):
        dated = make.motif(valid_from=date(2023, 1, 1), valid_to=date(2023, 1, 31))

        days = [date(2022, 12, 31), date(2023, 1, 1), date(2023, 1, 31), date(2023, 2, 1)]
        assert [dated.is_valid_on(day) for day in days] == [False, True, True, False]


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


class TestWallTime:
    def test_an_hour_that_does_not_exist_is_refused(self):
        with pytest.raises(errors.LocalTimeRefused, match="n’existe pas le 26/03/2023"):
            paris_instant(date(2023, 3, 26), time(2, 30), field="/from")

    def test_an_hour_that_exists_twice_is_refused(self):
        with pytest.raises(errors.LocalTimeRefused, match="deux fois le 29/10/2023"):
            paris_instant(date(2023, 10, 29), time(2, 30), field="/from")

    @pytest.mark.parametrize(
        ("day", "wall", "instant"),
        [
            (date(2023, 3, 26), time(1, 59), datetime(2023, 3, 26, 0, 59, tzinfo=UTC)),
            (date(2023, 3, 26), time(3, 0), datetime(2023, 3, 26, 1, 0, tzinfo=UTC)),
            (date(2023, 10, 29), time(3, 0), datetime(2023, 10, 29, 2, 0, tzinfo=UTC)),
            (date(2023, 7, 3), time(9, 0), datetime(2023, 7, 3, 7, 0, tzinfo=UTC)),
        ],
    )
    def test_every_other_hour_has_one_instant(self, day, wall, instant):
        assert paris_instant(day, wall, field="/from") == instant
