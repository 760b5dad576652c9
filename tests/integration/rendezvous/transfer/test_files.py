"""The files themselves: agendas in CSV and in JSON Lines, what cannot be read, what is large."""

from __future__ import annotations

import tracemalloc

import pytest

from chassis.ids import new_id
from services.rendezvous import transfer_files
from services.rendezvous.domain.transfer import Transferred
from tests.integration.rendezvous.conftest import FAR_SITE, SITE
from tests.integration.rendezvous.transfer.conftest import bring, write


class TestAgendas:
    def test_openings_and_absences_come_in_csv_or_in_json(self, world, tmp_path, agent):
        csv_file = tmp_path / "plages.csv"
        csv_file.write_text(
            "\ufeffagent_id;site;starts_at;ends_at;kinds\n"
            f"{agent};{SITE};2023-02-01T09:00+01:00;2023-02-01T12:00+01:00;ACCOMPAGNEMENT AUTRE\n"
            "\n"
            f"{agent};{FAR_SITE};2023-02-01T11:00+01:00;2023-02-01T13:00+01:00;\n"
            f"{agent};{SITE};2023-02-02T09:00+01:00;2023-02-02T12:00+01:00;;;;\n"
        )
        away = {"agent_id": str(agent), "starts_at": "2023-02-03T08:00Z"}
        lines = [
            away | {"ends_at": "2023-02-03T12:00Z", "kind": "WORK"},
            away | {"ends_at": "2023-02-03T12:00Z", "kind": "EXTERNAL"},
        ]

        counts, refused = bring(world, csv_file, Transferred.OPENINGS)
        assert counts == {"faite(s)": 1, "refusée(s)": 2}
        assert {(r["ligne"], r["code"]) for r in refused} == {
            ("4", "ouverture-chevauchante"),
            ("5", "donnees-invalides"),
        }
        kinds = "SELECT kinds FROM opening WHERE starts_at > '2023-02-01'"
        assert world.sql(kinds) == ["ACCOMPAGNEMENT", "AUTRE"]
        counts, refused = bring(world, write(tmp_path, lines), Transferred.ABSENCES)
        assert counts == {"faite(s)": 1, "refusée(s)": 1}
        assert refused[0]["champ"] == "kind"

    @pytest.mark.parametrize(
        "content",
        [b"\xff\xfe{}\n", b"[1]\n", b"{\n", b"{" * 5000 + b"\n", b"1" * 300_000 + b"\n", b"null\n"],
    )
    def test_a_line_that_cannot_be_read_stops_no_other(self, world, tmp_path, past, content):
        file = write(tmp_path, [past()])
        file.write_bytes(content + file.read_bytes())

        counts, refused = bring(world, file)

        assert counts == {"faite(s)": 1, "refusée(s)": 1}
        assert refused[0]["ligne"] == "1"

    def test_a_list_of_objects_in_a_cell_is_json(self, world, tmp_path, agent):
        csv_file = tmp_path / "rendezvous.csv"
        world.motif(code="ATELIER", capacity=3)
        start = f"ATELIER;{SITE};{agent};2023-01-10T"
        enrolled = f'[{{""personne_id"":""{world.personne()}"",""status"":""BOOKED""}}]'
        csv_file.write_text(
            "status;motif;site;agent_ids;starts_at;participations\n"
            f'BOOKED;{start}08:00Z;"{enrolled}"\n'
            f"BOOKED;{start}09:00Z;quelques-uns\n"
        )

        counts, refused = bring(world, csv_file)

        assert counts == {"faite(s)": 1, "refusée(s)": 1}
        assert [(one["ligne"], one["champ"]) for one in refused] == [("3", "participations")]
        assert world.sql("SELECT count(*) FROM participation") == 1


def test_a_hundred_thousand_lines_are_read_in_bounded_memory(tmp_path):
    file = tmp_path / "gros.csv"
    row = f"{new_id()},{SITE},2023-02-01T08:00Z,2023-02-01T11:00Z\n"
    with file.open("w") as opened:
        opened.write("agent_id,site,starts_at,ends_at\n")
        for _ in range(100_000):
            opened.write(row)

    tracemalloc.start()
    try:
        with file.open("rb") as opened:
            lines = transfer_files._csv_documents(Transferred.OPENINGS, opened)
            count = sum(1 for _ in lines)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert count == 100_000
    assert peak < 2_000_000
