"""Import: dry unless told, refused line by line or as a whole."""

from __future__ import annotations

import pytest

from tests.integration.rendezvous.transfer.conftest import bring, give, rendezvous, told, use, write


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
