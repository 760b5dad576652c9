"""What may be booked, by whom, and what is refused first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services import roles
from services.protection import PersonneNotFound, Protection
from services.rendezvous.domain import errors
from services.rendezvous.domain.booking import (
    check_for_self,
    check_links,
    check_override,
    check_personnes,
    place_of,
)
from services.rendezvous.domain.motif import Kind
from services.rendezvous.domain.projections import KnownDossier, KnownPersonne, KnownSite
from services.rendezvous.domain.rendezvous import Links, Marks, Origin, OverrideReason
from services.rendezvous.domain.resource import ResourceKind
from tests.unit.rendezvous import make
from tests.unit.rendezvous.asked import (
    AGENT,
    BOOKER,
    HOME_VISIT,
    NOW,
    OTHER,
    PERSONNE,
    ground,
    post,
    resource,
    viewer,
    wish,
)


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
