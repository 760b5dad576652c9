"""Steps: in order, once, and again only when they were cut short."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chassis.clock import ClockDriver
from demo.client import Client
from demo.engine import Engine, Step, Wave
from demo.settle import Settler
from demo.state import State

NINE = datetime(2023, 1, 2, 8, tzinfo=UTC)


class _Settler(Settler):
    def settle(self) -> None:
        self.seconds += 1


def _engine(folder: Path, done: Callable[[str], int] = lambda _: 0) -> Engine:
    def expect(request: Any) -> Any:
        return SimpleNamespace(json={"done": done(request.service), "remaining": 0, "postponed": 0})

    client: Client = SimpleNamespace(expect=expect)  # type: ignore[assignment]
    state = State(folder / "etat", "signature")
    world: Any = SimpleNamespace(state=state, client=client, token_of=lambda _: "jeton")
    world.keep_tally = lambda: None
    pool = ThreadPoolExecutor(4)
    settler = _Settler(client, pool, ("accueil", "dsu"), lambda: "jeton")
    clock = ClockDriver(folder / "horloge", NINE)
    return Engine(world, clock, settler, pool)


def test_waves_follow_each_other_and_chains_keep_their_order(tmp_path: Path) -> None:
    seen: list[str] = []

    def note(_: Any, what: str) -> None:
        seen.append(what)

    first = Wave([[(note, "a1"), (note, "a2")]])
    second = Wave([[(note, "b1"), (note, "b2")], [(note, "c1")]])

    _engine(tmp_path).run([Step("matin", NINE, (first, second))])

    assert seen[:2] == ["a1", "a2"]
    assert sorted(seen[2:]) == ["b1", "b2", "c1"]
    assert seen.index("b1") < seen.index("b2")


def test_a_finished_step_is_not_run_again_by_a_new_life(tmp_path: Path) -> None:
    seen: list[str] = []
    steps = [Step("matin", NINE, (Wave([[(lambda _, what: seen.append(what), "a")]]),))]

    _engine(tmp_path).run(steps)
    _engine(tmp_path).run(steps)

    assert seen == ["a"]


def test_a_step_that_fails_is_run_again_and_its_ids_forgotten(tmp_path: Path) -> None:
    def fail(world: Any, _: object) -> None:
        world.state["personne:1"] = "a"
        raise ValueError("coupure")

    engine = _engine(tmp_path)
    with pytest.raises(ValueError, match="coupure"):
        engine.run([Step("matin", NINE, (Wave([[(fail, None)]]),))])

    again = _engine(tmp_path)

    assert not again.world.state.is_done("matin")
    assert again.world.state.get("personne:1") is None


def test_the_clock_moves_with_the_steps_and_never_back(tmp_path: Path) -> None:
    engine = _engine(tmp_path)
    later = datetime(2023, 1, 3, 8, tzinfo=UTC)

    engine.run([Step("demain", later), Step("hier", NINE)])

    assert engine.clock.now() == later


def test_due_work_is_asked_for_until_nothing_is_left(tmp_path: Path) -> None:
    answers = {"accueil": [3, 0], "dsu": [0]}
    asked: list[str] = []

    def expect(request: Any) -> Any:
        asked.append(request.service)
        done = answers[request.service].pop(0)
        return SimpleNamespace(json={"done": done, "remaining": done, "postponed": 0})

    engine = _engine(tmp_path)
    engine.world.client = SimpleNamespace(expect=expect)  # type: ignore[assignment]

    assert engine.run_due() == 3
    assert sorted(asked) == ["accueil", "accueil", "dsu"]
