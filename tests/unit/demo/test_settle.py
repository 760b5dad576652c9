"""Books that balance, and books that do not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from demo import settle
from demo.settle import NotSettled, Settler, is_settled, subscriptions


def _books(**known: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {
        "outbox_pending": 0,
        "inbox_waiting": 0,
        "inbox_parked": 0,
        "deferred": 0,
        "published": {},
        "applied": {},
        "follows": [],
    }
    return empty | known


def _traffic(applied: int = 3, **consumer: Any) -> dict[str, dict[str, Any]]:
    return {
        "accueil": _books(published={"personne": 3, "visite": 2}),
        "dsu": _books(
            follows=[["accueil", "personne"]], applied={"accueil/personne": applied}, **consumer
        ),
    }


def test_all_heard_is_settled() -> None:
    assert is_settled(_traffic())


@pytest.mark.parametrize(
    "traffic",
    [
        _traffic(applied=2),
        _traffic(inbox_waiting=1),
        _traffic(outbox_pending=1),
        _traffic(inbox_parked=1),
    ],
)
def test_anything_left_is_not_settled(traffic: dict[str, dict[str, Any]]) -> None:
    assert not is_settled(traffic)


def test_one_who_follows_everything_must_hear_every_aggregate() -> None:
    traffic = _traffic()
    traffic["consent"] = _books(follows=[["accueil", "*"]], applied={"accueil/personne": 3})

    missing = {(row.aggregate, row.missing) for row in subscriptions(traffic) if row.missing}

    assert missing == {("visite", 2)}
    assert not is_settled(traffic)


class _Services:
    """Answers `/internal/traffic` from a script, one state per look."""

    def __init__(self, *states: dict[str, dict[str, Any]]) -> None:
        self.states = list(states)
        self.asked: list[str] = []

    def expect(self, request: Any) -> Any:
        self.asked.append(request.service)
        state = self.states[0]
        if request.service == "dsu" and len(self.states) > 1:
            self.states.pop(0)
        return type("Answer", (), {"json": state[request.service]})


def _settler(services: _Services) -> Settler:
    pool = ThreadPoolExecutor(1)
    return Settler(services, pool, ("accueil", "dsu"), lambda: "jeton")  # type: ignore[arg-type]


def test_settling_waits_for_the_last_fact_and_asks_only_who_lags() -> None:
    services = _Services(_traffic(applied=1), _traffic(applied=2), _traffic(applied=3))

    _settler(services).settle()

    assert services.asked == ["accueil", "dsu", "dsu", "dsu", "accueil", "dsu"]


def test_a_source_that_told_something_new_is_asked_again() -> None:
    later = _traffic(applied=4)
    later["accueil"]["published"]["personne"] = 4
    services = _Services(_traffic(applied=2), later)

    _settler(services).settle()

    assert services.asked[2:5] == ["dsu", "accueil", "dsu"]


def test_a_fact_that_never_comes_is_told_in_french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settle, "STUCK_SECONDS", 0.05)
    services = _Services(_traffic(applied=2, inbox_parked=1))

    with pytest.raises(NotSettled, match=r"dsu n’a pas appliqué 1 fait\(s\) de accueil/personne"):
        _settler(services).settle()
