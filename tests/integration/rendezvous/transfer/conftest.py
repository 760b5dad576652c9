"""Files to import, and what is looked at once they are."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from chassis.ids import new_id
from chassis.testing import published
from services.rendezvous import transfer
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.domain.transfer import Transferred
from tests.integration.rendezvous.conftest import NINE, SITE

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


def export_all(world, folder, suffix, window=ALWAYS):
    """Every sort of file there is, in the order of imports."""
    files = {what: folder / f"{what.value}.{suffix}" for what in Transferred}
    for what, file in files.items():
        transfer.transfer_out(world.runtime, what, file, window)
    return files


def forget(world):
    """Another installation: the motifs, zones, sites, agents and people are there, no more."""
    gone = ("occupation", "participation", "rendezvous", "hold", "absence", "opening")
    with world.runtime.engine.begin() as connection:
        for table in (*gone, "serie_edit", "serie", "resource", "import_line"):
            connection.exec_driver_sql(f"DELETE FROM {table}")


def rendezvous(world):
    return world.sql("SELECT count(*) FROM rendezvous")


def told(world):
    return [fact.name for fact in published(world.runtime)]


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
