"""The dossier without a database: its full state table, its référents and its missions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from chassis.ids import new_id
from services.dsu.domain.dossier import (
    TRANSITIONS,
    Act,
    Association,
    ClosureReason,
    Dossier,
    DossierStatus,
)
from services.dsu.domain.errors import (
    AssociationNotFound,
    DateRefused,
    NotAMember,
    StatusForbids,
)

DAY = date(2023, 1, 9)
ACTIVE, CLOSED = DossierStatus.ACTIVE, DossierStatus.CLOSED
READS = {Act.READ, Act.LIST, Act.READ_INTERVENTIONS, Act.READ_TIMELINE, Act.READ_JOURNAL}


def make() -> Dossier:
    """An open dossier of two personnes."""
    return Dossier.open(
        personne_ids=[new_id(), new_id()],
        mds="MDS-MONTAUBAN",
        site="MONTAUBAN-CENTRE",
        referent_agent_id=new_id(),
        opened_on=DAY,
    )


def closed() -> Dossier:
    """A closed dossier."""
    dossier = make()
    dossier.close(ClosureReason.RELAIS, DAY)
    return dossier


MAKERS: dict[DossierStatus, Callable[[], Dossier]] = {ACTIVE: make, CLOSED: closed}

#: Written apart from the code's own table, so that a slip in one shows.
EXPECTED: dict[tuple[DossierStatus, Act], DossierStatus | None] = {
    **{(status, act): status for status in DossierStatus for act in READS},
    (ACTIVE, Act.OPEN): None,
    (ACTIVE, Act.RECORD_INTERVENTION): ACTIVE,
    (ACTIVE, Act.CHANGE_REFERENT): ACTIVE,
    (ACTIVE, Act.ASSOCIATE): ACTIVE,
    (ACTIVE, Act.END_ASSOCIATION): ACTIVE,
    (ACTIVE, Act.CLOSE): CLOSED,
    (ACTIVE, Act.REOPEN): None,
    (CLOSED, Act.OPEN): None,
    (CLOSED, Act.RECORD_INTERVENTION): None,
    (CLOSED, Act.CHANGE_REFERENT): None,
    (CLOSED, Act.ASSOCIATE): None,
    (CLOSED, Act.END_ASSOCIATION): None,
    (CLOSED, Act.CLOSE): None,
    (CLOSED, Act.REOPEN): ACTIVE,
}


def test_the_table_covers_every_status_and_act() -> None:
    assert set(EXPECTED) == {(status, act) for status in DossierStatus for act in Act}
    assert set(TRANSITIONS) <= set(EXPECTED)


@pytest.mark.parametrize(("status", "act"), sorted(EXPECTED))
def test_each_act_in_each_status(status: DossierStatus, act: Act) -> None:
    dossier, after = MAKERS[status](), EXPECTED[status, act]

    if after is None:
        with pytest.raises(StatusForbids):
            dossier.allow(act)
    else:
        assert dossier.allow(act) is after


@pytest.mark.parametrize(
    "do",
    [
        lambda d: d.close(ClosureReason.AUTRE, DAY),
        lambda d: d.end_referent(DAY),
        lambda d: d.associate(Association(agent_id=new_id(), mission="BUDGET", starts_on=DAY)),
        lambda d: d.end_association(new_id(), DAY),
    ],
)
def test_what_a_closed_dossier_refuses_leaves_it_as_it_was(do: Callable[[Dossier], object]) -> None:
    dossier = closed()
    version = dossier.version

    with pytest.raises(StatusForbids):
        do(dossier)

    assert (dossier.version, dossier.status, dossier.associations) == (version, CLOSED, [])


def test_one_referent_at_a_time_through_a_life() -> None:
    dossier, second, third = make(), new_id(), new_id()

    dossier.end_referent(DAY + timedelta(days=3))
    dossier.assign(second, DAY + timedelta(days=3))
    dossier.close(ClosureReason.RELAIS, DAY + timedelta(days=5))
    dossier.reopen(third, DAY + timedelta(days=9))

    assert dossier.referent_agent_id == third
    for offset in range(12):
        day = DAY + timedelta(days=offset)
        holding = [
            p
            for p in dossier.referents
            if p.starts_on <= day and (p.ends_on is None or day < p.ends_on)
        ]
        assert len(holding) == (0 if 5 <= offset < 9 else 1)


def test_closing_ends_what_runs_and_what_was_to_begin() -> None:
    dossier = make()
    running = Association(agent_id=new_id(), mission="BUDGET", starts_on=DAY)
    to_come = Association(agent_id=new_id(), mission="LOGEMENT", starts_on=DAY + timedelta(days=30))
    dossier.associate(running)
    dossier.associate(to_come)

    ended = dossier.close(ClosureReason.DECES, DAY + timedelta(days=1))

    assert ended == [running, to_come]
    assert running.ended_on == DAY + timedelta(days=1)
    assert not any(to_come.is_running(DAY + timedelta(days=n)) for n in range(60))
    assert not any(member.active for member in dossier.members)


@pytest.mark.parametrize(
    ("offset", "runs"), [(-1, False), (0, True), (5, True), (6, False), (100, False)]
)
def test_a_mission_runs_from_its_first_day_to_its_last(offset: int, runs: bool) -> None:
    association = Association(
        agent_id=new_id(), mission="BUDGET", starts_on=DAY, ends_on=DAY + timedelta(days=5)
    )

    assert association.is_running(DAY + timedelta(days=offset)) is runs


def test_a_mission_ended_today_no_longer_runs_today() -> None:
    dossier, agent_id = make(), new_id()
    association = Association(agent_id=agent_id, mission="BUDGET", starts_on=DAY)
    dossier.associate(association)
    assert dossier.missions_of(agent_id, DAY) == ("BUDGET",)

    dossier.end_association(association.association_id, DAY)

    assert dossier.missions_of(agent_id, DAY) == ()
    with pytest.raises(StatusForbids):
        dossier.end_association(association.association_id, DAY)


def test_an_association_is_of_its_dossier_and_its_end_follows_its_start() -> None:
    dossier = make()

    with pytest.raises(AssociationNotFound):
        dossier.end_association(new_id(), DAY)
    with pytest.raises(DateRefused):
        dossier.associate(
            Association(
                agent_id=new_id(),
                mission="BUDGET",
                starts_on=DAY,
                ends_on=DAY - timedelta(days=1),
            )
        )


def test_a_stranger_to_the_household_is_named_by_place() -> None:
    dossier = make()

    dossier.check_members(dossier.personne_ids)
    with pytest.raises(NotAMember) as refusal:
        dossier.check_members([dossier.personne_ids[0], new_id()])

    assert refusal.value.errors[0]["pointer"] == "/personne_ids/1"
