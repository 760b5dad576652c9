"""Export: which days, for whom, and what of it is here already."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime

import pytest

from chassis.clock import end_of_day, instant_of
from chassis.ids import new_id
from chassis.testing import run_due
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.domain.planning import Absence, AbsenceKind
from services.rendezvous.domain.transfer import Transferred
from tests.integration.rendezvous.conftest import NINE, SITE, minutes
from tests.integration.rendezvous.transfer.agenda import Agenda, motifs
from tests.integration.rendezvous.transfer.conftest import (
    bring,
    export_all,
    forget,
    give,
    told,
    use,
    write,
)

#: Days of series in the first thirteen months.
OCCURRENCES = """
    SELECT string_agg(occurrence_on::text, ' ' ORDER BY occurrence_on) FROM opening
    WHERE occurrence_on <= '2024-02-09'
"""


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


def test_a_series_is_told_filled_no_further_than_its_days_are_exported(world, tmp_path):
    agent = world.agent()
    weekly = {"agent_id": str(agent), "first_day": "2023-01-09", "rule": "FREQ=WEEKLY;BYDAY=TU"}
    hours = {"from": "09:00", "to": "12:00", "site": SITE, "kind": "OPENING"}
    world.post("/v1/series", weekly | hours, role="admin")
    before = world.sql(OCCURRENCES)
    some = Interval(instant_of(date(2023, 1, 1)), end_of_day(date(2023, 2, 28)))
    files = export_all(world, tmp_path, "csv", some)
    forget(world)

    for what, file in files.items():
        assert bring(world, file, what)[1] == []
    assert world.sql("SELECT filled_to FROM serie") == date(2023, 2, 28)

    world.at(datetime(2023, 1, 10, 4, 0, tzinfo=UTC))
    run_due(world.runtime)
    assert world.sql(OCCURRENCES) == before


def test_a_series_that_begins_after_the_days_exported_is_not(world, tmp_path):
    day = {"agent_id": str(world.agent()), "first_day": "2023-03-01", "kind": "WORK"}
    world.post("/v1/series", day | {"rule": "FREQ=DAILY"}, role="admin")
    some = Interval(instant_of(date(2023, 1, 1)), end_of_day(date(2023, 2, 28)))

    files = export_all(world, tmp_path, "jsonl", some)

    assert files[Transferred.SERIES].read_text() == ""


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

    with file.open() as opened:
        assert [line["kind"] for line in csv.DictReader(opened)] == ["ABSENCE"]


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_what_is_exported_is_here_already(world, tmp_path, suffix):
    motifs(world)
    Agenda.of(world, seed=3).live(wishes=16)
    facts = told(world)

    counts = [
        bring(world, file, what) for what, file in export_all(world, tmp_path, suffix).items()
    ]

    assert all(set(done) == {"déjà faite(s)"} and not refused for done, refused in counts)
    assert told(world) == facts


def test_only_who_exports_reads_the_file(world, tmp_path, past):
    bring(world, write(tmp_path, [past()]))

    (file, *_) = export_all(world, tmp_path, "csv").values()

    assert file.stat().st_mode & 0o077 == 0
