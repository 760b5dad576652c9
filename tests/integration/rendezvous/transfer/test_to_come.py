"""Import of rendezvous to come: the rules of every day."""

from __future__ import annotations

import json

import pytest

from chassis.ids import new_id
from tests.integration.rendezvous.conftest import (
    BUFFERED_OVERLAPS,
    MISMATCHES,
    NINE,
    OVERLAPS,
    minutes,
)
from tests.integration.rendezvous.transfer.conftest import bring, rendezvous, told, write


class TestToCome:
    def test_one_is_booked_by_the_rules_and_told_so_that_reminders_leave(
        self, world, tmp_path, held, agent
    ):
        counts, refused = bring(world, write(tmp_path, [held(booked_at="2022-12-01T09:00Z")]))

        assert (counts, refused) == ({"faite(s)": 1}, [])
        assert told(world)[-1:] == ["rendezvous_booked"]
        assert world.sql("SELECT booked_by FROM rendezvous") == "import"
        assert world.sql("SELECT booked_at FROM rendezvous").month == 12
        assert world.book([agent], [world.personne()]).status == 409

    def test_a_delay_is_not_looked_at_an_opening_is(self, world, tmp_path, held):
        world.motif(code="LENT", min_notice_minutes=60 * 24 * 20)
        evening = {"starts_at": "2023-01-10T19:00:00+01:00"}
        lines = [
            held(motif="LENT"),
            held(**evening),
            held(**evening, outside_opening=True),
        ]

        counts, refused = bring(world, write(tmp_path, lines))

        assert counts == {"faite(s)": 2, "refusée(s)": 1}
        assert [one["code"] for one in refused] == ["hors-ouverture"]

    @pytest.mark.parametrize(
        ("changes", "code", "field"),
        [
            ({"site": "NULLE-PART"}, "site-inconnu", "site"),
            ({"motif": "AUTRE"}, "motif-inconnu", "motif"),
            ({"agent_ids": [str(new_id())]}, "agent-inconnu", "agent_ids/0"),
            ({"personne_ids": [str(new_id())]}, "personne-introuvable", "personne_ids"),
            ({"personne_ids": []}, "identite-requise", "personne_ids"),
            ({"room_id": str(new_id())}, "salle-inconnue", "room_id"),
            ({"dossier_id": str(new_id())}, "dossier-inadapte", "dossier_id"),
            ({"starts_at": "2022-06-07T08:00Z"}, "motif-inconnu", "motif"),
            ({"starts_at": "2023-01-09T07:00Z"}, "date-passee", "starts_at"),
            ({"status": "HONOURED"}, "pas-encore-commence", "status"),
            ({"starts_at": "demain"}, "donnees-invalides", "starts_at"),
            ({"ends_at": "2023-01-10T07:00Z"}, "donnees-invalides", "ends_at"),
            ({"nom": "Dupont"}, "donnees-invalides", "(champ n° 7)"),
            ({"reference": "Mme Dupont"}, "donnees-invalides", "reference"),
        ],
    )
    def test_what_is_wrong_is_told_by_line_field_and_reason_and_never_repeated(
        self, world, tmp_path, held, changes, code, field
    ):
        counts, refused = bring(world, write(tmp_path, [held(**changes)]))

        assert counts == {"refusée(s)": 1}
        (one,) = refused
        assert (one["ligne"], one["code"], one["champ"]) == ("1", code, field)
        assert one["raison"]
        assert "Dupont" not in json.dumps(one)
        assert rendezvous(world) == 0

    def test_an_overlap_is_refused_by_the_database_and_stops_no_other_line(
        self, world, tmp_path, held, agent
    ):
        world.book([agent], [world.personne()])
        lines = [held(), held(starts_at=(NINE + minutes(60)).isoformat()), held()]

        counts, refused = bring(world, write(tmp_path, lines))

        assert counts == {"faite(s)": 1, "refusée(s)": 2}
        assert {one["code"] for one in refused} == {"creneau-pris"}
        assert [world.sql(query) for query in (OVERLAPS, BUFFERED_OVERLAPS, MISMATCHES)] == [0] * 3
