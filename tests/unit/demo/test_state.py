"""Progress on disk: a step is kept whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.state import AnotherReplay, State


def test_a_finished_step_and_its_ids_survive(tmp_path: Path) -> None:
    state = State(tmp_path / "etat", "signature")
    state["personne:1"] = "a"
    state.finish("2023-01-02/matin")
    state.close()

    again = State(tmp_path / "etat", "signature")

    assert again.is_done("2023-01-02/matin")
    assert again["personne:1"] == "a"


def test_a_step_cut_short_leaves_nothing(tmp_path: Path) -> None:
    state = State(tmp_path / "etat", "signature")
    state["personne:1"] = "a"
    assert state.get("personne:1") == "a"
    state.close()

    again = State(tmp_path / "etat", "signature")

    assert not again.is_done("2023-01-02/matin")
    assert again.get("personne:1") is None


def test_another_replay_is_refused(tmp_path: Path) -> None:
    State(tmp_path / "etat", "une").close()

    with pytest.raises(AnotherReplay, match="autre rejeu"):
        State(tmp_path / "etat", "autre")
