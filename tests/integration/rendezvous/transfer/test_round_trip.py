"""What one installation exports, another imports: the same files, by any agenda."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.rendezvous.domain.transfer import Transferred
from services.rendezvous.persistence import tables
from services.rendezvous.schemas.transfer import SCHEMAS
from services.rendezvous.transfer_files import columns
from tests.integration.rendezvous.conftest import MISMATCHES
from tests.integration.rendezvous.transfer.agenda import Agenda, motifs
from tests.integration.rendezvous.transfer.conftest import bring, export_all, forget


@pytest.fixture
def lived(world):
    """The motifs and zones that both installations have."""
    motifs(world)
    return world


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_a_random_agenda_comes_back_the_same(lived, tmp_path, suffix, seed):
    forget(lived)
    Agenda.of(lived, seed).live(wishes=16)
    files = export_all(lived, tmp_path, suffix)
    before = {what: file.read_text() for what, file in files.items()}
    taken = lived.sql(MISMATCHES)
    forget(lived)

    for what, file in files.items():
        counts, refused = bring(lived, file, what)
        assert refused == []
        assert set(counts) <= {"faite(s)"}

    assert taken == lived.sql(MISMATCHES) == 0
    again = export_all(lived, tmp_path, suffix)
    assert {what: file.read_text() for what, file in again.items()} == before


def test_those_agendas_fill_every_column(lived, tmp_path):
    seen = {what: set() for what in Transferred}
    for seed in range(6):
        forget(lived)
        Agenda.of(lived, seed).live(wishes=16)
        for what, file in export_all(lived, tmp_path, "jsonl").items():
            for row in map(json.loads, file.read_text().splitlines()):
                seen[what] |= {
                    name for name, value in row.items() if value not in (None, [], False)
                }

    assert {what: set(columns(what)) - seen[what] for what in Transferred} == {
        what: set() for what in Transferred
    }


#: What a file says otherwise, or that is each installation's own.
SAID_OTHERWISE = {
    "id",
    "version",
    "held_on",
    "motif_id",
    "mds",
    "serie_id",
    "continues_id",
}
TABLES = {
    Transferred.RESOURCES: tables.resource,
    Transferred.SERIES: tables.serie,
    Transferred.OPENINGS: tables.opening,
    Transferred.RENDEZVOUS: tables.rendezvous,
    Transferred.ABSENCES: tables.absence,
}


@pytest.mark.parametrize("what", Transferred)
def test_no_column_of_a_table_is_left_behind(what):
    assert set(TABLES[what].columns.keys()) - SAID_OTHERWISE <= set(columns(what))


def test_nor_one_of_what_stands_under_it():
    edits = set(SCHEMAS[Transferred.SERIES].fields["edits"].inner.schema.fields)
    enrolled = set(SCHEMAS[Transferred.RENDEZVOUS].fields["participations"].inner.schema.fields)

    assert set(tables.serie_edit.columns.keys()) - SAID_OTHERWISE == edits
    assert set(tables.participation.columns.keys()) - {"rendezvous_id"} == enrolled
