"""Import and export: dry by default, refused line by line, done once whatever happens."""

from __future__ import annotations

import csv
import json
import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from chassis.errors import Unavailable
from chassis.ids import new_id
from chassis.testing import published
from services.rendezvous import transfer, transfer_files
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.domain.planning import Absence, AbsenceKind
from services.rendezvous.domain.transfer import Transferred
from tests.integration.rendezvous.conftest import (
    BUFFERED_OVERLAPS,
    FAR_SITE,
    MISMATCHES,
    NINE,
    OVERLAPS,
    SITE,
    minutes,
)

ALWAYS = Interval(datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
DAY = "2023-01-10"
PAST = datetime(2022, 6, 7, 8, 0, tzinfo=UTC)


@pytest.fixture
def agent(world):
    made = world.agent()
    world.open(made, DAY)
    world.client.post(
        "/v1/motifs",
        json={
            "code": "ANCIEN",
            "label": "Ancien",
            "kind": "ACCOMPAGNEMENT",
            "modality": "PRESENTIEL",
            "professions": ["CESF"],
            "duration_minutes": 45,
            "buffer_after_minutes": 15,
            "valid_from": "2020-01-01",
        },
        role="admin",
        key=str(new_id()),
    )
    return made


@pytest.fixture
def held(world, agent):
    """A line of a rendezvous to come; changes give another."""

    def line(**changes):
        return {
            "status": "BOOKED",
            "motif": "ACCOMPAGNEMENT",
            "site": SITE,
            "agent_ids": [str(agent)],
            "personne_ids": [str(world.personne())],
            "starts_at": NINE.isoformat(),
        } | changes

    return line


@pytest.fixture
def past(held):
    """A line of the past, each at an hour of its own."""
    hours = iter(range(1000))

    def line(status="HONOURED", **changes):
        start = PAST + timedelta(hours=next(hours))
        return held(status=status, motif="ANCIEN", starts_at=start.isoformat(), **changes)

    return line


def write(folder, lines, name="reprise.jsonl"):
    file = folder / name
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


def bring(world, file, what=Transferred.RENDEZVOUS, *, apply=True):
    """Import a file; answers the counts and the lines of the report."""
    report = file.with_suffix(".refus.csv")
    done = transfer.transfer_in(world.runtime, what, file, report, apply=apply)
    with report.open() as opened:
        return dict(done.counts), list(csv.DictReader(opened))


def rendezvous(world):
    return world.sql("SELECT count(*) FROM rendezvous")


def told(world):
    return [fact.name for fact in published(world.runtime)]


class TestDryRun:
    def test_it_refuses_what_would_be_and_writes_nothing(self, world, tmp_path, held):
        file = write(tmp_path, [held(), held(site="NULLE-PART"), held(status="PERDU")])
        before = told(world)

        counts, refused = bring(world, file, apply=False)

        assert counts == {"à faire": 1, "refusée(s)": 2}
        assert [one["ligne"] for one in refused] == ["2", "3"]
        assert rendezvous(world) == world.sql("SELECT count(*) FROM import_line") == 0
        assert told(world) == before

    def test_the_command_is_dry_unless_told_and_says_so_by_its_exit_code(
        self, world, tmp_path, held, monkeypatch
    ):
        use(world, monkeypatch)
        good = write(tmp_path, [held()], "bon.jsonl")
        bad = write(tmp_path, [held(site="NULLE-PART")], "mauvais.jsonl")

        dry = give("import", "rendezvous", str(good))
        assert (dry.exit_code, rendezvous(world)) == (0, 0)
        assert "1 à faire" in dry.output
        assert "--apply" in dry.output
        done = give("import", "rendezvous", str(good), "--apply")
        assert (done.exit_code, rendezvous(world)) == (0, 1)
        assert "1 faite(s)" in done.output
        refused = give("import", "rendezvous", str(bad), "--apply")
        assert refused.exit_code == 1
        assert (tmp_path / "mauvais.jsonl.refus.csv").read_text().count("site-inconnu") == 1

    @pytest.mark.parametrize(
        ("name", "content"),
        [("reprise.txt", ""), ("reprise.csv", "nom,prenom\nx,y\n"), ("r.csv", "site,site\n")],
    )
    def test_a_file_that_is_not_one_of_ours_is_refused_whole(
        self, world, tmp_path, monkeypatch, name, content
    ):
        use(world, monkeypatch)
        (tmp_path / name).write_text(content)

        answer = give("import", "rendezvous", str(tmp_path / name))

        assert answer.exit_code == 2
        assert "Traceback" not in answer.output


def use(world, monkeypatch):
    """The command works on the world's database."""

    class Opened:
        def __init__(self, service):
            assert service == "rendezvous"

        def __enter__(self):
            return world.runtime

        def __exit__(self, *_):
            return None

    monkeypatch.setattr(transfer, "opened", Opened)


def give(*arguments):
    return CliRunner().invoke(transfer.application, list(arguments), env={"COLUMNS": "200"})


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
            ({"personne_ids": [str(new_id())]}, "personne-introuvable", ""),
            ({"personne_ids": []}, "identite-requise", "personne_ids"),
            ({"room_id": str(new_id())}, "salle-inconnue", "room_id"),
            ({"dossier_id": str(new_id())}, "dossier-inadapte", "dossier_id"),
            ({"starts_at": "2022-06-07T08:00Z"}, "motif-inconnu", "motif"),
            ({"starts_at": "2023-01-09T07:00Z"}, "date-passee", "starts_at"),
            ({"status": "HONOURED"}, "pas-encore-commence", ""),
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


class TestThePast:
    def test_it_is_written_as_it_was_and_told_to_nobody(self, world, tmp_path, past):
        before = told(world)
        lines = [
            past(),
            past("MISSED", excused=True),
            past("MISSED"),
            past("CANCELLED", cancelled_by="PERSONNE", cancel_reason="PERSONNE_REQUEST"),
            past("CANCELLED"),
        ]

        counts, refused = bring(world, write(tmp_path, lines))

        assert (counts, refused) == ({"faite(s)": 5}, [])
        assert told(world) == before
        assert world.sql("SELECT count(*) FROM due") == 0
        statuses = "SELECT array_agg(status ORDER BY starts_at) FROM rendezvous"
        assert world.sql(statuses) == [line["status"] for line in lines]
        assert world.sql("SELECT array_agg(excused ORDER BY starts_at) FROM rendezvous") == [
            None, True, False, None, None,
        ]  # fmt: skip
        assert [world.sql(query) for query in (OVERLAPS, MISMATCHES)] == [0, 0]
        activity = world.client.get("/v1/activity?from=2022-06-01&to=2022-06-30", role="direction")
        assert sum(row["count"] for row in activity.json["rows"]) == 5

    def test_what_has_changed_since_does_not_matter_but_who_was_there_does(
        self, world, tmp_path, past, agent
    ):
        died = world.personne()
        world.dies(died)
        world.site("FERME", "MDS-MONTAUBAN", is_open=False)
        newcomer = world.agent(effective_on="2023-01-02")
        start = (PAST - timedelta(days=1)).isoformat()
        lines = [
            past(personne_ids=[str(died)], site="FERME"),
            past(agent_ids=[str(newcomer)]),
            past() | {"starts_at": start},
            past() | {"starts_at": start},
            past() | {"starts_at": (PAST - timedelta(days=1) + minutes(45)).isoformat()},
        ]

        counts, refused = bring(world, write(tmp_path, lines))

        assert counts == {"faite(s)": 3, "refusée(s)": 2}
        assert [(one["ligne"], one["code"]) for one in refused] == [
            ("2", "agent-inconnu"),
            ("4", "creneau-pris"),
        ]


class TestOnce:
    def test_a_file_sent_again_does_nothing_again(self, world, tmp_path, held, past):
        file = write(tmp_path, [held(), past(), held(site="NULLE-PART")])
        bring(world, file)
        facts = told(world)
        counts, refused = bring(world, file)

        assert counts == {"déjà faite(s)": 2, "refusée(s)": 1}
        assert [one["ligne"] for one in refused] == ["3"]
        assert rendezvous(world) == 2
        assert told(world) == facts

    def test_a_reference_is_done_once_from_whatever_file(self, world, tmp_path, past):
        first = past(reference="RDV-1")
        bring(world, write(tmp_path, [first], "un.jsonl"))
        corrected = [past(reference="RDV-1"), past(reference="RDV-2"), past(reference="RDV-2")]
        counts, _ = bring(world, write(tmp_path, corrected, "deux.jsonl"))

        assert counts == {"déjà faite(s)": 2, "faite(s)": 1}
        assert rendezvous(world) == 2

    def test_killed_in_the_middle_and_run_again_nothing_is_missed_nor_doubled(
        self, world, tmp_path, past, held, monkeypatch
    ):
        monkeypatch.setattr(transfer, "BATCH", 4)
        file = write(tmp_path, [*(past() for _ in range(17)), held()])
        real = world.runtime.transaction
        asked = []

        def dies(work):
            asked.append(work)
            if len(asked) == 3:
                real_commit = work

                def lost(uow):
                    real_commit(uow)
                    raise KeyboardInterrupt  # between the work and its commit

                return real(lost)
            return real(work)

        monkeypatch.setattr(world.runtime, "transaction", dies)
        with pytest.raises(KeyboardInterrupt):
            bring(world, file)
        assert rendezvous(world) == 8
        monkeypatch.setattr(world.runtime, "transaction", real)
        counts, _ = bring(world, file)

        assert counts == {"déjà faite(s)": 8, "faite(s)": 10}
        assert rendezvous(world) == 18
        assert told(world).count("rendezvous_booked") == 1

    def test_an_owner_who_is_away_stops_the_run_and_refuses_no_line(
        self, world, tmp_path, past, monkeypatch
    ):
        monkeypatch.setattr(transfer, "BATCH", 2)
        world.runtime.neighbours.down.add("accueil")
        lines = [past(), past(), past(), past(personne_ids=[str(new_id())])]
        file = write(tmp_path, lines)

        with pytest.raises(Unavailable):
            bring(world, file)

        assert rendezvous(world) == 2
        assert len(file.with_suffix(".refus.csv").read_text().splitlines()) == 1


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
        [b"\xff\xfe{}\n", b"[1]\n", b"{\n", b"{" * 5000 + b"\n", b"1" * 70_000 + b"\n", b"null\n"],
    )
    def test_a_line_that_cannot_be_read_stops_no_other(self, world, tmp_path, past, content):
        file = write(tmp_path, [past()])
        file.write_bytes(content + file.read_bytes())

        counts, refused = bring(world, file)

        assert counts == {"faite(s)": 1, "refusée(s)": 1}
        assert refused[0]["ligne"] == "1"


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_what_was_exported_is_imported_as_it_was(world, tmp_path, held, past, agent, suffix):
    away = {"agent_id": str(agent), "day": "2023-01-12", "from": "09:00", "to": "12:00"}
    world.post("/v1/absences", away | {"kind": "WORK"}, role="admin")
    second = world.agent("CESF")
    world.open(second, DAY)
    dossier_of = world.personne()
    lines = [
        held(agent_ids=[str(agent), str(second)]),
        past(personne_ids=[str(dossier_of)], dossier_id=str(world.dossier(dossier_of))),
        past("MISSED", excused=True),
        past("CANCELLED", cancelled_by="SYSTEME", cancel_reason="SERVICE_CLOSED"),
    ]
    bring(world, write(tmp_path, lines))
    files = {}
    for what in Transferred:
        files[what] = tmp_path / f"{what.value}.{suffix}"
        transfer.transfer_out(world.runtime, what, files[what], ALWAYS)
    before = {what: file.read_text() for what, file in files.items()}
    with world.runtime.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM occupation")
        for table in ("rendezvous", "absence", "opening", "import_line"):
            connection.exec_driver_sql(f"DELETE FROM {table}")

    for what, file in files.items():
        counts, refused = bring(world, file, what)
        assert refused == []
        assert set(counts) == {"faite(s)"}
        transfer.transfer_out(world.runtime, what, file, ALWAYS)

    assert {what: unnamed(file.read_text()) for what, file in files.items()} == {
        what: unnamed(text) for what, text in before.items()
    }


