"""What the command line says of options it cannot work with."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from demo.cli import REFUSED, app


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
