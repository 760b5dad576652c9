"""What the command line says of options it cannot work with."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from demo.cli import REFUSED, STOPPED, app


@pytest.mark.parametrize("command", [("replay", "--scale", "0.01"), ("serve",)], ids=" ".join)
def test_a_work_folder_that_cannot_be_written_is_refused(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "fichier").touch()
    folder = tmp_path / "fichier" / "rejeu"

    answer = CliRunner().invoke(app, [*command, "--work-dir", str(folder)])

    assert answer.exit_code == REFUSED, answer.output
    assert "fichier/rejeu" in answer.stderr.replace("\n", "")


def test_figures_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    for data in (tmp_path, tmp_path / "absent.json"):
        answer = CliRunner().invoke(app, ["show-plan", "--data", str(data)])

        assert answer.exit_code == REFUSED, answer.output


@pytest.mark.parametrize("content", ["", '{"prefix": "rejeu_1"}'], ids=["cut-short", "older"])
def test_the_work_folder_of_another_version_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "secrets.json").write_text(content)

    answer = CliRunner().invoke(
        app, ["replay", "--scale", "0.01", "--work-dir", str(tmp_path)], env={"COLUMNS": "300"}
    )

    assert answer.exit_code == REFUSED, answer.output
    assert "autre version" in answer.stderr
    assert (tmp_path / "secrets.json").read_text() == content


def test_an_embedded_server_that_does_not_start_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("99\n")
    (tmp_path / "postgres" / "postgresql.conf").touch()

    answer = CliRunner().invoke(
        app, ["replay", "--scale", "0.01", "--work-dir", str(tmp_path)], env={"COLUMNS": "300"}
    )

    assert answer.exit_code == STOPPED, answer.output
    assert "PostgreSQL embarqué ne démarre pas" in answer.stderr
