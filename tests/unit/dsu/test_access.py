"""The example access matrix: every quality against every act, deny first."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from chassis.errors import Invalid
from chassis.ids import new_id
from services.dsu.domain.access import (
    Access,
    Asker,
    NoteScope,
    Purpose,
    Quality,
    decide,
    matrix_on,
    purpose_from,
)
from services.dsu.domain.annuaire import Agent
from services.dsu.domain.dossier import Act, Association, ClosureReason, Dossier
from services.dsu.domain.errors import ActNotAllowed, DossierNotFound, UnknownCode
from services.dsu.domain.nomenclature import nomenclature_on

DAY = date(2023, 1, 9)
MDS = "MDS-MONTAUBAN"
REFERENT, COLLEAGUE = new_id(), new_id()

#: What each quality may do, written apart from the data file.
FOLLOW = {Act.CHANGE_REFERENT, Act.ASSOCIATE, Act.END_ASSOCIATION, Act.CLOSE, Act.REOPEN}
READ = {Act.READ, Act.READ_INTERVENTIONS, Act.READ_TIMELINE}
MAY = {
    Quality.REFERENT: READ | FOLLOW | {Act.LIST, Act.RECORD_INTERVENTION},
    Quality.ASSOCIATED: {Act.READ, Act.READ_INTERVENTIONS, Act.RECORD_INTERVENTION},
    Quality.RESPONSABLE: READ | FOLLOW,
    Quality.RESPONSABLE_ADJOINT: READ | FOLLOW,
}


def make(mission: str = "BUDGET") -> Dossier:
    """A dossier with its référent and one colleague."""
    dossier = Dossier.open(
        personne_ids=[new_id()],
        mds=MDS,
        site="MONTAUBAN-CENTRE",
        referent_agent_id=REFERENT,
        opened_on=DAY,
    )
    dossier.associate(Association(agent_id=COLLEAGUE, mission=mission, starts_on=DAY))
    return dossier


def asker(
    agent_id: UUID,
    profession: str = "ASS",
    *,
    purpose: Purpose | None = None,
    mds: str = MDS,
    active: bool = True,
) -> Asker:
    """Someone who asks, with the role their profession gives."""
    return Asker(
        agent=Agent(agent_id=agent_id, profession=profession, mds=mds, active=active),
        is_responsable=profession.startswith("RESPONSABLE"),
        purpose=purpose,
    )


ASKERS = {
    Quality.REFERENT: asker(REFERENT),
    Quality.ASSOCIATED: asker(COLLEAGUE, "CESF"),
    Quality.RESPONSABLE: asker(new_id(), "RESPONSABLE", purpose=Purpose.VALIDATION),
    Quality.RESPONSABLE_ADJOINT: asker(new_id(), "RESPONSABLE_ADJOINT", purpose=Purpose.COMMISSION),
}


def attempt(who: Asker, act: Act = Act.READ, *, protected: bool = False, day: date = DAY) -> Access:
    """One decision on a fresh dossier."""
    return decide(make(), act, asker=who, day=day, protected=protected)


@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize("quality", list(Quality))
def test_every_quality_against_every_act(quality: Quality, act: Act) -> None:
    if act in MAY[quality]:
        granted = attempt(ASKERS[quality], act)
        assert (granted.quality, granted.matrix_version) == (quality, "2023-exemple-1")
    else:
        with pytest.raises(ActNotAllowed):
            attempt(ASKERS[quality], act)


@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize(
    "who",
    [
        asker(new_id()),
        asker(new_id(), "SECRETAIRE"),
        asker(new_id(), "RESPONSABLE"),
        asker(new_id(), "RESPONSABLE", purpose=Purpose.IP, mds="MDS-CAUSSADE"),
        asker(new_id(), "ASS", purpose=Purpose.VALIDATION),
        asker(REFERENT, active=False),
        asker(COLLEAGUE, active=False),
    ],
    ids=["ass", "secretaire", "rank", "other-mds", "purpose-only", "left", "colleague-left"],
)
def test_everybody_else_learns_nothing(who: Asker, act: Act) -> None:
    with pytest.raises(DossierNotFound):
        attempt(who, act)


def test_the_responsable_role_is_needed_beside_the_profession() -> None:
    head = ASKERS[Quality.RESPONSABLE]
    without_role = Asker(agent=head.agent, is_responsable=False, purpose=head.purpose)

    with pytest.raises(DossierNotFound):
        attempt(without_role)


def test_before_the_matrix_nobody_enters() -> None:
    with pytest.raises(DossierNotFound):
        attempt(ASKERS[Quality.REFERENT], day=date(2022, 12, 31))


def test_a_protected_dossier_keeps_the_adjoint_out() -> None:
    for quality in (Quality.REFERENT, Quality.ASSOCIATED, Quality.RESPONSABLE):
        assert attempt(ASKERS[quality], protected=True).quality is quality
    with pytest.raises(DossierNotFound):
        attempt(ASKERS[Quality.RESPONSABLE_ADJOINT], protected=True)


def test_a_closed_dossier_is_still_its_last_referents_alone() -> None:
    dossier = make()
    dossier.close(ClosureReason.RELAIS, DAY)

    granted = decide(dossier, Act.REOPEN, asker=asker(REFERENT), day=DAY, protected=False)

    assert granted.quality is Quality.REFERENT
    with pytest.raises(DossierNotFound):
        decide(dossier, Act.READ, asker=asker(COLLEAGUE), day=DAY, protected=False)


def test_a_mission_has_a_period() -> None:
    dossier = make()
    dossier.associations[0].ends_on = DAY

    with pytest.raises(DossierNotFound):
        decide(
            dossier,
            Act.READ,
            asker=asker(COLLEAGUE),
            day=DAY + timedelta(days=1),
            protected=False,
        )


@pytest.mark.parametrize(
    ("mission", "opens", "hides"),
    [("BUDGET", "BUDGET", "LOGEMENT"), ("LOGEMENT", "ACCES_DROITS", "BUDGET")],
)
def test_a_mission_opens_its_champs(mission: str, opens: str, hides: str) -> None:
    access = decide(make(mission), Act.READ, asker=asker(COLLEAGUE), day=DAY, protected=False)

    assert access.covers(opens)
    assert not access.covers(hides)


def test_a_substitute_sees_every_champ_and_an_unknown_mission_none() -> None:
    matrix = matrix_on(DAY)

    assert matrix.champs_of(("BUDGET", "SUBSTITUTION")) is None
    assert matrix.champs_of(("DISPARUE",)) == frozenset()
    with pytest.raises(UnknownCode):
        matrix.check_mission("DISPARUE")


def test_every_champ_of_a_mission_is_in_the_nomenclature() -> None:
    champs = {kind.champ for kind in nomenclature_on(DAY).types}

    for opened in matrix_on(DAY).missions.values():
        assert opened is None or opened <= champs


@pytest.mark.parametrize("quality", list(Quality))
@pytest.mark.parametrize("scope", list(NoteScope))
def test_every_scope_against_every_reader(quality: Quality, scope: NoteScope) -> None:
    access = attempt(ASKERS[quality])
    heads = {Quality.RESPONSABLE, Quality.RESPONSABLE_ADJOINT}
    reads = {
        NoteScope.AUTHOR: False,
        NoteScope.DOSSIER: quality not in heads,
        NoteScope.MDS_SERVICE: True,
        NoteScope.SHAREABLE: True,
    }[scope]

    assert access.reads_note(scope=scope, author=new_id()) is reads


def test_an_author_reads_their_own_note_in_any_quality() -> None:
    access = attempt(ASKERS[Quality.RESPONSABLE])

    assert access.reads_note(scope=NoteScope.AUTHOR, author=access.agent_id)
    assert not access.reads_note(scope=None, author=access.agent_id)


def test_a_purpose_is_one_of_the_list() -> None:
    assert purpose_from(None) is None
    assert purpose_from("COMMISSION") is Purpose.COMMISSION
    with pytest.raises(Invalid):
        purpose_from("commission")