def unnamed(text):
    """Without its first column: an id, drawn anew."""
    return [line.split(",", 1)[1] for line in text.splitlines()]


def test_an_export_of_some_days_holds_those_alone(world, tmp_path, past, monkeypatch):
    use(world, monkeypatch)
    bring(world, write(tmp_path, [past(), past()]))
    file = tmp_path / "sortie.csv"

    some = give("export", "rendezvous", str(file), "--from", "2022-06-07", "--to", "2022-06-07")
    assert some.exit_code == 0
    assert len(file.read_text().splitlines()) == 3
    give("export", "rendezvous", str(file), "--from", "2022-06-08")
    assert len(file.read_text().splitlines()) == 1
    assert give("export", "rendezvous", str(file), "--from", "hier").exit_code == 2


def test_what_agents_own_calendars_say_is_not_exported(world, tmp_path, monkeypatch):
    use(world, monkeypatch)
    agent = world.agent()
    away = {"agent_id": str(agent), "day": "2023-01-10", "from": "09:00", "to": "12:00"}
    world.post("/v1/absences", away, role="admin")
    with world.runtime.unit_of_work() as uow:
        taken = {"starts_at": NINE, "ends_at": NINE + minutes(45)}
        external = Absence(id=new_id(), agent_id=agent, kind=AbsenceKind.EXTERNAL, **taken)
        uow.plannings.add_absences([external])
        uow.commit()
    file = tmp_path / "absences.csv"

    assert give("export", "absences", str(file)).exit_code == 0

    assert [line.split(",")[4] for line in file.read_text().splitlines()] == ["kind", "ABSENCE"]


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
