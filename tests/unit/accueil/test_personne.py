"""Visibility of a file, death, orientation deadlines, duplicates."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from services.accueil.domain.doublons import Known, KnownFiles, Reason, Signature
from services.accueil.domain.orientation import Orientation, Target
from services.accueil.domain.personne import (
    Circumstance,
    DateImpossible,
    DeathAlreadyRecorded,
    Personne,
    Placement,
    ProtectionGround,
    SecretFileKeepsNothing,
)

AGENT, OTHER = UUID(int=1), UUID(int=2)
NOW = datetime(2023, 1, 9, 9, tzinfo=UTC)
TODAY = date(2023, 1, 9)


def personne(**changes):
    values = {
        "personne_id": UUID(int=7),
        "family_name": "Exemple",
        "first_names": "Camille",
        "mds": "MDS-A",
        "site": "A",
        "placement": Placement.SECTOR,
        "registered_at": NOW,
    }
    return Personne(**values | changes)


class TestVisibility:
    @pytest.mark.parametrize("protected", [True, False])
    @pytest.mark.parametrize("standing", [None, "OPENED", "CLOSED", "CLOSED_TO_OTHER"])
    @pytest.mark.parametrize("rank", [True, False])
    @pytest.mark.parametrize("known", [True, False])
    def test_the_whole_table(self, protected, standing, rank, known):
        one = personne()
        one.protect(ProtectionGround.OTHER if protected else None)
        one.allow(
            opened_to=[AGENT] if standing == "OPENED" else [],
            closed_to={"CLOSED": [AGENT], "CLOSED_TO_OTHER": [OTHER]}.get(standing, []),
        )

        seen = one.is_visible_to(agent_id=AGENT if known else None, sees_protected=rank)

        if standing == "CLOSED" or (standing == "CLOSED_TO_OTHER" and not known):
            assert seen is False
        else:
            opened = standing == "OPENED" and known
            assert seen is (not protected or rank or opened)

    def test_closed_wins_over_opened(self):
        one = personne()

        one.allow(opened_to=[AGENT], closed_to=[AGENT])

        assert not one.is_visible_to(agent_id=AGENT, sees_protected=True)


class TestRules:
    def test_death_is_news_once_and_keeps_its_date(self):
        one = personne(born_on=date(1950, 1, 1))

        assert one.die(TODAY, TODAY) is True
        assert one.die(TODAY, TODAY) is False
        with pytest.raises(DeathAlreadyRecorded):
            one.die(date(2023, 1, 8), TODAY)

    @pytest.mark.parametrize("day", [date(2023, 1, 10), date(1949, 12, 31)])
    def test_death_is_neither_to_come_nor_before_birth(self, day):
        one = personne(born_on=date(1950, 1, 1))

        with pytest.raises(DateImpossible):
            one.die(day, TODAY)
        assert not one.deceased

    @pytest.mark.parametrize(
        "kept",
        [
            {"born_on": TODAY},
            {"address": "x"},
            {"commune": "82121"},
            {"birth_name": "x"},
            {"reference": "x"},
        ],
    )
    def test_an_accouchement_secret_keeps_a_pseudonym_only(self, kept):
        """CASF L222-6."""
        personne(circumstance=Circumstance.ACCOUCHEMENT_SECRET).check(TODAY)

        with pytest.raises(SecretFileKeepsNothing):
            personne(circumstance=Circumstance.ACCOUCHEMENT_SECRET, **kept).check(TODAY)


class TestOrientation:
    @pytest.mark.parametrize(
        ("due_on", "instant"),
        [
            (date(2023, 1, 20), datetime(2023, 1, 20, 23, tzinfo=UTC)),
            # The nights the clock changes: summer time starts, then ends.
            (date(2023, 3, 25), datetime(2023, 3, 25, 23, tzinfo=UTC)),
            (date(2023, 3, 26), datetime(2023, 3, 26, 22, tzinfo=UTC)),
            (date(2023, 10, 29), datetime(2023, 10, 29, 23, tzinfo=UTC)),
        ],
    )
    def test_is_overdue_from_midnight_in_paris(self, due_on, instant):
        assert _orientation(due_on).overdue_from == instant

    def test_falls_overdue_once_and_not_when_answered(self):
        late = datetime(2023, 2, 1, tzinfo=UTC)
        open_one, answered = _orientation(TODAY), _orientation(TODAY)
        answered.answer(NOW, "dsu")

        assert not open_one.fall_overdue(NOW)
        assert open_one.fall_overdue(late)
        assert not open_one.fall_overdue(late)
        assert not answered.fall_overdue(late)
        assert (open_one.status, answered.status) == ("OVERDUE", "ANSWERED")

    def test_keeps_the_first_answer(self):
        one = _orientation(TODAY)

        assert one.answer(NOW, "dsu")
        assert not one.answer(NOW, "aides")
        assert one.answered_by == "dsu"


class TestDuplicates:
    def test_each_reason_alone_and_none_without(self):
        new = Signature(
            born="b",
            family=frozenset("F"),
            given=frozenset("G"),
            phones=frozenset("p"),
            emails=frozenset("e"),
            reference="r",
        )
        known = [
            _known(1, born="b", family=frozenset("F"), given=frozenset("G")),
            _known(2, phones=frozenset("p")),
            _known(3, emails=frozenset("e")),
            _known(4, reference="r"),
            _known(5, born="b", family=frozenset("F"), given=frozenset("H")),
            _known(6, born="c", family=frozenset("F"), given=frozenset("G")),
        ]

        found = {m.personne_id.int: m.reasons for m in KnownFiles(known).like(new)}

        assert found == {
            1: (Reason.SAME_BIRTH_DATE_AND_CLOSE_NAMES,),
            2: (Reason.SAME_PHONE,),
            3: (Reason.SAME_EMAIL,),
            4: (Reason.SAME_REFERENCE,),
        }

    def test_two_files_without_a_birth_date_are_not_alike_for_that(self):
        names = {"family": frozenset("F"), "given": frozenset("G")}

        assert KnownFiles([_known(1, **names)]).like(Signature(**names)) == ()


def _known(number, **values):
    return Known(personne_id=UUID(int=number), signature=Signature(**values))


def _orientation(due_on):
    return Orientation(
        orientation_id=UUID(int=3),
        mds="MDS-A",
        site="A",
        target=Target.DSU,
        requested_at=NOW,
        due_on=due_on,
    )
