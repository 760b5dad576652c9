"""Export, and what comes back of it."""

from __future__ import annotations

import pytest

from chassis.ids import new_id
from services.rendezvous import transfer
from services.rendezvous.domain.planning import Absence, AbsenceKind
from services.rendezvous.domain.transfer import Transferred
from tests.integration.rendezvous.conftest import NINE, minutes
from tests.integration.rendezvous.transfer.conftest import ALWAYS, DAY, bring, give, use, write


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
