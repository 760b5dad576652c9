"""Import: done once, whatever happens in the middle."""

from __future__ import annotations

from contextlib import suppress

import pytest

from chassis.errors import Unavailable
from chassis.ids import new_id
from services.rendezvous import transfer
from tests.integration.rendezvous.transfer.agenda import Agenda, motifs
from tests.integration.rendezvous.transfer.conftest import (
    bring,
    export_all,
    forget,
    rendezvous,
    told,
    write,
)


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

    def test_killed_in_the_middle_an_export_comes_back_the_same_all_the_same(
        self, world, tmp_path, monkeypatch
    ):
        motifs(world)
        Agenda.of(world, seed=3).live(wishes=24)
        files = export_all(world, tmp_path, "csv")
        before = {what: file.read_text() for what, file in files.items()}
        forget(world)
        monkeypatch.setattr(transfer, "BATCH", 3)
        real, asked = world.runtime.transaction, []

        def dies_twice(work):
            def lost(uow):
                work(uow)
                raise KeyboardInterrupt

            asked.append(work)
            return real(lost if len(asked) in (2, 5) else work)

        monkeypatch.setattr(world.runtime, "transaction", dies_twice)
        for what, file in files.items():
            asked.clear()
            for _ in range(3):
                with suppress(KeyboardInterrupt):
                    _, refused = bring(world, file, what)
            assert refused == []
        monkeypatch.setattr(world.runtime, "transaction", real)

        again = export_all(world, tmp_path, "csv")
        assert {what: file.read_text() for what, file in again.items()} == before
