"""Who sees and who plans: denied unless granted."""

from __future__ import annotations

import pytest

from services import roles
from services.protection import Protection
from services.rendezvous.domain.projections import KnownPersonne
from services.rendezvous.domain.rights import Seen, may_plan, may_read_agenda, may_see, shows_less
from tests.unit.rendezvous import make
from tests.unit.rendezvous.asked import BOOKER, OPENED, OTHER, PERSONNE, post, viewer


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
