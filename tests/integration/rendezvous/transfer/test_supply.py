"""Import of what agendas are made of: rooms, series, their occurrences, absences after all."""

from __future__ import annotations

import pytest

from chassis.ids import new_id
from services.rendezvous.domain.transfer import Transferred
from tests.integration.rendezvous.conftest import FAR_SITE, SITE
from tests.integration.rendezvous.transfer.conftest import bring, write

SERIES, OPENINGS = Transferred.SERIES, Transferred.OPENINGS


@pytest.fixture
def serie(agent):
    """A line of a weekly series of openings; changes give another."""

    def line(**changes):
        return {
            "agent_id": str(agent),
            "kind": "OPENING",
            "rule": "FREQ=WEEKLY;BYDAY=MO",
            "first_day": "2023-01-16",
            "last_day": "2023-02-06",
            "from_time": "09:00",
            "to_time": "12:00",
            "site": SITE,
        } | changes

    return line


@pytest.fixture
def opening(agent):
    """A line of an opening that is one day of the series S1."""
    return {
        "agent_id": str(agent),
        "site": SITE,
        "starts_at": "2023-01-16T08:00Z",
        "ends_at": "2023-01-16T11:00Z",
        "serie": "S1",
        "occurrence_on": "2023-01-16",
    }


def openings(world):
    return world.sql("SELECT count(*) FROM opening WHERE serie_id IS NOT NULL")


class TestSeries:
    def test_of_a_former_tool_its_days_to_come_are_opened_but_those_removed(
        self, world, tmp_path, serie
    ):
        edits = [{"day": "2023-01-23", "kind": "REMOVED"}]

        counts, refused = bring(world, write(tmp_path, [serie(edits=edits)]), SERIES)

        assert (counts, refused) == ({"faite(s)": 1}, [])
        assert openings(world) == 3

    def test_of_an_export_its_days_are_in_another_file_and_its_horizon_goes_on(
        self, world, tmp_path, serie, opening
    ):
        line = serie(reference="S1", last_day=None, filled_to="2023-12-31")
        twice = [opening, opening | {"starts_at": "2023-01-16T09:00Z"}]

        bring(world, write(tmp_path, [line], "series.jsonl"), SERIES)
        assert openings(world) == 0
        counts, refused = bring(world, write(tmp_path, twice), OPENINGS)

        assert counts == {"faite(s)": 1, "refusée(s)": 1}
        assert [(one["code"], one["champ"]) for one in refused] == [
            ("occurrence-existante", "occurrence_on")
        ]
        assert world.sql("SELECT count(*) FROM due WHERE kind = 'serie_horizon'") == 1

    def test_one_that_goes_on_from_another_line_of_the_same_file(self, world, tmp_path, serie):
        lines = [
            serie(reference="S1", last_day="2023-01-29"),
            serie(first_day="2023-01-30", continues="S1", from_time="13:00", to_time="15:00"),
        ]

        counts, refused = bring(world, write(tmp_path, lines), SERIES)

        assert (counts, refused) == ({"faite(s)": 2}, [])
        assert world.sql("SELECT count(*) FROM serie WHERE continues_id IS NOT NULL") == 1

    @pytest.mark.parametrize(
        ("changes", "code", "field"),
        [
            ({"agent_id": str(new_id())}, "agent-inconnu", "agent_id"),
            ({"site": "NULLE-PART"}, "site-inconnu", "site"),
            ({"rule": "FREQ=HOURLY"}, "regle-refusee", "rule"),
            ({"site": FAR_SITE, "first_day": "2023-01-10", "rule": "FREQ=DAILY"},
             "ouverture-chevauchante", "rule"),
            ({"continues": "S9"}, "serie-introuvable", "continues"),
            ({"filled_to": "2030-01-01"}, "invalide", "filled_to"),
            ({"edits": [{"day": "2023-01-23", "kind": "CHANGED", "site": "NULLE-PART"}]},
             "site-inconnu", "edits/0/site"),
            ({"edits": [{"day": "2023-01-23", "kind": "REMOVED"}] * 2},
             "donnees-invalides", "edits"),
            ({"kind": "WORK"}, "donnees-invalides", "site"),
            ({"from_time": None}, "donnees-invalides", "site"),
            ({"to_time": "08:00"}, "donnees-invalides", "to_time"),
            ({"last_day": "2022-01-01"}, "donnees-invalides", "last_day"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_named_and_leaves_nothing(
        self, world, tmp_path, serie, changes, code, field
    ):
        counts, refused = bring(world, write(tmp_path, [serie(**changes)]), SERIES)

        assert counts == {"refusée(s)": 1}
        assert [(one["code"], one["champ"]) for one in refused] == [(code, field)]
        assert openings(world) == world.sql("SELECT count(*) FROM serie") == 0

    def test_an_occurrence_is_of_a_series_of_its_agent_and_kind(
        self, world, tmp_path, serie, opening, agent
    ):
        lines = [serie(reference="S1"), serie(reference="S2", kind="WORK", site=None)]
        bring(world, write(tmp_path, lines, "series.jsonl"), SERIES)
        wrong = [{"serie": "S9"}, {"serie": "S2"}, {"agent_id": str(world.agent())}]

        _, refused = bring(world, write(tmp_path, [opening | one for one in wrong]), OPENINGS)

        assert [(one["code"], one["champ"]) for one in refused] == [
            ("serie-introuvable", "serie")
        ] * 3


class TestResources:
    def test_a_room_keeps_its_id_and_a_name_is_given_once(self, world, tmp_path, held):
        room = {"reference": str(new_id()), "kind": "ROOM", "site": SITE, "name": "Bureau 1"}
        lines = [room, room | {"reference": "B1"}, room | {"reference": "B2", "site": "AUCUN"}]

        counts, refused = bring(world, write(tmp_path, lines), Transferred.RESOURCES)

        assert counts == {"faite(s)": 1, "refusée(s)": 2}
        assert [(one["code"], one["champ"]) for one in refused] == [
            ("salle-existante", "name"),
            ("site-inconnu", "site"),
        ]
        booked = write(tmp_path, [held(room_id=room["reference"])], "rendezvous.jsonl")
        assert bring(world, booked) == ({"faite(s)": 1}, [])


class TestAbsences:
    def test_come_last_so_that_what_was_agreed_before_one_stands(
        self, world, tmp_path, held, agent
    ):
        line = {"agent_id": str(agent), "starts_at": "2023-01-10T07:00Z"}
        away = write(tmp_path, [line | {"ends_at": "2023-01-10T11:00Z"}], "absences.jsonl")
        later = held(starts_at="2023-01-10T09:00Z")

        assert list(Transferred)[-1] is Transferred.ABSENCES
        assert bring(world, write(tmp_path, [held()]))[1] == []
        bring(world, away, Transferred.ABSENCES)
        _, refused = bring(world, write(tmp_path, [later], "tard.jsonl"))

        assert [(one["code"], one["champ"]) for one in refused] == [("agent-absent", "agent_ids")]
